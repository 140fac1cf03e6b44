"""What `billing serve` answers: API, dashboard, the customers' pages and Stripe's webhooks. Python carries bytes only."""

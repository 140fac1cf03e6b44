"""What `billing serve` answers: API, dashboard, customers' pages, Stripe's webhooks. Python only carries bytes."""

"""Stripe, at the edge."""

"""Stripe: the port spoken over its own library, and its events translated."""

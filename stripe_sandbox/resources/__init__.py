"""The objects of the API, a module each, and all their endpoints together."""

from __future__ import annotations

from stripe_sandbox.resources import (
    charges,
    checkout,
    customers,
    disputes,
    events,
    payment_intents,
    payment_methods,
    portal,
    refunds,
    webhook_endpoints,
)

ENDPOINTS = (
    *customers.ENDPOINTS,
    *payment_methods.ENDPOINTS,
    *payment_intents.ENDPOINTS,
    *charges.ENDPOINTS,
    *refunds.ENDPOINTS,
    *disputes.ENDPOINTS,
    *checkout.ENDPOINTS,
    *portal.ENDPOINTS,
    *events.ENDPOINTS,
    *webhook_endpoints.ENDPOINTS,
)
"""Everything that answers under /v1."""

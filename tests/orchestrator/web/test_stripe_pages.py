"""The pages that Stripe hosts, asked for through the real library from the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
import stripe

from orchestrator.errors import OutsideSystemError
from orchestrator.sandbox import Sandbox
from orchestrator.stripe_pages import StripePages

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def client() -> Iterator[stripe.StripeClient]:
    http_client = stripe.RequestsClient(timeout=5)
    with Sandbox.start() as sandbox:
        yield stripe.StripeClient(sandbox.api_key, base_addresses={"api": sandbox.stripe_url}, http_client=http_client)
    http_client.close()  # type: ignore[no-untyped-call] # of the library


def checkout(pages: StripePages, key: str = "checkout-1") -> str:
    return pages.checkout_url(
        invoice_number="INV-2026-02-0047",
        amount=31291,
        currency="eur",
        customer_id=None,
        success_url="https://pay.example/i/x?from=thanks",
        cancel_url="https://pay.example/i/x",
        idempotency_key=key,
    )


def test_the_checkout_asks_for_the_amount_of_the_invoice(client: stripe.StripeClient) -> None:
    page = httpx.get(checkout(StripePages(client))).text
    assert "312.91" in page
    assert "INV-2026-02-0047" in page


def test_the_same_key_is_the_same_checkout(client: stripe.StripeClient) -> None:
    pages = StripePages(client)
    assert checkout(pages) == checkout(pages)
    assert checkout(pages) != checkout(pages, key="checkout-2")


def test_the_portal_belongs_to_the_customer(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"name": "Aurora Mobility Ltd"})
    address = StripePages(client).portal_url(customer_id=customer.id, return_url="https://pay.example/i/x")
    assert httpx.get(address).status_code == 200


def test_what_stripe_refuses_is_an_outside_failure(client: stripe.StripeClient) -> None:
    with pytest.raises(OutsideSystemError):
        StripePages(client).portal_url(customer_id="cus_nobody", return_url="https://pay.example/i/x")

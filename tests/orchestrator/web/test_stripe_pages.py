"""The pages that Stripe hosts, asked for through the real library from the sandbox."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
import stripe

from orchestrator.engine.checkout import CheckoutOrder
from orchestrator.errors import OutsideSystemError
from orchestrator.gateway.stripe.pages import StripePages
from stripe_sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as started:
        yield started


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[stripe.StripeClient]:
    http_client = stripe.RequestsClient(timeout=5)
    yield stripe.StripeClient(sandbox.api_key, base_addresses={"api": sandbox.stripe_url}, http_client=http_client)
    http_client.close()  # type: ignore[no-untyped-call] # of the library


def order(**changes: object) -> CheckoutOrder:
    page = CheckoutOrder(
        checkout_session_id=1,
        invoice_number="INV-2026-02-0047",
        amount=31291,
        currency="eur",
        idempotency_key="checkout-1",
        provider_customer_id=None,
        page_url="https://pay.example/i/x",
        provider_page_id=None,
        url=None,
        state="requested",
        is_current=True,
    )
    return replace(page, **changes)  # type: ignore[arg-type] # of any field


def test_the_checkout_asks_for_the_amount_of_the_invoice(client: stripe.StripeClient) -> None:
    page = httpx.get(StripePages(client).open_checkout(order()).url).text
    assert "312.91" in page
    assert "INV-2026-02-0047" in page


def test_the_same_key_is_the_same_checkout(client: stripe.StripeClient) -> None:
    pages = StripePages(client)
    assert pages.open_checkout(order()) == pages.open_checkout(order())
    assert pages.open_checkout(order()) != pages.open_checkout(order(idempotency_key="checkout-2"))


@pytest.mark.parametrize("is_known", [True, False])
def test_a_page_that_has_ended_takes_no_money(client: stripe.StripeClient, *, is_known: bool) -> None:
    pages = StripePages(client)
    opened = pages.open_checkout(order())
    asked = order(provider_page_id=opened.provider_page_id) if is_known else order()
    assert [pages.end_checkout(asked).state for _ in range(2)] == ["expired", "expired"]
    assert "has expired" in httpx.post(opened.url, data={"card": "ok"}).text


def test_a_page_that_was_paid_cannot_be_ended(client: stripe.StripeClient) -> None:
    pages = StripePages(client)
    httpx.post(pages.open_checkout(order()).url, data={"card": "ok"})
    ended = pages.end_checkout(order())
    assert (ended.state, ended.provider_amount) == ("paid", 31291)
    assert str(ended.provider_intent_id).startswith("pi_")


def test_a_page_that_stripe_never_opened_has_ended(client: stripe.StripeClient) -> None:
    assert StripePages(client).end_checkout(order(amount=1)).state == "expired"


def test_the_portal_changes_the_card_and_nothing_else(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    customer = client.v1.customers.create({"name": "Aurora Mobility Ltd"})
    StripePages(client).portal_url(customer_id=customer.id, return_url="https://pay.example/i/x")
    (session,) = sandbox.account.all("billing_portal.session")
    assert session["flow"]["type"] == "payment_method_update"
    assert session["flow"]["after_completion"]["redirect"] == {"return_url": "https://pay.example/i/x"}


def test_the_portal_belongs_to_the_customer(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"name": "Aurora Mobility Ltd"})
    address = StripePages(client).portal_url(customer_id=customer.id, return_url="https://pay.example/i/x")
    assert httpx.get(address).status_code == 200


def test_what_stripe_refuses_is_an_outside_failure(client: stripe.StripeClient) -> None:
    with pytest.raises(OutsideSystemError):
        StripePages(client).portal_url(customer_id="cus_nobody", return_url="https://pay.example/i/x")

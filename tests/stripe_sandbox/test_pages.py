from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
import stripe

if TYPE_CHECKING:
    from stripe_sandbox import Sandbox
    from tests.stripe_sandbox.conftest import Listener


@pytest.fixture
def session(client: stripe.StripeClient) -> stripe.checkout.Session:
    return client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "client_reference_id": "INV-2026-02-0047",
            "customer_email": "a@aster.example",
            "success_url": "http://127.0.0.1:9/i/token?paid={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:9/i/token",
            "metadata": {"invoice_number": "INV-2026-02-0047"},
            "payment_intent_data": {"metadata": {"invoice_number": "INV-2026-02-0047"}},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": 31291,
                        "product_data": {"name": "Invoice <INV-2026-02-0047>"},
                    },
                }
            ],
        }
    )


def pay(session: stripe.checkout.Session, **form: str) -> httpx.Response:
    assert session.url is not None
    return httpx.post(session.url, data=form)


def test_the_page_shows_what_is_to_be_paid(session: stripe.checkout.Session) -> None:
    assert session.url is not None
    page = httpx.get(session.url)
    assert page.status_code == 200
    assert "312.91 EUR" in page.text
    assert "Invoice &lt;INV-2026-02-0047&gt;" in page.text
    assert "http://" not in page.text.replace("http://127.0.0.1:9/i/token", "")
    assert "https://" not in page.text


def test_a_good_card_completes_the_session(
    session: stripe.checkout.Session, client: stripe.StripeClient, sandbox: Sandbox, registered: Listener
) -> None:
    answer = pay(session, card="ok")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"http://127.0.0.1:9/i/token?paid={session.id}"
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "line_items"]})
    assert (done.status, done.payment_status, done.amount_total) == ("complete", "paid", 31291)
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    assert done.payment_intent.metadata["invoice_number"] == "INV-2026-02-0047"
    assert done.line_items is not None
    assert done.line_items.data[0].amount_total == 31291
    sandbox.webhooks.wait_until_delivered()
    assert registered.types(sandbox.webhook_secret)[-1] == "checkout.session.completed"


def test_a_bad_card_leaves_the_page_open_for_another(
    session: stripe.checkout.Session, client: stripe.StripeClient
) -> None:
    refused = pay(session, number="4000 0000 0000 9995")
    assert refused.status_code == 402
    assert "insufficient funds" in refused.text
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert pay(session, card="ok").status_code == 303
    assert [intent.status for intent in client.v1.payment_intents.list().data] == ["succeeded"]


def test_a_page_is_paid_once(session: stripe.checkout.Session, client: stripe.StripeClient) -> None:
    for _ in range(3):
        assert pay(session, card="ok").status_code == 303
    assert len(client.v1.charges.list().data) == 1


@pytest.mark.parametrize(("answer", "status"), [("yes", 303), ("no", 402)])
def test_the_bank_asks_and_the_customer_answers(
    session: stripe.checkout.Session, client: stripe.StripeClient, answer: str, status: int
) -> None:
    asked = pay(session, card="authentication_required")
    assert "Is it you" in asked.text
    assert pay(session, card="authentication_required", answer=answer).status_code == status
    expected = "complete" if answer == "yes" else "open"
    assert client.v1.checkout.sessions.retrieve(session.id).status == expected
    if answer == "no":
        assert pay(session, card="ok").status_code == 303


def test_an_expired_page_takes_no_money(session: stripe.checkout.Session, client: stripe.StripeClient) -> None:
    url = session.url
    assert url is not None
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    assert "has expired" in httpx.post(url, data={"card": "ok"}).text
    assert client.v1.charges.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        client.v1.checkout.sessions.expire(session.id)


def test_a_page_expires_by_the_sandboxs_clock(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    sandbox.set_now(now)
    session = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [
                {"price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "x"}}, "quantity": 1}
            ],
        }
    )
    assert session.expires_at == int((now + timedelta(hours=24)).timestamp())
    sandbox.set_now(now + timedelta(hours=23))
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    sandbox.set_now(now + timedelta(hours=24))
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_the_portal_changes_the_card(client: stripe.StripeClient, sandbox: Sandbox, registered: Listener) -> None:
    customer = sandbox.add_customer(name="Aster <GmbH>", email="a@aster.example", card="expired_card")
    portal = client.v1.billing_portal.sessions.create(
        {"customer": customer.customer_id, "return_url": "http://127.0.0.1:9/i/token"}
    )
    page = httpx.get(portal.url)
    assert "Aster &lt;GmbH&gt;" in page.text
    assert "0069" in page.text
    sandbox.webhooks.wait_until_delivered()
    registered.received.clear()
    assert "is saved" in httpx.post(portal.url, data={"card": "ok"}).text
    settings = client.v1.customers.retrieve(customer.customer_id).invoice_settings
    assert settings is not None
    assert settings.default_payment_method not in {None, customer.payment_method_id}
    sandbox.webhooks.wait_until_delivered()
    assert registered.types(sandbox.webhook_secret) == ["payment_method.attached", "customer.updated"]
    previous = registered.events(sandbox.webhook_secret)[1].data.previous_attributes
    assert previous is not None
    assert previous["invoice_settings"]["default_payment_method"] == customer.payment_method_id


def test_the_portal_refuses_a_number_that_is_no_test_card(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    customer = sandbox.add_customer(name="Aster", email="a@aster.example")
    portal = client.v1.billing_portal.sessions.create({"customer": customer.customer_id})
    answer = httpx.post(portal.url, data={"number": "4111 1111 1111 1111"})
    assert (answer.status_code, "incorrect" in answer.text) == (402, True)


@pytest.mark.parametrize("path", ["/c/cs_test_nothing", "/p/bps_nothing", "/a/pi_nothing"])
def test_a_link_that_names_nothing_says_so(sandbox: Sandbox, path: str) -> None:
    assert httpx.get(sandbox.stripe_url + path).status_code == 404


@pytest.mark.parametrize(("answer", "status"), [("yes", "succeeded"), ("no", "requires_payment_method")])
def test_authentication_leads_back_to_where_the_customer_came_from(
    client: stripe.StripeClient, answer: str, status: str
) -> None:
    intent = client.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "payment_method": "pm_card_authentication_required",
            "confirm": True,
            "return_url": "http://127.0.0.1:9/back?x=1",
        }
    )
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    url = intent.next_action.redirect_to_url.url
    assert url is not None
    assert "50.00 USD" in httpx.get(url).text
    back = httpx.post(url, data={"answer": answer})
    assert back.headers["location"].startswith(f"http://127.0.0.1:9/back?x=1&payment_intent={intent.id}")
    assert client.v1.payment_intents.retrieve(intent.id).status == status

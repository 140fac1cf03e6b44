from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import stripe

if TYPE_CHECKING:
    from stripe_sandbox import Sandbox
    from tests.stripe_sandbox.conftest import Charge, Listener

PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def test_events_arrive_signed(sandbox: Sandbox, registered: Listener, charge: Charge) -> None:
    intent = charge()
    sandbox.webhooks.wait_until_delivered()
    events = registered.events(sandbox.webhook_secret)
    assert [event.type for event in events] == PAID
    carried = events[-1].data.object
    assert (carried["id"], carried["metadata"]["invoice_number"]) == (intent.id, "INV-2026-02-0047")


@pytest.mark.parametrize("forged", ["body", "secret", "age"])
def test_a_forgery_is_noticed(sandbox: Sandbox, registered: Listener, charge: Charge, forged: str) -> None:
    charge()
    sandbox.webhooks.wait_until_delivered()
    body, signature = registered.received[0]
    secret = sandbox.webhook_secret
    if forged == "body":
        body = body.replace(b"payment_intent", b"payment_intend", 1)
    elif forged == "secret":
        secret = "whsec_other"  # noqa: S105 - of nobody
    else:
        signature = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, 1_700_000_000)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, secret)


def test_an_endpoint_made_by_the_api_has_a_secret_of_its_own(
    sandbox: Sandbox, client: stripe.StripeClient, listener: Listener, charge: Charge
) -> None:
    made = client.v1.webhook_endpoints.create({"url": listener.url, "enabled_events": ["payment_intent.succeeded"]})
    assert made.secret is not None
    assert made.secret != sandbox.webhook_secret
    assert "secret" not in client.v1.webhook_endpoints.retrieve(made.id)
    charge()
    sandbox.webhooks.wait_until_delivered()
    assert listener.types(made.secret) == ["payment_intent.succeeded"]
    client.v1.webhook_endpoints.delete(made.id)
    assert client.v1.webhook_endpoints.list().data == []


def test_the_sandbox_sends_nothing_to_other_machines(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="this machine only"):
        client.v1.webhook_endpoints.create({"url": "https://example.com/hook", "enabled_events": ["*"]})


def test_a_refused_delivery_is_tried_again(sandbox: Sandbox, registered: Listener, charge: Charge) -> None:
    registered.statuses = [500, 302]
    charge()
    sandbox.webhooks.wait_until_delivered()
    assert sorted(registered.types(sandbox.webhook_secret)) == sorted(PAID)
    assert sorted(str(delivery.status) for delivery in sandbox.webhooks.deliveries) == [
        "200",
        "200",
        "200",
        "302",
        "500",
    ]


def test_deliveries_are_given_up_in_the_end(sandbox: Sandbox, charge: Charge) -> None:
    sandbox.register_webhook("http://127.0.0.1:9/nobody", ["payment_intent.succeeded"])
    charge()
    sandbox.webhooks.wait_until_delivered()
    assert [(tried.attempt, tried.status) for tried in sandbox.webhooks.deliveries] == [
        (attempt, None) for attempt in (1, 2, 3, 4)
    ]


def test_deliveries_can_be_held_back_and_reordered(sandbox: Sandbox, registered: Listener, charge: Charge) -> None:
    sandbox.webhooks.hold()
    charge()
    assert registered.received == []
    sandbox.webhooks.release(reorder=True)
    sandbox.webhooks.wait_until_delivered()
    assert registered.types(sandbox.webhook_secret) == PAID[::-1]


def test_deliveries_can_be_duplicated(sandbox: Sandbox, registered: Listener, charge: Charge) -> None:
    sandbox.webhooks.duplicate()
    charge()
    sandbox.webhooks.wait_until_delivered()
    identifiers = [event.id for event in registered.events(sandbox.webhook_secret)]
    assert (len(identifiers), len(set(identifiers))) == (6, 3)


def test_a_dropped_event_is_found_by_asking(
    sandbox: Sandbox, client: stripe.StripeClient, registered: Listener, charge: Charge
) -> None:
    sandbox.webhooks.drop(3)
    charge()
    sandbox.webhooks.wait_until_delivered()
    assert registered.received == []
    asked = client.v1.events.list({"types": ["payment_intent.*"]}).data
    assert [event.type for event in asked] == ["payment_intent.succeeded", "payment_intent.created"]
    assert client.v1.events.retrieve(asked[0].id) == asked[0]
    sandbox.webhooks.redeliver(asked[0].id)
    sandbox.webhooks.wait_until_delivered()
    assert registered.types(sandbox.webhook_secret) == ["payment_intent.succeeded"]


def test_an_event_names_the_request_that_caused_it(client: stripe.StripeClient, charge: Charge) -> None:
    intent = charge(key="invoice-1-attempt-1")
    assert intent.last_response is not None
    (event,) = client.v1.events.list({"type": "payment_intent.succeeded"}).data
    assert event.request is not None
    assert (event.request.id, event.request.idempotency_key) == (
        intent.last_response.request_id,
        "invoice-1-attempt-1",
    )


def test_an_event_is_a_snapshot(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 5000, "currency": "usd"})
    client.v1.payment_intents.cancel(intent.id)
    (event,) = client.v1.events.list({"type": "payment_intent.created"}).data
    assert event.data.object["status"] == "requires_payment_method"


def test_events_are_found_by_time(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    for day in (1, 2, 3):
        sandbox.set_now(datetime(2026, 3, day, tzinfo=UTC))
        client.v1.customers.create({"name": str(day)})
    second = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())

    def found(created: int | dict[str, int]) -> list[str]:
        listed = client.raw_request("get", "/v1/events", created=created)
        return [event["data"]["object"]["name"] for event in json.loads(listed.body)["data"]]

    assert found({"gte": second}) == ["3", "2"]
    assert found({"gt": second}) == ["3"]
    assert found({"lt": second}) == ["1"]
    assert found({"lte": second}) == ["2", "1"]
    assert found(second) == ["2"]


def test_a_failed_charge_tells_with_its_reason(sandbox: Sandbox, registered: Listener, charge: Charge) -> None:
    with pytest.raises(stripe.CardError):
        charge("insufficient_funds")
    sandbox.webhooks.wait_until_delivered()
    (failed,) = (
        json.loads(body)["data"]["object"]
        for body, _ in registered.received
        if json.loads(body)["type"] == "payment_intent.payment_failed"
    )
    assert failed["last_payment_error"]["decline_code"] == "insufficient_funds"

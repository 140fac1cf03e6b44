from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stripe

if TYPE_CHECKING:
    from stripe_sandbox import Sandbox
    from tests.stripe_sandbox.conftest import Charge


def test_parts_are_refunded_until_nothing_is_left(client: stripe.StripeClient, charge: Charge) -> None:
    intent = charge(amount=10_000)
    first = client.v1.refunds.create({"payment_intent": intent.id, "amount": 2_500})
    assert (first.status, first.amount, first.charge) == ("succeeded", 2_500, intent.latest_charge)
    paid = client.v1.charges.retrieve(str(intent.latest_charge))
    assert (paid.amount_refunded, paid.refunded) == (2_500, False)
    with pytest.raises(stripe.InvalidRequestError, match=r"75\.01 EUR.*75\.00 EUR"):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 7_501})
    assert client.v1.refunds.create({"payment_intent": intent.id}).amount == 7_500
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert caught.value.code == "charge_already_refunded"
    assert len(client.v1.refunds.list({"payment_intent": intent.id}).data) == 2


def test_the_same_key_refunds_once(client: stripe.StripeClient, charge: Charge) -> None:
    intent = charge()
    made = {
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 1}, {"idempotency_key": "cn-1"}).id
        for _ in range(3)
    }
    assert len(made) == 1
    assert client.v1.charges.retrieve(str(intent.latest_charge)).amount_refunded == 1


def test_what_was_not_paid_is_not_refunded(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 5000, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        client.v1.refunds.create({"payment_intent": intent.id})


@pytest.mark.parametrize("amount", [0, -5])
def test_a_refund_is_positive(client: stripe.StripeClient, charge: Charge, amount: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="positive"):
        client.v1.refunds.create({"payment_intent": charge().id, "amount": amount})


def test_a_disputed_charge_is_not_refunded(client: stripe.StripeClient, charge: Charge, sandbox: Sandbox) -> None:
    intent = charge()
    dispute = sandbox.open_dispute(str(intent.latest_charge))
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert caught.value.code == "charge_disputed"
    assert client.v1.disputes.retrieve(dispute["id"]).status == "needs_response"
    sandbox.close_dispute(dispute["id"], "lost")
    assert [found.status for found in client.v1.disputes.list({"payment_intent": intent.id}).data] == ["lost"]


def test_a_dispute_is_opened_and_decided_once(charge: Charge, sandbox: Sandbox) -> None:
    paid = str(charge().latest_charge)
    dispute = sandbox.open_dispute(paid)
    sandbox.close_dispute(dispute["id"], "won")
    with pytest.raises(ValueError, match="disputed already"):
        sandbox.open_dispute(paid)
    with pytest.raises(ValueError, match="won already"):
        sandbox.close_dispute(dispute["id"], "lost")

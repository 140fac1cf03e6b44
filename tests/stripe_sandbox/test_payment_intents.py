from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
import stripe

from stripe_sandbox import CARDS

if TYPE_CHECKING:
    from stripe_sandbox import Sandbox
    from tests.stripe_sandbox.conftest import Charge

DECLINES = (
    # card, code, decline code, advice
    ("insufficient_funds", "card_declined", "insufficient_funds", "try_again_later"),
    ("card_declined", "card_declined", "generic_decline", "try_again_later"),
    ("expired_card", "expired_card", "expired_card", "do_not_try_again"),
    ("lost_card", "card_declined", "lost_card", "do_not_try_again"),
    ("stolen_card", "card_declined", "stolen_card", "do_not_try_again"),
    ("processing_error", "processing_error", "processing_error", "try_again_later"),
    ("authentication_required", "authentication_required", "authentication_required", None),
)


def test_every_card_that_does_not_pay_is_covered_here() -> None:
    assert {name for name, *_ in DECLINES} == CARDS.keys() - {"ok"}


def test_a_good_card_is_charged(charge: Charge, client: stripe.StripeClient) -> None:
    intent = charge()
    assert (intent.status, intent.amount_received, intent.last_payment_error) == ("succeeded", 31291, None)
    paid = client.v1.charges.retrieve(str(intent.latest_charge))
    assert (paid.status, paid.amount, paid.payment_intent) == ("succeeded", 31291, intent.id)
    assert paid.metadata["invoice_number"] == "INV-2026-02-0047"


@pytest.mark.parametrize(("card", "code", "decline_code", "advice"), DECLINES)
def test_a_decline_says_why(charge: Charge, card: str, code: str, decline_code: str, advice: str | None) -> None:
    with pytest.raises(stripe.CardError) as caught:
        charge(card)
    error = caught.value.error
    assert (caught.value.http_status, caught.value.code) == (402, code)
    assert error is not None
    assert (error.type, error.decline_code, error.advice_code) == ("card_error", decline_code, advice)


@pytest.mark.parametrize("card", [name for name, *_ in DECLINES])
def test_a_declined_intent_stays_behind_and_takes_another_card(
    charge: Charge, client: stripe.StripeClient, card: str
) -> None:
    with pytest.raises(stripe.CardError) as caught:
        charge(card)
    assert caught.value.error is not None
    left = caught.value.error.payment_intent
    assert left is not None
    stored = client.v1.payment_intents.retrieve(left.id)
    assert (stored.status, stored.payment_method) == ("requires_payment_method", None)
    assert stored.last_payment_error is not None
    assert stored.last_payment_error.code == caught.value.code

    paid = client.v1.payment_intents.confirm(left.id, {"payment_method": "pm_card_ok", "off_session": True})
    assert (paid.id, paid.status, paid.last_payment_error) == (left.id, "succeeded", None)
    tries = client.v1.charges.list({"payment_intent": left.id}).data
    assert [try_.status for try_ in tries] == ["succeeded", "failed"]


def test_an_intent_created_first_is_confirmed_later(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    customer = sandbox.add_customer(name="Aster", email="a@example.com")
    intent = client.v1.payment_intents.create(
        {"amount": 5000, "currency": "usd", "customer": customer.customer_id}, {"idempotency_key": "invoice-1"}
    )
    assert intent.status == "requires_payment_method"
    confirmed = client.v1.payment_intents.confirm(
        intent.id, {"payment_method": customer.payment_method_id, "off_session": True}
    )
    assert (confirmed.status, confirmed.customer) == ("succeeded", customer.customer_id)


@pytest.mark.parametrize("action", ["confirm", "cancel", "update"])
def test_a_paid_intent_is_never_touched_again(charge: Charge, client: stripe.StripeClient, action: str) -> None:
    intent = charge()
    with pytest.raises(stripe.InvalidRequestError) as caught:
        getattr(client.v1.payment_intents, action)(intent.id, {})
    assert caught.value.code == "payment_intent_unexpected_state"
    assert caught.value.error is not None
    assert caught.value.error.payment_intent is not None
    assert caught.value.error.payment_intent.status == "succeeded"


def test_a_canceled_intent_cannot_be_confirmed(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 5000, "currency": "usd"})
    canceled = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_ok", "off_session": True})


def test_an_open_intent_can_be_changed(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 5000, "currency": "usd", "metadata": {"a": "1", "b": "2"}})
    changed = client.v1.payment_intents.update(intent.id, {"amount": 4000, "metadata": {"a": "", "c": "3"}})
    assert (changed.amount, changed.metadata.to_dict()) == (4000, {"b": "2", "c": "3"})


def test_the_card_of_another_customer_is_refused(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    one = sandbox.add_customer(name="One", email="one@example.com")
    two = sandbox.add_customer(name="Two", email="two@example.com")
    with pytest.raises(stripe.InvalidRequestError, match="must be attached"):
        client.v1.payment_intents.create(
            {
                "amount": 5000,
                "currency": "usd",
                "customer": one.customer_id,
                "payment_method": two.payment_method_id,
                "confirm": True,
                "off_session": True,
            }
        )
    assert client.v1.payment_intents.list().data == []


def test_an_intent_without_a_card_cannot_be_confirmed(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    """Stripe takes the customer's default card for invoices of its own, not for PaymentIntents."""
    customer = sandbox.add_customer(name="One", email="one@example.com")
    intent = client.v1.payment_intents.create({"amount": 5000, "currency": "usd", "customer": customer.customer_id})
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        client.v1.payment_intents.confirm(intent.id, {"off_session": True})


def test_a_present_customer_is_asked_to_authenticate(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "payment_method": "pm_card_authentication_required",
            "confirm": True,
            "return_url": "https://example.com/back",
        }
    )
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    assert intent.next_action.redirect_to_url.return_url == "https://example.com/back"


def test_confirming_on_session_needs_somewhere_to_return_to(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        client.v1.payment_intents.create(
            {"amount": 5000, "currency": "usd", "payment_method": "pm_card_ok", "confirm": True}
        )


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "eur", "amount_too_small"),
        (29, "gbp", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (0, "usd", "parameter_invalid_integer"),
        (100_000_000, "usd", "amount_too_large"),
        (12_345, "kwd", None),
    ],
)
def test_amounts_that_stripe_refuses_are_refused(
    client: stripe.StripeClient, amount: int, currency: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.create({"amount": amount, "currency": currency})
    assert caught.value.code == code


def test_lists_are_paged_from_the_newest(client: stripe.StripeClient) -> None:
    made = [client.v1.payment_intents.create({"amount": 5000 + n, "currency": "usd"}).id for n in range(5)]
    first = client.v1.payment_intents.list({"limit": 2})
    assert ([intent.id for intent in first.data], first.has_more) == ([made[4], made[3]], True)
    assert [intent.id for intent in first.auto_paging_iter()] == made[::-1]


def test_ids_in_answers_are_expanded_on_demand(client: stripe.StripeClient, charge: Charge) -> None:
    intent = client.v1.payment_intents.retrieve(charge().id, {"expand": ["latest_charge.payment_intent"]})
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert isinstance(intent.latest_charge.payment_intent, stripe.PaymentIntent)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.payment_intents.retrieve(intent.id, {"expand": ["nonsense"]})


def test_what_is_not_there_is_said_to_be_missing(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.retrieve("pi_nothing")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_a_wrong_key_is_refused(sandbox: Sandbox, http_client: stripe.HTTPClient) -> None:
    stranger = stripe.StripeClient("sk_test_wrong", base_addresses={"api": sandbox.stripe_url}, http_client=http_client)
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key"):
        stranger.v1.customers.list()


def test_no_two_cards_can_be_taken_for_each_other() -> None:
    for name in ("number", "stripe_name", "label"):
        assert len({getattr(card, name) for card in CARDS.values()}) == len(CARDS)
    assert all(dataclasses.asdict(card)["name"] == name for name, card in CARDS.items())

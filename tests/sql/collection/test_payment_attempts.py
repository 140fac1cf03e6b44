"""Attempts: begin_payment_attempt, record_charge_succeeded, record_charge_canceled, and what must never be stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Collection


@pytest.fixture
def bill(given: Collection) -> Bill:
    """An invoice over 100.00, about to be charged to a card."""
    return given.issued("100.00", method="charge_automatically")


def begin(given: Collection, bill: Bill) -> dict[str, object] | None:
    """Claim and begin the open attempt; what is sent for it."""
    given.connection.execute("update billing.work_items set claim_expires_at = 'epoch' where claimed_by <> ''")
    ((attempt, claim),) = given.connection.execute(
        "select subject_id, claim from billing.claim_work('charge', 'w', 9, '1h', 'infinity', 'infinity') "
        "where name = %s",
        (bill.number,),
    ).fetchall()
    query = "select to_jsonb(sent) from billing.begin_payment_attempt(%s, %s, '2026-03-02') as sent"
    row = given.connection.execute(query, (attempt, claim)).fetchone()
    return None if row is None else {**row[0], "attempt": attempt, "claim": claim}


def states(given: Collection) -> object:
    return given.value(
        "select string_agg(concat_ws(' ', attempt, state, amount), ', ' order by attempt) from billing.payment_attempts"
    )


def set_disputed(given: Collection) -> None:
    given.connection.execute("update billing.dunning_cases set is_disputed = true")


def test_a_charge_sent_before_is_due_while_its_amount_is(given: Collection, bill: Bill) -> None:
    first, again = begin(given, bill), begin(given, bill)
    assert first is not None
    assert again is not None
    assert (first["is_due"], again["is_due"]) == (True, True)
    given.paid_by_hand(bill, "1.00")
    late = begin(given, bill)
    assert late is not None
    assert (late["is_due"], late["amount"]) == (False, 100_00)


def test_a_planned_charge_of_a_disputed_invoice_is_canceled(given: Collection, bill: Bill) -> None:
    set_disputed(given)
    assert begin(given, bill) is None
    assert states(given) == "1 canceled"


def test_a_charge_sent_before_a_dispute_is_not_due(given: Collection, bill: Bill) -> None:
    begin(given, bill)
    set_disputed(given)
    sent = begin(given, bill)
    assert sent is not None
    assert sent["is_due"] is False


def cancel(given: Collection, bill: Bill) -> None:
    sent = begin(given, bill)
    assert sent is not None
    given.connection.execute(
        "select billing.record_charge_canceled(%s, %s, '2026-03-02')", (sent["attempt"], sent["claim"])
    )


def test_what_is_still_due_of_a_canceled_charge_is_charged_with_another_intent(given: Collection, bill: Bill) -> None:
    begin(given, bill)
    given.paid_by_hand(bill, "81.00")
    cancel(given, bill)
    sent = begin(given, bill)
    assert sent is not None
    assert (sent["amount"], sent["intent_idempotency_key"]) == (19_00, f"{bill.number.lower()}-intent-2")
    assert states(given) == "1 canceled 100.00, 2 sent 19.00"


def test_a_canceled_charge_of_a_disputed_invoice_is_not_planned_again(given: Collection, bill: Bill) -> None:
    begin(given, bill)
    set_disputed(given)
    cancel(given, bill)
    assert states(given) == "1 canceled 100.00"


def test_a_declined_intent_is_tried_again(given: Collection, bill: Bill) -> None:
    given.charge(bill, declined="insufficient_funds")
    given.advance("2026-03-04")
    sent = begin(given, bill)
    assert sent is not None
    assert sent["provider_intent_id"] == given.intent(bill)


def paid_and_open_again(given: Collection, bill: Bill) -> None:
    """The card paid, the money went back, and there is a new card."""
    given.charge(bill)
    given.event("charge.refunded", {"id": "ch_1", "payment_intent": given.intent(bill), "amount_refunded": 10000})
    given.event("payment_method.attached", {"id": "pm_new", "customer": f"cus_{bill.customer}"}, at=60)
    given.process()


def test_an_intent_that_was_paid_is_not_charged_again(given: Collection, bill: Bill) -> None:
    paid_and_open_again(given, bill)
    sent = begin(given, bill)
    assert sent is not None
    assert (sent["provider_intent_id"], sent["intent_idempotency_key"]) == (
        None,
        f"{bill.number.lower()}-intent-2",
    )


def test_a_late_event_of_the_first_intent_says_nothing_of_the_second(given: Collection, bill: Bill) -> None:
    paid_and_open_again(given, bill)
    begin(given, bill)
    old = {"id": given.intent(bill), "object": "payment_intent", "currency": "eur", "amount_received": 10000}
    event = given.event("payment_intent.succeeded", old, at=90)
    given.process()
    assert given.outcome(event) == "ignored: booked before"
    assert states(given) == "1 succeeded 100.00, 2 sent 100.00"


def test_money_booked_before_makes_no_attempt_succeed(given: Collection, bill: Bill) -> None:
    attempt = given.begun(bill)
    given.connection.execute(
        "select billing.record_card_payment(%s, %s, 8100, '2026-03-01')", (bill.invoice_id, given.intent(bill))
    )
    given.connection.execute("select billing.record_charge_succeeded(%s, 8100, '2026-03-02')", (attempt,))
    assert states(given) == "1 canceled 100.00, 2 scheduled"
    assert given.outstanding(bill) == 19


def test_success_told_twice_is_booked_once(given: Collection, bill: Bill) -> None:
    attempt = given.charge(bill)
    given.connection.execute("select billing.record_charge_succeeded(%s, 10000, '2026-03-02')", (attempt,))
    assert (states(given), given.balance(bill.customer)) == ("1 succeeded 100.00", 0)


def test_an_intent_cannot_succeed_twice(given: Collection, bill: Bill) -> None:
    given.charge(bill, declined="insufficient_funds")
    given.advance("2026-03-04")
    given.charge(bill, on="2026-03-04")
    with pytest.raises(psycopg.errors.UniqueViolation, match="an_intent_succeeds_once"):
        given.connection.execute("update billing.payment_attempts set state = 'succeeded', decline_code = null")


def test_a_success_without_a_payment_of_its_own_is_found(given: Collection, bill: Bill) -> None:
    paid_and_open_again(given, bill)
    begin(given, bill)
    given.connection.execute(
        "update billing.payment_attempts set state = 'succeeded', finished_at = now() where attempt = 2"
    )
    assert given.broken() == [
        ("successful charges are booked", bill.number, "attempt 2 succeeded, and there is no payment")
    ]

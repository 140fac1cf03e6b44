"""Refunds: claim_refunds, begin_refund, record_refund_succeeded, record_refund_failed, record_refund_unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Collection


@pytest.fixture
def bill(given: Collection) -> Bill:
    """An invoice over 100.00, paid by card, of which 30.00 are credited."""
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill)
    given.credited(bill, "30.00")
    return bill


def claim(given: Collection) -> list[tuple[int, str, int, str]]:
    return given.connection.execute(
        "select * from billing.claim_refunds('worker', 10, interval '1 hour', 'infinity')"
    ).fetchall()


def begin(given: Collection) -> tuple[int, int]:
    ((refund, _, number, _),) = claim(given)
    given.connection.execute("select billing.begin_refund(%s, %s, '2026-03-13')", (refund, number))
    return refund, number


def state(given: Collection) -> object:
    return given.value("select state from billing.refunds")


@pytest.mark.usefixtures("bill")
def test_a_claimed_refund_is_not_claimed_again(given: Collection) -> None:
    assert [(number, state) for _, number, _, state in claim(given)] == [("CN-2026-03-0001", "scheduled")]
    assert claim(given) == []


def test_what_is_sent_names_intent_amount_and_key(given: Collection, bill: Bill) -> None:
    ((refund, _, number, _),) = claim(given)
    order = given.connection.execute("select * from billing.begin_refund(%s, %s, '2026-03-13')", (refund, number))
    assert order.fetchone() == (3000, "eur", "cn-2026-03-0001-refund", given.intent(bill), "CN-2026-03-0001")
    assert state(given) == "sent"


def test_a_refund_that_went_out_is_booked_once(given: Collection, bill: Bill) -> None:
    refund, _ = begin(given)
    for _ in range(2):
        given.connection.execute("select billing.record_refund_succeeded(%s, 're_1', '2026-03-13')", (refund,))
    assert given.value("select array_agg(amount)::text from billing.payment_reversals") == "{30.00}"
    assert (given.status(bill), given.balance(bill.customer), state(given)) == ("paid", 0, "succeeded")
    assert given.broken() == []


def test_a_refused_refund_is_credit_balance_and_finance_is_told(given: Collection, bill: Bill) -> None:
    refund, number = begin(given)
    given.connection.execute("select billing.record_refund_failed(%s, %s, 'expired', '2026-03-13')", (refund, number))
    assert given.balance(bill.customer) == 30
    assert ("manual_review", "queued") in given.letters(bill)
    assert given.broken() == []


@pytest.mark.usefixtures("bill")
def test_an_unanswered_refund_stays_open_and_is_sent_again_as_it_was(given: Collection) -> None:
    refund, number = begin(given)
    given.connection.execute("select billing.record_refund_unknown(%s, %s, 'timeout')", (refund, number))
    assert state(given) == "unknown"
    assert [(key, state) for key, _, _, state in claim(given)] == [(refund, "unknown")]


@pytest.mark.usefixtures("bill")
def test_a_lost_claim_records_nothing(given: Collection) -> None:
    refund, number = begin(given)
    with pytest.raises(psycopg.Error, match="the claim on refund") as error:
        given.connection.execute("select billing.record_refund_failed(%s, %s, 'x', '2026-03-13')", (refund, number - 1))
    assert error.value.sqlstate == "UB003"


def test_money_that_went_back_another_way_is_not_refunded_again(given: Collection, bill: Bill) -> None:
    given.event(
        "charge.dispute.created",
        {
            "id": "du_1",
            "payment_intent": given.intent(bill),
            "amount": 10000,
            "status": "needs_response",
            "reason": "fraudulent",
        },
    )
    given.process()
    ((refund, _, number, _),) = claim(given)
    order = given.connection.execute("select * from billing.begin_refund(%s, %s, '2026-03-13')", (refund, number))
    assert (order.fetchone(), state(given)) == (None, "failed")
    assert given.broken() == []


def test_the_event_of_our_own_refund_books_nothing_more(given: Collection, bill: Bill) -> None:
    refund, _ = begin(given)
    charge = {"id": "ch_1", "payment_intent": given.intent(bill), "amount_refunded": 3000}
    early = given.event("charge.refunded", charge)
    given.process()
    given.connection.execute("select billing.record_refund_succeeded(%s, 're_1', '2026-03-13')", (refund,))
    late = given.event("charge.refunded", charge)
    given.process()
    assert [given.outcome(event) for event in (early, late)] == ["ignored: known before"] * 2
    assert given.value("select sum(amount) from billing.payment_reversals") == 30


def test_a_refund_made_at_stripe_takes_the_credited_money_first_and_nobody_is_dunned(
    given: Collection, bill: Bill
) -> None:
    given.event("charge.refunded", {"id": "ch_1", "payment_intent": given.intent(bill), "amount_refunded": 5000})
    given.process()
    assert (given.status(bill), given.outstanding(bill)) == ("issued", 20)
    assert given.dunning(bill) == ("issued", None, None)
    assert ("manual_review", "queued") in given.letters(bill)
    assert given.broken() == []

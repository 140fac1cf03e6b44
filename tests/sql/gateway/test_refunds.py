"""Refunds: begin_refund, record_refund_succeeded, record_refund_failed, record_refund_unknown."""

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


def claim(given: Collection) -> list[tuple[int, str, int]]:
    return given.connection.execute(
        "select * from billing.claim_work('refund', 'worker', 10, interval '1 hour', 'infinity', 'infinity')"
    ).fetchall()


def begin(given: Collection) -> tuple[int, int]:
    ((refund, _, number),) = claim(given)
    given.connection.execute("select billing.begin_refund(%s, %s, '2026-03-13')", (refund, number))
    return refund, number


def state(given: Collection) -> object:
    return given.value("select state from billing.refunds")


@pytest.mark.usefixtures("bill")
def test_a_claimed_refund_is_not_claimed_again(given: Collection) -> None:
    assert [name for _, name, _ in claim(given)] == ["CN-2026-03-0001"]
    assert claim(given) == []


def test_what_is_sent_names_intent_amount_and_key(given: Collection, bill: Bill) -> None:
    ((refund, _, number),) = claim(given)
    order = given.connection.execute("select * from billing.begin_refund(%s, %s, '2026-03-13')", (refund, number))
    assert order.fetchone() == (3000, "eur", "cn-2026-03-0001-refund", given.intent(bill), "CN-2026-03-0001", False)
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


def test_an_unanswered_refund_stays_open_and_is_sent_again_as_it_was(given: Collection, bill: Bill) -> None:
    refund, number = begin(given)
    given.connection.execute("select billing.record_refund_unknown(%s, %s, 'timeout')", (refund, number))
    assert state(given) == "unknown"
    assert [key for key, _, _ in claim(given)] == [refund]
    again = given.connection.execute("select * from billing.begin_refund(%s, %s, '2026-03-13')", (refund, number + 1))
    assert again.fetchall() == [(3000, "eur", "cn-2026-03-0001-refund", given.intent(bill), "CN-2026-03-0001", True)]


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
    ((refund, _, number),) = claim(given)
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
    assert given.dunning(bill) == ("manual_review", None, None)
    assert ("manual_review", "queued") in given.letters(bill)
    assert given.broken() == []


def failed(given: Collection, bill: Bill, refund: str, amount: int, at: int = 60, **fields: object) -> str:
    """Stripe's word that a refund of this bill has failed."""
    thing = {"id": refund, "charge": "ch_1", "payment_intent": given.intent(bill), "amount": amount}
    return given.event(
        "refund.failed", thing | {"status": "failed", "failure_reason": "lost_or_stolen_card"} | fields, at=at
    )


def refunded(given: Collection) -> dict[str, str]:
    """A refund of ours that went out; its metadata at Stripe."""
    refund, _ = begin(given)
    given.connection.execute("select billing.record_refund_succeeded(%s, 're_1', '2026-03-13')", (refund,))
    return {"refund": "cn-2026-03-0001-refund"}


def test_a_refund_that_fails_afterwards_is_credit_balance_and_finance_is_told_once(
    given: Collection, bill: Bill
) -> None:
    metadata = refunded(given)
    first, again = (failed(given, bill, "re_1", 3000, at, metadata=metadata) for at in (60, 61))
    given.process(on="2026-03-20")
    assert (given.outcome(first), given.outcome(again)) == ("refund failed: 30.00", "ignored: known before")
    assert (state(given), given.balance(bill.customer), given.status(bill)) == ("failed", 30, "paid")
    assert [letter for letter, _ in given.letters(bill)].count("manual_review") == 1
    assert given.value("select details ->> 'review_reason' from billing.emails where template = 'manual_review'") == (
        "lost or stolen card"
    )
    assert given.broken() == []


def test_a_refund_that_fails_afterwards_is_audited(given: Collection, bill: Bill) -> None:
    failed(given, bill, "re_1", 3000, metadata=refunded(given))
    given.process(on="2026-03-20")
    assert given.connection.execute(
        "select business_date::text, from_state, to_state, reason from billing.audit_log "
        "where subject = 'CN-2026-03-0001' order by entry desc limit 1"
    ).fetchone() == ("2026-03-20", "refund succeeded", "refund failed", "30.00 EUR: lost or stolen card")


def test_a_failure_waits_for_the_answer_to_the_refund(given: Collection, bill: Bill) -> None:
    refund, _ = begin(given)
    event = failed(given, bill, "re_1", 3000, metadata={"refund": "cn-2026-03-0001-refund"})
    given.process()
    assert (given.outcome(event), state(given)) == (None, "sent")
    given.connection.execute("select billing.record_refund_succeeded(%s, 're_1', '2026-03-13')", (refund,))
    given.process()
    assert (state(given), given.balance(bill.customer)) == ("failed", 30)


def test_a_refund_that_goes_on_has_not_failed(given: Collection, bill: Bill) -> None:
    event = failed(given, bill, "re_1", 3000, metadata=refunded(given), status="pending")
    given.process()
    assert (given.outcome(event), state(given)) == ("ignored: the refund has not failed", "succeeded")


def test_a_refund_made_at_stripe_that_fails_pays_the_invoice_again(given: Collection, bill: Bill) -> None:
    refunded(given)
    given.event("charge.refunded", {"id": "ch_1", "payment_intent": given.intent(bill), "amount_refunded": 5000}, at=20)
    given.process()
    assert given.outstanding(bill) == 20
    failed(given, bill, "re_2", 2000)
    given.process()
    assert (given.status(bill), given.outstanding(bill), state(given)) == ("paid", 0, "succeeded")
    assert given.broken() == []


def test_after_a_failure_a_refund_counts_again_and_an_old_event_does_not(given: Collection, bill: Bill) -> None:
    charge = {"id": "ch_1", "payment_intent": given.intent(bill), "amount_refunded": 3000}
    failed(given, bill, "re_1", 3000, metadata=refunded(given))
    given.process()
    late = given.event("charge.refunded", charge, at=50)
    given.process()
    assert given.outcome(late) == "ignored: known before"
    new = given.event("charge.refunded", charge, at=70)
    given.process()
    assert given.outcome(new) == "refund of 30.00 EUR"
    assert given.broken() == []


def test_money_of_a_failed_refund_is_still_the_charges_at_stripe(given: Collection, bill: Bill) -> None:
    failed(given, bill, "re_1", 3000, metadata=refunded(given))
    given.process()
    back = given.value("select payment_id from billing.payments where reference = 're_1'")
    assert given.value("select billing._charged_intent(%s)", back) == given.intent(bill)

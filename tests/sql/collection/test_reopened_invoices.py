"""Whatever opens an invoice again or ends its dunning: something is planned for it, or a person has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.collection import Bill, Collection

ON = "2026-03-05"


def stripe(given: Collection, bill: Bill, kind: str, at: int = 50, **fields: object) -> None:
    ids = {"id": "x_1", "payment_intent": given.intent(bill), "currency": "eur", "reason": "fraudulent"}
    given.event(kind, ids | fields, at=at)
    given.process(on=ON)


def failed_late(given: Collection, bill: Bill) -> None:
    told = {"id": given.intent(bill), "amount_received": 10000}
    stripe(given, bill, "payment_intent.succeeded", 10, **told)
    stripe(given, bill, "payment_intent.payment_failed", 50, **told)


def inquired(given: Collection, bill: Bill) -> None:
    stripe(given, bill, "charge.dispute.created", 20, amount=10000, status="needs_response")
    stripe(given, bill, "charge.dispute.closed", 30, amount=10000, status="warning_closed")


def corrected(given: Collection, bill: Bill) -> None:
    given.event("charge.refunded", {"id": "x_1", "payment_intent": given.intent(bill), "amount_refunded": 10000}, at=50)
    given.process(on=ON)
    given.paid_by_hand(bill, "100", on=ON)
    given.value("select billing.reverse_payment(max(payment_id), 'no', %s) from billing.payments", ON)


WAYS: dict[str, Callable[[Collection, Bill], None]] = {
    "a refund at Stripe": lambda given, bill: stripe(given, bill, "charge.refunded", amount_refunded=10000),
    "a part refunded at Stripe": lambda given, bill: stripe(given, bill, "charge.refunded", amount_refunded=10),
    "a late failure": failed_late,
    "a dispute": lambda given, bill: stripe(
        given, bill, "charge.dispute.created", amount=10000, status="needs_response"
    ),
    "a dispute lost at once": lambda given, bill: stripe(
        given, bill, "charge.dispute.closed", amount=10000, status="lost"
    ),
    "an inquiry that is closed": inquired,
    "a payment by hand taken back": corrected,
}


def waits_or_goes_on(given: Collection, bill: Bill) -> bool:
    state, _, planned = given.dunning(bill)
    is_tried = given.value(
        "select exists(select from billing.payment_attempts where state in ('scheduled', 'sent', 'unknown'))"
    )
    is_told = given.value("select count(*) from billing.reviews_since(0)") == 1
    return bool(planned or is_tried or (state == "manual_review" and is_told))


@pytest.mark.parametrize("way", WAYS)
def test_an_open_invoice_has_a_next_step_or_a_person(given: Collection, way: str) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill)
    WAYS[way](given, bill)
    assert given.status(bill) == "issued"
    assert waits_or_goes_on(given, bill)
    assert given.broken() == []


@pytest.mark.parametrize("method", ["send_invoice", "charge_automatically"])
@pytest.mark.parametrize("is_undone", [False, True])
def test_so_has_one_whose_transfer_went_back(given: Collection, method: str, *, is_undone: bool) -> None:
    bill = given.issued("100.00", method=method)
    booked = given.transfer("100.00", bill.number, payer_iban="DE1", on="2026-03-20")
    if is_undone:
        given.value("select billing.undo_bank_transaction(%s, 'no', '2026-03-21')", booked.bank_transaction_id)
    else:
        given.transfer("-100.00", "", payer_iban="DE1", on="2026-03-21", is_return=True)
    assert given.status(bill) == "issued"
    assert waits_or_goes_on(given, bill)
    assert given.broken() == []


def test_what_an_older_version_left_idle_is_broken_until_the_next_collection(given: Collection) -> None:
    bill = given.issued("100.00")
    given.connection.execute("update billing.dunning_cases set next_day = null, next_action_on = null")
    assert [row[1] for row in given.broken()] == [bill.number]
    given.advance("2026-03-20")
    assert given.dunning(bill) == ("manual_review", None, None)
    assert (waits_or_goes_on(given, bill), given.broken()) == (True, [])


def test_what_is_on_hold_waits_for_its_end(given: Collection) -> None:
    bill = given.issued("100.00")
    given.value("select billing.hold_dunning(%s, null, 'they are on holiday', '2026-03-02')", bill.number)
    given.connection.execute("update billing.dunning_cases set next_day = null, next_action_on = null")
    given.advance("2026-03-20")
    assert given.dunning(bill) == ("issued", None, None)
    given.value("select billing.lift_dunning_hold(%s, '2026-03-21')", bill.number)
    given.advance("2026-03-21")
    assert given.dunning(bill) == ("manual_review", None, None)

"""A payment booked by mistake has a way back: as if it had never been, but for the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.collection import Bill, Collection

DAY = "2026-04-10"


def pay(given: Collection, bill: Bill, amount: str, *, on: str = DAY) -> int:
    """Book a transfer by hand; its payment."""
    payment = given.value(
        "select payment_id from billing.record_payment(%s, %s, %s, 'transfer', null, true)", bill.number, amount, on
    )
    assert isinstance(payment, int)
    return payment


def reverse(given: Collection, payment: int, *, on: str = "2026-04-12") -> tuple[object, ...]:
    """Whether it is a repeat, the amount, and what is open."""
    row = given.connection.execute(
        "select is_repeat, amount, opened_invoices from billing.reverse_payment(%s, 'a typo', %s)", (payment, on)
    ).fetchone()
    assert row is not None
    return row


def test_its_invoice_is_open_again_and_dunned_anew(given: Collection) -> None:
    bill = given.issued("100.00")
    given.advance("2026-04-03")
    payment = pay(given, bill, "100.00")
    opened = [{"invoice_number": bill.number, "outstanding": "100.00"}]
    assert reverse(given, payment) == (False, 100, opened)
    assert (given.status(bill), given.balance(bill.customer), given.broken()) == ("issued", 0, [])
    assert given.dunning(bill) == ("issued", 3, "2026-04-15")
    assert given.advance("2026-04-15") == (1, 0)


def test_what_went_to_other_invoices_comes_back_too(given: Collection) -> None:
    first = given.issued("100.00")
    second = given.billed(first.customer, period="2026-03", on="2026-04-01")
    payment = pay(given, first, "230.00")
    reverse(given, payment)
    assert [given.outstanding(bill) for bill in (first, second)] == [100, 100]
    assert (given.balance(first.customer), given.broken()) == (0, [])


def test_part_of_a_payment_goes_back_newest_application_first(given: Collection) -> None:
    first = given.issued("100.00")
    second = given.billed(first.customer, period="2026-03", on="2026-04-01")
    payment = pay(given, second, "200.00")
    given.value(
        "select billing.take_back_payment(jsonb_populate_record(null::billing.payment_reversals, %s))",
        Jsonb({"payment_id": payment, "amount": 30, "kind": "refund", "reference": "re", "reversed_on": "2026-04-12"}),
    )
    assert [given.outstanding(bill) for bill in (first, second)] == [30, 0]


def test_twice_is_a_repeat_and_changes_nothing(given: Collection) -> None:
    bill = given.issued("100.00")
    payment = pay(given, bill, "40.00")
    reverse(given, payment)
    assert reverse(given, payment)[:2] == (True, 40)
    assert given.value("select count(*) from billing.payment_reversals") == 1


def test_its_letter_does_not_go_out_any_more(given: Collection) -> None:
    bill = given.issued("100.00")
    reverse(given, pay(given, bill, "40.00"))
    assert ("payment_received", "obsolete") in given.letters(bill)


def test_it_can_be_booked_again_rightly(given: Collection) -> None:
    bill = given.issued("100.00")
    reverse(given, pay(given, bill, "40.00"))
    pay(given, bill, "100.00")
    assert (given.status(bill), given.broken()) == ("paid", [])


def test_an_invoice_whose_payment_was_taken_back_can_be_void(given: Collection) -> None:
    bill = given.issued("100.00")
    reverse(given, pay(given, bill, "40.00"))
    given.void(given.invoice(bill.customer))
    assert (given.status(bill), given.balance(bill.customer)) == ("void", 0)


def test_it_is_not_dated_before_what_it_takes_back(given: Collection) -> None:
    first = given.issued("100.00")
    payment = pay(given, first, "150.00", on="2026-03-20")
    given.billed(first.customer, period="2026-03", on="2026-04-01")
    reverse(given, payment, on="2026-03-25")
    assert (
        given.value("select max(applied_on)::text from billing.payment_applications where amount < 0") == "2026-04-01"
    )


def test_the_reason_is_in_the_audit_log(given: Collection) -> None:
    payment = pay(given, given.issued("100.00"), "40.00")
    reverse(given, payment)
    entry = "select (subject, from_state, to_state, reason)::text from billing.audit_log order by entry desc limit 1"
    assert given.value(entry) == f'("payment {payment}",booked,"taken back","a typo")'


def by_card(given: Collection) -> None:
    given.charge(given.issued("100.00", method="charge_automatically"))


def by_statement(given: Collection) -> None:
    given.transfer("100.00", given.issued("100.00").number)


@pytest.mark.parametrize(("book", "way"), [(by_card, "billing credit"), (by_statement, "billing bank undo 1")])
def test_other_money_has_its_own_way_back(given: Collection, book: object, way: str) -> None:
    assert callable(book)
    book(given)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match=way):
        reverse(given, 1)


def test_what_is_none_or_of_later_is_refused(given: Collection) -> None:
    with pytest.raises(psycopg.errors.NoDataFound, match="there is no payment 7"):
        reverse(given, 7)
    payment = pay(given, given.issued("100.00"), "40.00")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=f"is of {DAY}, later than 2026-04-01"):
        reverse(given, payment, on="2026-04-01")

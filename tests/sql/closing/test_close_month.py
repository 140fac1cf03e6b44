from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.errors import InvalidParameterValue, ObjectNotInPrerequisiteState

from orchestrator.engine.database import Database

if TYPE_CHECKING:
    from tests.collection import Bill, Collection

CLOSED = "UB011"
STATES = "select subject, from_state, to_state, reason from billing.audit_log where topic = 'books' order by entry"


def close(given: Collection, month: str, on: str) -> object:
    return given.value("select billing.close_month(%s, %s)", f"{month}-01", on)


def closed(given: Collection) -> list[str]:
    found = given.connection.execute("select to_char(period_start, 'YYYY-MM') from billing.month_closings order by 1")
    return [month for (month,) in found]


def refused(given: Collection, statement: str, *values: object) -> str:
    with pytest.raises(psycopg.Error) as caught:
        given.connection.execute(statement.encode(), values)
    assert caught.value.sqlstate == CLOSED, caught.value
    return str(caught.value)


def test_a_month_is_closed_with_all_before_it(given: Collection) -> None:
    given.paid_by_hand(given.issued("100.00", on="2026-03-01"), "10.00", on="2026-03-10")
    given.issued("50.00", period="2026-03", on="2026-04-01")
    assert close(given, "2026-04", "2026-05-04") == 3
    assert closed(given) == ["2026-02", "2026-03", "2026-04"]
    assert str(given.value("select billing.first_open_day()")) == "2026-05-01"
    assert given.connection.execute(STATES).fetchall() == [
        ("2026-04", "open", "closed", "with all months since 2026-02: nothing is dated in them any more")
    ]


def test_again_it_changes_nothing(given: Collection) -> None:
    given.issued("100.00")
    assert (close(given, "2026-03", "2026-04-02"), close(given, "2026-03", "2026-04-03")) == (2, 0)
    assert (close(given, "2026-02", "2026-04-03"), close(given, "2026-04", "2026-05-02")) == (0, 1)
    assert closed(given) == ["2026-02", "2026-03", "2026-04"]


def test_books_without_any_entry_can_be_closed(given: Collection) -> None:
    assert close(given, "2026-03", "2026-04-01") == 1


def test_a_month_has_to_be_over(given: Collection) -> None:
    with pytest.raises(InvalidParameterValue, match="2026-03 is not over on 2026-03-31"):
        close(given, "2026-03", "2026-03-31")


def test_what_is_numbered_has_to_be_issued_first(given: Collection) -> None:
    given.issued("100.00", on="2026-03-01")
    given.run("2026-03", as_of="2026-04-01")
    assert close(given, "2026-03", "2026-04-02") == 2
    with pytest.raises(ObjectNotInPrerequisiteState, match="INV-2026-03-0001 of 2026-04-01 is numbered and not issued"):
        close(given, "2026-04", "2026-05-02")
    given.deliver()
    assert close(given, "2026-04", "2026-05-02") == 1


def test_only_the_last_month_is_reopened(given: Collection) -> None:
    given.issued("100.00", on="2026-03-01")
    close(given, "2026-04", "2026-05-02")
    reopen = "select billing.reopen_month(%s, %s, '2026-05-03')"
    with pytest.raises(ObjectNotInPrerequisiteState, match="2026-04 is closed as well"):
        given.value(reopen, "2026-03-01", "wrong")
    with pytest.raises(InvalidParameterValue, match="needs a reason"):
        given.value(reopen, "2026-04-01", " ")
    assert given.value(reopen, "2026-05-01", "wrong") is False
    assert given.value(reopen, "2026-04-01", "a late invoice of the bank") is True
    assert closed(given) == ["2026-02", "2026-03"]
    assert given.value(reopen, "2026-04-01", "twice") is False
    assert given.connection.execute(STATES).fetchall()[1:] == [
        ("2026-04", "closed", "open", "a late invoice of the bank")
    ]


@pytest.fixture
def bill(given: Collection) -> Bill:
    """Half paid, and the month of its issue and payment closed."""
    bill = given.issued("100.00", on="2026-03-01")
    given.paid_by_hand(bill, "50.00", on="2026-03-10")
    close(given, "2026-03", "2026-04-02")
    return bill


@pytest.mark.parametrize(
    "booking",
    [
        "billing.record_payment(%(number)s, 10, '2026-03-31', 'cash', null, true)",
        "billing.reverse_payment(1, 'wrong', '2026-03-31')",
        "billing.credit_invoice(%(number)s, null, 10, 'wrong', '2026-03-31', true)",
        "billing.require_open_day('2026-02-01')",
    ],
)
def test_nothing_is_dated_in_a_closed_month(given: Collection, bill: Bill, booking: str) -> None:
    with pytest.raises(psycopg.Error, match="the books are closed until 2026-03-31") as caught:
        given.connection.execute(f"select {booking}".encode(), {"number": bill.number})
    assert caught.value.sqlstate == CLOSED


def test_no_invoice_is_voided_or_numbered_in_one(given: Collection, bill: Bill) -> None:
    other = given.issued("70.00", period="2026-03", on="2026-04-01")
    close(given, "2026-04", "2026-05-02")
    refused(given, "select billing.void_invoice(%s, 'wrong', '2026-04-30', false)", other.number)
    given.value("select billing.void_invoice(%s, 'wrong', '2026-05-01', false)", other.number)
    with pytest.raises(psycopg.Error) as caught:
        given.run("2026-03", as_of="2026-04-15")
    assert caught.value.sqlstate == CLOSED
    assert bill.number == "INV-2026-02-0001"


def test_the_tables_refuse_it_whoever_asks(given: Collection, bill: Bill) -> None:
    dated = "select 1, {invoice}, 2, 1, '2026-03-31'"
    refused(
        given,
        "insert into billing.payment_applications (payment_id, invoice_id, minor_units, amount, applied_on) "
        + dated.format(invoice=bill.invoice_id),
    )
    refused(
        given,
        "insert into billing.payment_reversals (payment_id, minor_units, amount, kind, reference, reversed_on) "
        "values (1, 2, 1, 'refund', 'x', '2026-03-31')",
    )


def test_money_of_a_closed_month_is_booked_on_the_first_open_day(given: Collection, bill: Bill) -> None:
    booked = given.transfer("20.00", bill.number, on="2026-03-30")
    assert booked.status == "partial"
    assert given.connection.execute(
        """
        select received_on::text, payments.booked_on::text, applied_on::text, entered_on::text
        from billing.payments
        inner join billing.payment_applications using (payment_id)
        inner join billing.bank_transactions using (bank_transaction_id)
        """
    ).fetchall() == [("2026-03-30", "2026-04-01", "2026-04-01", "2026-04-01")]
    assert given.broken() == []


def test_a_debit_of_a_closed_month_takes_back_on_the_first_open_day(given: Collection, bill: Bill) -> None:
    given.transfer("50.00", bill.number, on="2026-04-10", payer_name="A payer", entry_id="X1")
    close(given, "2026-04", "2026-05-04")
    back = given.transfer("-50.00", bill.number, on="2026-04-29", payer_name="A payer", is_return=True)
    assert back.status == "returned"
    assert str(given.value("select reversed_on from billing.payment_reversals")) == "2026-05-01"
    assert given.broken() == []


def test_a_charge_that_answers_late_is_booked_on_the_first_open_day(given: Collection, bill: Bill) -> None:
    card = given.issued("80.00", method="charge_automatically", period="2026-03", on="2026-04-01")
    close(given, "2026-04", "2026-05-02")
    given.charge(card, on="2026-04-30")
    assert str(given.value("select booked_on from billing.payments where method = 'card'")) == "2026-05-01"
    assert (given.outstanding(card), given.outstanding(bill), given.broken()) == (0, 50, [])


def test_what_is_open_in_a_month_is_said(given: Collection, bill: Bill) -> None:
    given.transfer("20.00", "no idea", on="2026-04-10")
    assert bill.number == "INV-2026-02-0001"
    assert Database(given.connection).closing_concerns(period_start=date(2026, 4, 1)) == [
        "bank entries that wait for a person: 1, the first print-2 of 2026-04-10",
        "the usage and fees of 2026-04 have not been billed: billing run 2026-04",
    ]

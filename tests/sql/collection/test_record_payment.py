from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Collection

NEEDS_A_WORD = "UB009"


def pay(  # noqa: PLR0913 - what a payment is
    given: Collection,
    bill: Bill,
    amount: str = "40",
    *,
    on: str = "2026-03-10",
    method: str = "transfer",
    reference: str | None = "wire",
    is_confirmed: bool = False,
) -> tuple[object, object]:
    """Payment and whether it is a repeat."""
    row = given.connection.execute(
        "select payment_id, is_repeat from billing.record_payment(%s, %s, %s, %s, %s, %s)",
        (bill.number, amount, on, method, reference, is_confirmed),
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def payments(given: Collection) -> object:
    return given.value("select count(*) from billing.payments")


def test_a_payment_of_the_future_is_refused(given: Collection) -> None:
    bill = given.issued("100.00")
    given.connection.execute("set billing.as_of = '2026-03-10'")
    given.paid_by_hand(bill, "40", on="2026-03-10")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="2026-03-11 is in the future"):
        given.paid_by_hand(bill, "60", on="2026-03-11")
    assert str(given.outstanding(bill)) == "60.00"


def test_the_same_payment_under_its_reference_is_a_repeat(given: Collection) -> None:
    bill = given.issued("100.00")
    payment, _ = pay(given, bill)
    assert pay(given, bill) == (payment, True)
    assert (given.outstanding(bill), payments(given)) == (60, 1)


@pytest.mark.parametrize("other", [{"amount": "41"}, {"on": "2026-03-11"}, {"method": "cash"}])
def test_a_used_reference_names_nothing_else(given: Collection, other: dict[str, str]) -> None:
    bill = given.issued("100.00")
    pay(given, bill)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="reference wire was used before") as refusal:
        pay(given, bill, **other)  # type: ignore[arg-type] # by name
    assert refusal.value.diag.message_detail == (
        f"payment 1: 40.00 EUR for {bill.number}, received on 2026-03-10 (transfer)"
    )
    assert payments(given) == 1


@pytest.mark.parametrize("is_own_customer", [True, False])
def test_a_reference_of_another_invoice_is_refused(given: Collection, is_own_customer: bool) -> None:  # noqa: FBT001
    bill = given.issued("100.00")
    other = (
        given.billed(bill.customer, period="2026-01", on="2026-03-02") if is_own_customer else given.issued("100.00")
    )
    pay(given, bill)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="was used before"):
        pay(given, other)
    assert given.outstanding(other) == 100


def test_a_repeat_is_known_though_the_invoice_took_none_of_it(given: Collection) -> None:
    bill = given.issued("100.00")
    pay(given, bill, "100", reference="first")
    payment, _ = pay(given, bill, is_confirmed=True)
    assert pay(given, bill) == (payment, True)


def test_a_payment_without_a_noted_invoice_is_known_by_what_it_paid(
    given: Collection, admin: psycopg.Connection
) -> None:
    bill = given.issued("100.00")
    payment, _ = pay(given, bill)
    admin.execute("set session_replication_role = replica")
    admin.execute("update billing.payments set invoice_id = null")
    assert pay(given, bill) == (payment, True)


def refused(given: Collection, bill: Bill, match: str, **fields: str | None) -> None:
    """It is booked only on a person's word."""
    before = payments(given)
    with pytest.raises(psycopg.Error, match=match) as refusal:
        pay(given, bill, **fields)  # type: ignore[arg-type] # by name
    assert (refusal.value.sqlstate, payments(given)) == (NEEDS_A_WORD, before)
    _, is_repeat = pay(given, bill, **fields, is_confirmed=True)  # type: ignore[arg-type] # by name
    assert not is_repeat


def test_the_same_again_on_one_day_without_a_reference_asks(given: Collection) -> None:
    bill = given.issued("100.00")
    pay(given, bill)
    refused(given, bill, "the same payment was booked on that day, as payment 1", reference=None)


@pytest.mark.parametrize("other", [{"amount": "41"}, {"on": "2026-03-11"}, {"reference": "two"}])
def test_another_payment_asks_nothing(given: Collection, other: dict[str, str]) -> None:
    bill = given.issued("100.00")
    pay(given, bill, reference=None)
    pay(given, bill, **({"reference": None} | other))  # type: ignore[arg-type] # by name
    assert payments(given) == 2


@pytest.mark.parametrize("amount", ["0", "-1", "1.001", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(given: Collection, amount: str) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="is not an amount of EUR"):
        pay(given, given.issued("11.90"), amount, is_confirmed=True)
    assert payments(given) == 0


def test_an_amount_far_above_what_is_due_asks(given: Collection) -> None:
    refused(given, given.issued("11.90"), "999999999999.00 EUR is far above what is due .11.90.", amount="999999999999")


def test_a_payment_of_what_nothing_is_due_on_asks(given: Collection) -> None:
    bill = given.issued("100.00")
    pay(given, bill, "100", reference="first")
    refused(given, bill, f"nothing is due on {bill.number}")
    given.billed(bill.customer, period="2026-03", on="2026-04-01")
    refused(given, bill, f"nothing is due on {bill.number}", reference="again", amount="10")


def test_an_amount_that_pays_all_open_invoices_is_not_far_above(given: Collection) -> None:
    bill = given.issued("100.00")
    bills = [given.billed(bill.customer, period=f"2026-{month:02}", on="2026-10-01") for month in range(3, 9)]
    pay(given, bill, "700", on="2026-10-01")
    assert {given.status(each) for each in (bill, *bills)} == {"paid"}


def test_a_surplus_asks_nothing(given: Collection) -> None:
    bill = given.issued("100.00")
    pay(given, bill, "150")
    assert given.balance(bill.customer) == 50


def test_money_from_before_the_issue_asks_and_counts_from_it(given: Collection) -> None:
    bill = given.issued("100.00")
    refused(given, bill, f"2026-02-20 is before {bill.number} was issued, on 2026-03-01", on="2026-02-20")
    assert given.value("select applied_on::text from billing.payment_applications") == "2026-03-01"


def test_methods_that_are_not_booked_by_hand_are_refused(given: Collection) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="card is not how a payment comes"):
        pay(given, given.issued("100.00"), method="card")


def test_what_was_booked_is_in_the_audit_log(given: Collection) -> None:
    bill = given.issued("100.00")
    pay(given, bill)
    assert given.connection.execute(
        "select subject, to_state, reason from billing.audit_log where topic = 'payment'"
    ).fetchall() == [("payment 1", "booked", f"40.00 EUR for {bill.number} (transfer), reference wire")]


def test_the_letter_says_where_the_whole_payment_went(given: Collection) -> None:
    bill = given.issued("100.00")
    other = given.billed(bill.customer, period="2026-01", on="2026-03-02")
    pay(given, bill, "230")
    assert given.value("select details from billing.emails where template = 'payment_received'") == {
        "paid_amount": "230.00",
        "paid_on": "2026-03-10",
        "applied_amount": "100.00",
        "other_invoices": [{"invoice_number": other.number, "amount": "100.00"}],
        "credit_amount": "30.00",
        "last_payout_id": 0,
    }


def test_the_figures_of_the_letter_add_up(given: Collection) -> None:
    bill = given.issued("100.00")
    given.credited(bill, "15.00")
    pay(given, bill, "20", reference="first")
    pay(given, bill, "30", reference="second")
    mail = given.value(
        "select billing.email_message(max(email_id), '', false, '2026-03-01') from billing.emails "
        "where template = 'payment_received'"
    )
    assert isinstance(mail, dict)
    figures = ("total", "credited_amount", "other_amount", "paid_amount", "amount_due")
    assert [mail[figure] for figure in figures] == ["100.00", "15.00", "20.00", "30.00", "35.00"]

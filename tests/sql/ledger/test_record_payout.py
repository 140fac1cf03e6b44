from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Collection


def held(given: Collection, *amounts: str) -> int:
    """A customer of whom so much is held, in a payment each."""
    bill = given.issued("100.00")
    given.paid_by_hand(bill, "100.00")
    for amount in amounts:
        given.paid_by_hand(bill, amount)
    return bill.customer


def pay_out(
    given: Collection, customer: int, amount: str, *, reference: str | None = None, is_confirmed: bool = False
) -> tuple[object, object, object]:
    """Payout, whether it is a repeat, and the balance."""
    row = given.connection.execute(
        "select payout_id, is_repeat, credit_balance from billing.record_payout("
        "(select account_number from billing.customers where customer_id = %s), %s, '2026-03-20', %s, %s)",
        (customer, amount, reference, is_confirmed),
    ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def take_back(given: Collection, payout: object) -> object:
    return given.value("select is_repeat from billing.reverse_payout(%s, 'it came back', '2026-03-25')", payout)


def test_it_is_taken_from_the_oldest_money(given: Collection) -> None:
    customer = held(given, "30.00", "50.00")
    assert pay_out(given, customer, "45.00") == (1, False, 35)
    assert given.connection.execute(
        "select payment_id, amount from billing.payment_reversals order by payment_id"
    ).fetchall() == [(2, 30), (3, 15)]
    assert given.broken() == []


@pytest.mark.parametrize("amount", ["80.01", "1000000"])
def test_no_more_than_is_held_is_paid_out(given: Collection, amount: str) -> None:
    customer = held(given, "30.00", "50.00")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match=r"the credit balance is 80.00 EUR"):
        pay_out(given, customer, amount)
    assert given.balance(customer) == 80


@pytest.mark.parametrize("amount", ["0", "-1", "1.001", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(given: Collection, amount: str) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="is not an amount of EUR"):
        pay_out(given, held(given, "30.00"), amount)


def test_money_about_to_be_refunded_is_not_paid_out(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill)
    given.credited(bill, "30.00")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match=r"the credit balance is 0"):
        pay_out(given, bill.customer, "30.00")


def test_the_same_reference_is_a_repeat_or_refused(given: Collection) -> None:
    customer = held(given, "30.00")
    pay_out(given, customer, "10.00", reference="wire")
    assert pay_out(given, customer, "10.00", reference="wire") == (1, True, 20)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="the reference wire was used before"):
        pay_out(given, customer, "11.00", reference="wire")
    take_back(given, 1)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="the reference wire was used before"):
        pay_out(given, customer, "10.00", reference="wire")


def test_the_same_again_on_one_day_asks(given: Collection) -> None:
    customer = held(given, "30.00")
    pay_out(given, customer, "10.00")
    with pytest.raises(psycopg.Error, match="the same payout was booked on that day, as payout-1") as refusal:
        pay_out(given, customer, "10.00")
    assert refusal.value.sqlstate == "UB009"
    assert pay_out(given, customer, "10.00", is_confirmed=True) == (2, False, 10)


def test_it_can_be_taken_back_once_and_pays_what_is_open(given: Collection) -> None:
    customer = held(given, "30.00")
    payout, _, _ = pay_out(given, customer, "30.00")
    following = given.billed(customer, period="2026-01", on="2026-03-21")
    assert [take_back(given, payout), take_back(given, payout)] == [False, True]
    assert (given.outstanding(following), given.balance(customer), given.broken()) == (70, 0, [])


def test_a_payment_that_was_paid_out_is_taken_back_after_its_payout(given: Collection) -> None:
    customer = held(given, "30.00")
    payout, _, _ = pay_out(given, customer, "30.00")
    reverse = "select is_repeat from billing.reverse_payment(2, 'a typo', '2026-03-25')"
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match=f"billing reverse payout-{payout}"):
        given.value(reverse)
    take_back(given, payout)
    assert given.value(reverse) is False
    assert (given.balance(customer), given.broken()) == (0, [])


def test_payout_and_its_way_back_are_in_the_audit_log(given: Collection) -> None:
    payout, _, _ = pay_out(given, held(given, "30.00"), "10.00", reference="wire")
    take_back(given, payout)
    assert given.connection.execute(
        "select to_state, reason from billing.audit_log where subject = 'payout-1' order by entry"
    ).fetchall() == [("paid out", "10.00 EUR to A-0001, reference wire"), ("taken back", "it came back")]


def test_a_payout_that_its_parts_do_not_make_is_found(given: Collection, admin: psycopg.Connection) -> None:
    pay_out(given, held(given, "30.00"), "10.00")
    admin.execute("set session_replication_role = replica")
    admin.execute("update billing.payouts set amount = 11")
    assert [found for found, _, _ in given.broken()] == ["payouts are made of payments"]


def test_an_unknown_account_is_refused(given: Collection) -> None:
    with pytest.raises(psycopg.errors.NoDataFound, match="there is no account X"):
        given.value("select payout_id from billing.record_payout('X', 1, '2026-03-20', null, false)")


def on_day(given: Collection, bill: Bill, amount: str, day: str) -> object:
    return given.value(
        "select credit_balance from billing.record_payout("
        "(select account_number from billing.customers where customer_id = %s), %s, %s, null, true)",
        *(bill.customer, amount, day),
    )


def test_nothing_is_paid_out_before_it_was_free(given: Collection) -> None:
    bill = given.issued("100.00")
    given.paid_by_hand(bill, "130.00", on="2026-03-05")
    given.credited(bill, "40.00", on="2026-03-20")
    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match=r"on 2026-03-06 only 30\.00 EUR of the credit balance could"
    ) as refusal:
        on_day(given, bill, "70.00", "2026-03-06")
    assert "by 2026-03-20" in str(refusal.value.diag.message_hint)
    assert on_day(given, bill, "30.00", "2026-03-06") == 40
    assert on_day(given, bill, "40.00", "2026-03-20") == 0
    assert given.broken() == []


def test_what_paid_an_invoice_later_was_not_free(given: Collection) -> None:
    bill = given.issued("100.00")
    given.paid_by_hand(bill, "180.00", on="2026-03-05")
    following = given.billed(bill.customer, period="2026-01", on="2026-03-10")
    given.credited(following, "60.00", on="2026-03-18")
    assert given.balance(bill.customer) == 40
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match=r"on 2026-03-06 only 0"):
        on_day(given, bill, "40.00", "2026-03-06")


def test_the_payment_of_a_later_day_is_not_paid_out_before(given: Collection) -> None:
    bill = given.issued("100.00")
    given.paid_by_hand(bill, "100.00", on="2026-03-05")
    given.paid_by_hand(bill, "50.00", on="2026-03-15")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match=r"on 2026-03-14 only 0"):
        on_day(given, bill, "50.00", "2026-03-14")
    on_day(given, bill, "50.00", "2026-03-15")
    assert given.value("select reversed_on::text from billing.payment_reversals") == "2026-03-15"

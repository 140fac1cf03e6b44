"""Money on account: whatever leaves a customer with more than they owe pays their other open invoices at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import permutations
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.collection import Bill
    from tests.conftest import Connect

NOT_BILLED_AGAIN = "what a void invoice billed is billed again"


def two(given: Collection, *, method: str = "send_invoice") -> tuple[Bill, Bill]:
    """Two open invoices of one customer, the first due 30 days after 1 March, the second after 1 April."""
    first = given.issued("100.00", method=method)
    return first, given.billed(first.customer, period="2026-03", on="2026-04-01")


def by_hand(given: Collection, bill: Bill) -> None:
    given.paid_by_hand(bill, "130.00", on="2026-04-10")


def by_transfer(given: Collection, bill: Bill) -> None:
    given.transfer("130.00", bill.number, on="2026-04-10")


def by_card(given: Collection, bill: Bill) -> None:
    given.value("select billing.record_card_payment(%s, 'pi_extra', 13000, '2026-04-10')", bill.invoice_id)


def by_credit_note(given: Collection, bill: Bill) -> None:
    given.paid_by_hand(bill, "100.00", on="2026-04-09")
    given.credited(bill, "30.00", on="2026-04-10")


@pytest.mark.parametrize("surplus", [by_hand, by_transfer, by_card, by_credit_note])
@pytest.mark.parametrize("named", [0, 1])
def test_a_surplus_pays_the_other_open_invoice_at_once(
    given: Collection, surplus: Callable[[Collection, Bill], None], named: int
) -> None:
    bills = two(given)
    surplus(given, bills[named])
    assert (given.outstanding(bills[named]), given.outstanding(bills[1 - named])) == (0, 70)
    assert given.balance(bills[0].customer) == 0
    assert given.broken() == []


def test_an_invoice_below_zero_pays_the_open_one(given: Collection) -> None:
    customer = given.customer(country="US")
    given.subscription(customer, given.plan("volume", tiers=[(10, 10), (None, 1)]))
    given.usage(customer, 10, on="2026-02-10")
    first = given.billed(customer)
    given.usage(customer, 10, on="2026-02-11")
    given.billed(customer, period="2026-03", on="2026-04-01")
    assert (given.outstanding(first), given.balance(customer)) == (20, 0)
    assert given.broken() == []


def test_the_oldest_due_date_comes_first_then_the_number(given: Collection) -> None:
    late, early = two(given)
    third = given.billed(late.customer, period="2026-04", on="2026-05-01")
    given.paid_by_hand(third, "250.00", on="2026-05-02")
    assert [given.outstanding(bill) for bill in (late, early, third)] == [0, 50, 0]


def test_money_of_one_customer_pays_nothing_of_another(given: Collection) -> None:
    other = given.issued("100.00")
    bill = given.issued("100.00")
    given.paid_by_hand(bill, "130.00")
    assert (given.outstanding(other), given.balance(bill.customer)) == (100, 30)


def test_nobody_is_dunned_for_what_is_held_of_them(given: Collection) -> None:
    first, second = two(given)
    given.paid_by_hand(first, "200.00", on="2026-04-10")
    assert given.advance("2026-07-01") == (0, 0)
    assert given.dunning(second) == ("paid", None, None)


def test_a_balance_kept_by_an_older_version_is_applied_before_anybody_is_dunned(given: Collection) -> None:
    first, second = two(given)
    given.paid_by_hand(first, "100.00", on="2026-04-10")
    given.connection.execute(
        "insert into billing.payments "
        "(customer_id, amount, currency, minor_units, method, received_on, booked_on, reference) "
        "values (%s, 120, 'EUR', 2, 'cash', '2026-04-11', '2026-04-11', 'old')",
        (first.customer,),
    )
    assert [found for found, _, _ in given.broken()] == ["nothing is asked of a customer that is held of them"]
    assert given.advance("2026-07-01") == (0, 0)
    assert (given.status(second), given.balance(first.customer), given.broken()) == ("paid", 20, [])


def test_money_about_to_go_back_to_a_card_pays_nothing(given: Collection) -> None:
    first, second = two(given, method="charge_automatically")
    given.charge(first, on="2026-04-02")
    given.credited(first, "30.00", on="2026-04-10")
    assert (given.outstanding(second), given.balance(first.customer)) == (100, 0)


def test_a_refund_that_fails_pays_what_is_open(given: Collection) -> None:
    first, second = two(given, method="charge_automatically")
    given.charge(first, on="2026-04-02")
    given.credited(first, "30.00", on="2026-04-10")
    (claim,) = given.connection.execute(
        "select subject_id, claim from billing.claim_work('refund', 'w', 1, '1 hour', 'infinity', 'infinity')"
    ).fetchall()
    given.connection.execute("select billing.record_refund_failed(%s, %s, 'refused', '2026-04-11')", claim)
    assert (given.outstanding(second), given.balance(first.customer), given.broken()) == (70, 0, [])


def test_what_is_opened_again_is_paid_from_other_money(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, end_to_end_id="TRANSFER-1")
    given.paid_by_hand(bill, "40.00")
    given.transfer("-100.00", "return", on="2026-03-20", end_to_end_id="TRANSFER-1", is_return=True)
    assert (given.outstanding(bill), given.balance(bill.customer), given.broken()) == (60, 0, [])


def test_a_month_billed_late_is_paid_from_the_day_the_money_came(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("150.00", bill.number, on="2026-04-20")
    late = given.billed(bill.customer, period="2026-03", on="2026-04-01")
    assert given.value(
        "select applied_on::text from billing.payment_applications where invoice_id = %s", late.invoice_id
    ) == ("2026-04-20")
    assert given.outstanding(late) == 50


def test_money_pays_in_the_order_it_came_and_not_before_the_invoice(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("130.00", bill.number, on="2026-04-20")
    given.transfer("90.00", bill.number, on="2026-03-20")
    late = given.billed(bill.customer, period="2026-03", on="2026-04-01")
    assert given.connection.execute(
        "select amount, applied_on::text from billing.payment_applications where invoice_id = %s "
        "order by payment_application_id",
        (late.invoice_id,),
    ).fetchall() == [(90, "2026-04-01"), (10, "2026-04-20")]
    assert given.value("select paid_on::text from billing.invoices where invoice_id = %s", late.invoice_id) == (
        "2026-04-20"
    )


def pays(given: Collection, first: Bill, second: Bill) -> None:
    del second
    given.paid_by_hand(first, "130.00", on="2026-04-11")


def credits_note(given: Collection, first: Bill, second: Bill) -> None:
    del second
    given.credited(first, "40.00", on="2026-04-11")


def voids(given: Collection, first: Bill, second: Bill) -> None:
    del first
    given.void(given.invoice(second.customer, "2026-03"), on="2026-04-11")


def goes_back(given: Collection, first: Bill, second: Bill) -> None:
    del first, second
    given.transfer("-120.00", "return", on="2026-04-11", end_to_end_id="TRANSFER-1", is_return=True)


@pytest.mark.parametrize("transferred", [0, 1])
def test_in_every_order_nothing_is_asked_that_is_held(given: Collection, transferred: int) -> None:
    for order in permutations((pays, credits_note, voids, goes_back)):
        with given.connection.transaction(force_rollback=True):
            bills = two(given)
            given.transfer("120.00", bills[transferred].number, on="2026-04-10", end_to_end_id="TRANSFER-1")
            for operation in order:
                with suppress(psycopg.errors.ObjectNotInPrerequisiteState), given.connection.transaction():
                    operation(given, *bills)
                assert {found for found, _, _ in given.broken()} <= {NOT_BILLED_AGAIN}, order
                is_open = "issued" in {given.status(bill) for bill in bills}
                assert given.balance(bills[0].customer) == 0 or not is_open, order


def test_bookings_of_one_account_take_turns(given: Collection, connect: Connect) -> None:
    first, second = two(given)
    other = Collection(connect())
    with ThreadPoolExecutor(1) as pool:
        with given.connection.transaction():
            given.paid_by_hand(first, "130.00", on="2026-04-10")
            late = pool.submit(other.transfer, "100.00", second.number, on="2026-04-10", fingerprint="late")
            given.until_waiting(other)
        late.result()
    assert [given.outstanding(bill) for bill in (first, second)] == [0, 0]
    assert (given.balance(first.customer), given.broken()) == (30, [])


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_money_is_booked_only_by_those_who_see_what_was_booked_while_they_waited(given: Collection, level: str) -> None:
    bill = given.issued("100.00")
    given.connection.execute(f"set default_transaction_isolation = '{level}'".encode())
    with pytest.raises(psycopg.errors.InvalidTransactionState, match=f"not at {level}"):
        given.paid_by_hand(bill, "100.00")
    assert given.value("select count(*) from billing.payments") == 0

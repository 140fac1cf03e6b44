from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Booked, Collection


def assign(given: Collection, booked: Booked, customer: int) -> tuple[object, ...]:
    row = given.connection.execute(
        "select assigned.status, assigned.status_reason, assigned.applied from billing.customers "
        "cross join lateral billing.assign_bank_transaction_to_account(%s, account_number, '2026-04-20') as assigned "
        "where customer_id = %s",
        (booked.bank_transaction_id, customer),
    ).fetchone()
    assert row is not None
    return row


def test_it_pays_what_is_open_oldest_first_and_the_rest_is_credit_balance(given: Collection) -> None:
    bill = given.issued("100.00")
    other = given.billed(bill.customer, period="2026-03", on="2026-04-01")
    status, reason, applied = assign(given, given.transfer("230.00", "thanks", on="2026-04-05"), bill.customer)
    assert (status, applied) == ("overpaid", 200)
    assert str(reason).endswith(", 30.00 became credit balance")
    assert [given.outstanding(bill), given.outstanding(other), given.balance(bill.customer)] == [0, 0, 30]
    assert given.broken() == []


def test_a_prepayment_without_an_invoice_is_held(given: Collection) -> None:
    customer = given.customer(country="US")
    assert assign(given, given.transfer("40.00", "advance"), customer)[::2] == ("overpaid", 0)
    assert given.balance(customer) == 40


def test_an_account_in_another_currency_is_refused(given: Collection) -> None:
    customer = given.customer(country="US", currency="USD")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="is in EUR, not in USD"):
        assign(given, given.transfer("40.00", "advance"), customer)


def test_an_unknown_account_is_refused(given: Collection) -> None:
    booked = given.transfer("40.00", "advance")
    with pytest.raises(psycopg.errors.NoDataFound, match="there is no account nobody"):
        given.value(
            "select billing.assign_bank_transaction_to_account(%s, 'nobody', '2026-04-20')", booked.bank_transaction_id
        )

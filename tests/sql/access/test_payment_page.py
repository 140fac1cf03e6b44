from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from orchestrator.engine.access import WebDatabase
    from orchestrator.engine.session import Document
    from tests.given import Given


def billed(given: Given, *, currency: str = "EUR", price: str = "99.00") -> str:
    customer = given.customer(currency=currency)
    given.subscription(customer, given.flat_plan(price, currency=currency))
    given.run("2026-02")
    given.deliver()
    return str(given.invoice(customer).invoice_number)


def shown(web: WebDatabase, number: str, *, on: str = "2026-03-15") -> Document:
    web.connection.execute("select set_config('billing.as_of', %s, false)", (on,))
    page = web.payment_page(invoice_number=number)
    assert page is not None
    return page


@pytest.mark.parametrize(("on", "status"), [("2026-03-31", "issued"), ("2026-04-01", "overdue")])
def test_an_invoice_is_overdue_from_the_day_after_it_is_due(
    given: Given, web: WebDatabase, on: str, status: str
) -> None:
    page = shown(web, billed(given), on=on)
    assert (page["due_on"], page["status"]) == ("2026-03-31", status)


def test_what_was_paid_is_taken_off(given: Given, web: WebDatabase) -> None:
    number = billed(given)
    given.value("select billing.record_payment(%s, 40, '2026-03-10', 'other', 'x', true)", number)
    page = shown(web, number)
    assert (page["total"], page["paid"], page["outstanding"]) == ("99.00", "40.00", "59.00")
    assert page["stripe_amount"] == 5900
    assert "EUR59.00" in str(page["epc_payload"])


def test_a_paid_invoice_asks_for_nothing(given: Given, web: WebDatabase) -> None:
    number = billed(given)
    given.value("select billing.record_payment(%s, 99, '2026-03-10', 'other', 'x', true)", number)
    page = shown(web, number)
    assert (page["status"], page["stripe_amount"], page["epc_payload"]) == ("paid", 0, None)


@pytest.mark.parametrize(
    ("currency", "price", "stripe_amount"), [("JPY", "1200", 1200), ("KWD", "1.250", 1250), ("USD", "12.50", 1250)]
)
def test_other_currencies_have_their_own_units_and_no_epc_code(
    given: Given, web: WebDatabase, currency: str, price: str, stripe_amount: int
) -> None:
    page = shown(web, billed(given, currency=currency, price=price))
    assert (page["total"], page["stripe_amount"], page["epc_payload"]) == (price, stripe_amount, None)


def test_lines_are_shown_in_short(given: Given, web: WebDatabase) -> None:
    lines = shown(web, billed(given))["lines"]
    assert isinstance(lines, list)
    assert [(set(line), line["amount"]) for line in lines] == [({"description", "amount"}, "99.00")]


def test_the_secret_of_the_links_is_not_among_what_is_shown(given: Given, web: WebDatabase) -> None:
    seller = shown(web, billed(given))["seller"]
    assert isinstance(seller, dict)
    assert "link_secret" not in seller


def test_unknown_invoices_have_no_page(web: WebDatabase) -> None:
    assert web.payment_page(invoice_number="INV-9999-01-0001") is None


def test_a_card_that_was_declined_is_told(database: psycopg.Connection, web: WebDatabase) -> None:
    given = Collection(database)
    bill = given.issued("99.00", method="charge_automatically")
    assert shown(web, bill.number)["is_declined"] is False
    given.charge(bill, declined="expired_card")
    assert shown(web, bill.number)["is_declined"] is True
    given.paid_by_hand(bill, "99.00")
    assert shown(web, bill.number)["is_declined"] is False


NEW_CARD = "select billing.store_payment_method(%s, 'cus_1', 'pm_new', '2026-03-10')"
CHARGE = ("is_declined", "charge_on", "is_charged_again")


@pytest.mark.parametrize("reason", ["expired_card", "insufficient_funds", "customer_missing"])
def test_a_new_card_is_what_counts_until_it_is_charged(
    database: psycopg.Connection, web: WebDatabase, reason: str
) -> None:
    given = Collection(database)
    bill = given.issued("99.00", method="charge_automatically")
    page = shown(web, bill.number)
    assert [page[name] for name in CHARGE] == [False, "2026-03-01", False]
    given.charge(bill, declined=reason)
    assert [shown(web, bill.number)[name] for name in CHARGE] == [True, None, False]
    given.value(NEW_CARD, bill.customer)
    page = shown(web, bill.number)
    assert [page[name] for name in CHARGE] == [False, "2026-03-10", True]
    given.charge(bill, declined="card_declined", on="2026-03-10")
    assert [shown(web, bill.number)[name] for name in CHARGE] == [True, None, False]


def test_what_was_credited_was_not_paid(database: psycopg.Connection, web: WebDatabase) -> None:
    given = Collection(database)
    bill = given.issued("99.00")
    note = given.credited(bill)
    page = shown(web, bill.number)
    assert (page["status"], page["paid"]) == ("paid", None)
    assert page["credit_notes"] == [{"number": note, "issued_on": "2026-03-12", "amount": "99.00", "has_pdf": False}]


def test_a_payment_that_came_back_is_no_payment(database: psycopg.Connection, web: WebDatabase) -> None:
    given = Collection(database)
    bill = given.issued("99.00")
    given.transfer("99.00", bill.number, end_to_end_id="TRANSFER-1")
    assert shown(web, bill.number)["paid"] == "99.00"
    given.transfer("-99.00", "return", end_to_end_id="TRANSFER-1", is_return=True, on="2026-03-14")
    assert shown(web, bill.number)["paid"] is None

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.given import Given


def document(given: Given, customer: int, *, has_gateway: bool = True) -> dict[str, Any]:
    invoice = given.invoice(customer).invoice_id
    found = given.value("select billing.invoice_document(%s, 'https://pay.example/', %s)", invoice, has_gateway)
    assert isinstance(found, dict)
    return found


def test_a_document_shows_exact_decimals(given: Given) -> None:
    given.tax_rate("0.19")
    customer = given.customer("7")
    given.subscription(customer, given.plan("flat", code="api", unit_amount="0.00050"))
    given.usage(customer, "1234.500000")
    given.run("2026-02")
    shown = document(given, customer)
    assert {key: shown[key] for key in ("number", "subtotal", "total", "period_last_day", "due_on")} == {
        "number": "INV-2026-02-0001",
        "subtotal": "0.62",
        "total": "0.74",
        "period_last_day": "2026-02-28",
        "due_on": "2026-03-31",
    }
    (line,) = shown["lines"]
    assert (line["quantity"], line["unit_amount"], line["amount"]) == ("1234.5", "0.0005", "0.62")
    assert shown["taxes"] == [{"name": "VAT", "rate": "0.19", "treatment": "taxed", "taxable": "0.62", "tax": "0.12"}]
    assert shown["epc_payload"].splitlines()[7] == "EUR0.74"
    assert shown["payment_url"].startswith("https://pay.example/i/")


def test_amounts_have_the_decimals_of_their_currency(given: Given) -> None:
    for currency in ("JPY", "KWD"):
        customer = given.customer(currency=currency)
        given.subscription(customer, given.flat_plan("100", currency=currency))
        given.run("2026-02")
        expected = {"JPY": "100", "KWD": "100.000"}[currency]
        shown = document(given, customer)
        assert (shown["total"], shown["lines"][0]["unit_amount"], shown["epc_payload"]) == (expected, expected, None)


def test_reverse_charge_carries_the_legal_wording(given: Given) -> None:
    customer = given.customer(country="FR", valid_tax_id="FR40303265045")
    given.subscription(customer, given.flat_plan("100"))
    given.run("2026-02")
    shown = document(given, customer)
    assert "Articles 44 and 196 of Council Directive 2006/112/EC" in shown["notes"][0]
    assert (shown["customer"]["tax_id"], shown["total"]) == ("FR40303265045", "100.00")


def test_an_invoice_of_nothing_asks_for_no_money(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan("0"))
    given.run("2026-02")
    shown = document(given, customer)
    assert (shown["payment_url"], shown["epc_payload"]) == (None, None)


def test_the_document_keeps_addressee_and_seller_as_they_were(given: Given) -> None:
    customer = given.customer("7")
    given.subscription(customer, given.flat_plan())
    given.run("2026-02")
    before = document(given, customer)
    given.connection.execute("update billing.customers set name = 'other', billing_email = 'other@customer.example'")
    given.seller(terms=5)
    given.connection.execute("update billing.seller_profiles set name = 'other', iban = 'DE00'")
    assert document(given, customer) == before


def test_a_draft_without_number_has_no_document(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan())
    given.draft("2026-02")
    invoice = given.invoice(customer).invoice_id
    assert given.connection.execute("select billing.invoice_document(%s, '', true)", (invoice,)).fetchall() == [(None,)]


@pytest.mark.parametrize(
    ("method", "has_gateway", "pays_by"),
    [
        ("charge_automatically", True, "card"),
        ("charge_automatically", False, "transfer"),
        ("send_invoice", True, "transfer"),
        ("send_invoice", False, "transfer"),
    ],
)
def test_a_document_promises_only_what_is_there(given: Given, method: str, has_gateway: bool, pays_by: str) -> None:  # noqa: FBT001 - a column of the table
    customer = given.customer(collection_method=method)
    given.subscription(customer, given.flat_plan("100"))
    given.run("2026-02")
    shown = document(given, customer, has_gateway=has_gateway)
    assert shown["pays_by"] == pays_by
    assert (shown["payment_url"] is not None) == has_gateway
    assert (shown["due_on"], shown["epc_payload"] is not None) == {
        "card": (None, False),
        "transfer": ("2026-03-31", True),
    }[pays_by]

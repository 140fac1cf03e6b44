from __future__ import annotations

import io
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import segno
from jinja2 import UndefinedError
from PIL import Image

from orchestrator.documents.page import QR_SCALE, build_page
from orchestrator.resources import folder

if TYPE_CHECKING:
    from pathlib import Path

Document = dict[str, Any]

FIRST_KEPT_OF_CUSTOMERS = {
    *("account_number", "name", "billing_email", "address_line1", "postal_code", "city", "region", "country"),
    *("tax_id", "is_tax_id_valid"),
}
"""What a numbered invoice has of its customer, whatever columns came later."""


def sample(name: str) -> Document:
    document: Document = json.loads((folder("examples") / "documents" / f"{name}.json").read_text(encoding="utf-8"))
    return document


@pytest.mark.parametrize("path", sorted((folder("examples") / "documents").glob("*.json")), ids=lambda path: path.stem)
def test_the_samples_add_up(path: Path) -> None:
    document = sample(path.stem)
    subtotal = Decimal(document["subtotal"])
    assert sum(Decimal(line["amount"]) for line in document["lines"]) == subtotal
    assert sum(Decimal(tax["taxable"]) for tax in document["taxes"]) == subtotal
    assert subtotal + sum(Decimal(tax["tax"]) for tax in document["taxes"]) == Decimal(document["total"])


@pytest.mark.parametrize("path", sorted((folder("examples") / "documents").glob("*.json")), ids=lambda path: path.stem)
def test_the_customer_of_an_invoice_of_the_first_version_is_printed(path: Path) -> None:
    document = sample(path.stem)
    customer = document["customer"]
    document["customer"] = {name: customer[name] for name in FIRST_KEPT_OF_CUSTOMERS & customer.keys()}
    assert document["customer"]["account_number"] in build_page(document).html


def test_names_are_printed_as_written_never_as_markup_or_template() -> None:
    document = sample("transfer-usd")
    document["customer"]["name"] = "<b>Bold</b> {{7*7}} {% raw %} &amp; \u202eevil"
    html = build_page(document).html
    assert "&lt;b&gt;Bold&lt;/b&gt; {{7*7}} {% raw %} &amp;amp; evil" in html
    assert "49 " not in html
    assert "\u202e" not in html


@pytest.mark.parametrize("field", ["total", "taxes", "due_on", "pays_by"])
def test_a_missing_field_is_an_error_not_a_gap(field: str) -> None:
    document = sample("transfer-usd")
    del document[field]
    with pytest.raises(UndefinedError, match=field):
        build_page(document)


@pytest.mark.parametrize(("part", "field"), [("seller", "iban"), ("customer", "name"), ("customer", "tax_id")])
def test_a_missing_field_of_a_party_is_an_error(part: str, field: str) -> None:
    document = sample("transfer-usd")
    del document[part][field]
    with pytest.raises(UndefinedError, match=field):
        build_page(document)


def test_a_float_is_refused_as_an_amount() -> None:
    document = sample("transfer-usd")
    document["total"] = 312.91
    with pytest.raises(TypeError, match="exact decimal"):
        build_page(document)


def test_the_reference_is_to_be_quoted_only_where_a_transfer_is_expected() -> None:
    transfer = build_page(sample("transfer-usd")).html
    card = build_page(sample("card-proration")).html
    assert "Please transfer" in transfer
    assert "IBAN" in transfer
    assert "Please transfer" not in card
    assert "IBAN" not in card
    assert "Charged to your card on or shortly after 1 March 2026" in card
    assert "due 31" not in card
    assert "Net 30" not in card
    assert sample("card-proration")["payment_url"] in card


def test_a_total_of_zero_asks_for_nothing() -> None:
    html = build_page(sample("nothing-to-pay")).html
    assert "nothing to pay" in html
    assert "How to pay" not in html


def test_an_invoice_below_zero_is_in_the_customers_favour() -> None:
    document = sample("nothing-to-pay")
    html = build_page(document | {"total": "-12.34", "due_on": "2026-03-31"}).html
    assert "12.34 in your favour" in html
    assert "counts towards your other open invoices" in html
    assert "Due date" not in html
    assert "Total due" not in html


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [
        ("usage", "Partner", "Partner 10%: \N{MINUS SIGN}1.00 of 10.00"),
        ("usage", "Launch 10%", "Launch 10%: \N{MINUS SIGN}1.00 of 10.00"),
        ("late_usage", "Partner", "Partner, difference: \N{MINUS SIGN}1.00"),
        ("correction", "Launch 10%", "Launch 10%, difference: \N{MINUS SIGN}1.00"),
    ],
)
def test_a_discount_says_its_share_unless_it_is_a_difference_of_two(kind: str, name: str, shown: str) -> None:
    document = sample("transfer-usd")
    (line, *_) = document["lines"]
    line |= {
        "kind": kind,
        "gross_amount": "10.00",
        "discounts": [{"name": name, "percent": "10", "amount": "-1.00"}],
    }
    assert f">{shown}</p>" in " ".join(build_page(document).html.split())


def test_what_is_held_already_is_shown_and_the_rest_asked_for() -> None:
    document = sample("transfer-eur-epc")
    due = str(Decimal(document["total"]) - 30)
    html = build_page(document | {"amount_paid": "30.00", "amount_due": due}).html
    assert "Already paid" in html
    assert f"<h2>EUR {due} due" in html
    assert f"transfers EUR {due} with" in html
    assert "Total due" not in html


def test_what_is_held_may_leave_nothing_to_ask_for() -> None:
    document = sample("transfer-eur-epc")
    paid = {"amount_paid": document["total"], "amount_due": "0.00", "payment_url": None, "epc_payload": None}
    html = build_page(document | paid).html
    assert "nothing to pay" in html
    assert "How to pay" not in html


def test_a_credit_note_names_what_it_corrects_and_why_and_asks_for_nothing() -> None:
    document = sample("credit-note")
    html = build_page(document).html
    assert "<h1>Credit note</h1>" in html
    assert document["corrects"]["invoice_number"] in html
    assert document["corrects"]["reason"] in html
    assert "How to pay" not in html


def test_a_credit_note_that_was_paid_out_counts_towards_no_invoice() -> None:
    assert "counts towards your next one" in build_page(sample("credit-note")).html
    paid_out = {"kept_amount": "58.91", "paid_out_amount": "58.91", "paid_out_on": "2026-03-12"}
    html = build_page(sample("credit-note") | {"paid_out": paid_out}).html
    assert "counts towards" not in html
    assert "58.91 of your credit balance was paid out to you on 12 March 2026" in html


def test_a_line_of_another_period_says_so_and_the_others_do_not() -> None:
    html = build_page(sample("late-usage")).html
    assert html.count("Service period") == 1
    assert "Service period 1 \N{EN DASH} 31 January 2026" in html


@pytest.mark.parametrize(
    ("tax", "label"),
    [
        ({"name": "No tax", "rate": "0", "treatment": "no_tax"}, "No tax charged <"),
        ({"name": "Reverse charge", "rate": "0", "treatment": "reverse_charge"}, "Reverse charge 0%"),
        ({"name": "Sales tax TX", "rate": "0.0625", "treatment": "taxed"}, "Sales tax TX 6.25%"),
        ({"name": "VAT 25.5%", "rate": "0.255", "treatment": "taxed"}, "VAT 25.5% <"),
    ],
)
def test_a_tax_is_named_with_its_rate_once(tax: dict[str, str], label: str) -> None:
    document = sample("transfer-usd")
    document["taxes"] = [document["taxes"][0] | tax]
    assert f">{label}" in build_page(document).html


def test_a_proration_is_explained_below_its_plan() -> None:
    html = build_page(sample("card-proration")).html
    assert '<td>Premium support<p class="quiet">Proration: 19 of 28 days in February 2026</p>' in html


def test_another_price_for_what_was_billed_has_no_quantity() -> None:
    """Nobody reads 0 times 9.00 as 10.50 less."""
    document = sample("transfer-usd")
    document["lines"][0] |= {"quantity": "0", "unit_amount": "9.00"}
    html = build_page(document).html
    assert (">9.00<" in html, '<td class="figure">0</td>' in html) == (False, False)


@pytest.mark.parametrize(("asset", "field"), [("asset:pay", "payment_url"), ("asset:transfer", "epc_payload")])
def test_qr_codes_hold_exactly_the_payload(asset: str, field: str) -> None:
    document = sample("transfer-eur-epc")
    expected = segno.make(document[field], error="m", boost_error=False, micro=False, encoding="utf-8")
    picture = Image.open(io.BytesIO(build_page(document).assets[asset].content)).convert("1")
    side = len(expected.matrix)
    assert picture.size == (side * QR_SCALE, side * QR_SCALE)
    modules = [[picture.getpixel((x * QR_SCALE, y * QR_SCALE)) == 0 for x in range(side)] for y in range(side)]
    assert modules == [[bool(module) for module in row] for row in expected.matrix]


def test_the_banking_app_code_is_shown_only_where_the_database_made_one() -> None:
    assert "with your banking app" in build_page(sample("transfer-eur-epc")).html
    assert "with your banking app" not in build_page(sample("transfer-usd")).html


@pytest.mark.parametrize(("country", "name"), [("DE", "GiroCode with"), ("US", "Scan with"), ("IE", "Scan with")])
def test_only_germans_call_the_code_giro_code(country: str, name: str) -> None:
    document = sample("transfer-eur-epc")
    document["seller"]["country"] = country
    html = build_page(document).html
    assert f"{name} your banking app" in html
    assert ("GiroCode" in html) == (country == "DE")


def test_without_a_gateway_nothing_is_said_of_paying_online() -> None:
    document = sample("transfer-usd") | {"payment_url": None}
    page = build_page(document)
    assert "online" not in page.html
    assert "IBAN" in page.html
    assert "asset:pay" not in page.assets


@pytest.mark.parametrize(
    ("url", "words"), [("https://pay.example/i/x", "Please pay online"), (None, "Please write to")]
)
def test_without_an_account_nobody_is_asked_to_transfer(url: str | None, words: str) -> None:
    document = sample("transfer-usd") | {"payment_url": url}
    document["seller"] |= {"iban": None, "bic": None, "bank_name": None}
    html = build_page(document).html
    assert words in html
    assert not re.search("ransfer|Reference|Account holder", html)
    assert ("How to pay" in html) == (url is not None)


@pytest.mark.parametrize(
    ("logo", "reason"),
    [
        ({"media_type": "text/html", "base64": ""}, "expected one of"),
        ({"media_type": "image/png", "base64": "a"}, "not valid base64"),
    ],
)
def test_a_logo_that_is_no_picture_is_refused(logo: dict[str, str], reason: str) -> None:
    document = sample("transfer-usd")
    document["seller"]["logo"] = logo
    with pytest.raises(ValueError, match=reason):
        build_page(document)


def test_what_a_party_does_not_have_leaves_no_trace() -> None:
    document = sample("transfer-usd")
    document["seller"] |= {
        "iban": None,
        "bic": None,
        "bank_name": None,
        "tax_registration_number": None,
        "region": None,
    }
    document["customer"] |= {"postal_code": None, "address_line1": None}
    html = build_page(document).html
    assert "None" not in html
    for label in ("IBAN", "BIC", "Bank<", "VAT no.", "Tax no."):
        assert label not in html

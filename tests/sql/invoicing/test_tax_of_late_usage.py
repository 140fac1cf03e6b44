from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from orchestrator import resources
from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.engine import Invoice
    from tests.given import Given

TO_GERMANY = "country = 'DE'"
FRENCH_VAT_ID = "tax_id = 'FR40303265045', is_tax_id_valid = true"


@pytest.fixture
def mover(given: Given) -> int:
    """Invoiced in France for June 2020, 1,000 calls of 0.01 each."""
    given.tax_rate("0.20", country="FR", name="TVA")
    given.tax_rate("0.19", country="DE")
    customer = given.customer(country="FR")
    given.subscription(customer, given.plan("flat", unit_amount="0.01", code="api"), starts="2020-06-01")
    given.usage(customer, 1000, on="2020-06-10")
    given.run("2020-06")
    return customer


def change(given: Given, customer: int, assignments: str) -> None:
    given.connection.execute(f"update billing.customers set {assignments} where customer_id = %s".encode(), (customer,))


def late(given: Given, customer: int, *, month: str = "2020-07", own: int = 1000) -> Invoice:
    """Bill 1,000 late calls of June with a month that has usage of its own, or none."""
    given.usage(customer, 1000, on="2020-06-20")
    if own:
        given.usage(customer, own, on=f"{month}-10")
    given.run(month)
    return given.invoice(customer, month)


def taxes(given: Given, invoice: Invoice) -> list[tuple[str, str, str]]:
    rows = given.connection.execute(
        "select tax_country, tax_treatment, tax from billing.invoice_taxes where invoice_id = %s order by 1, 2",
        (invoice.invoice_id,),
    )
    return [(country, treatment, str(tax)) for country, treatment, tax in rows]


def test_late_usage_of_before_a_move_is_taxed_where_its_month_was(given: Given, mover: int) -> None:
    change(given, mover, TO_GERMANY)
    invoice = late(given, mover)
    assert taxes(given, invoice) == [("DE", "taxed", "1.90"), ("FR", "taxed", "2.00")]
    assert (invoice.tax, invoice.total) == (Decimal("3.90"), Decimal("23.90"))
    given.deliver()
    assert given.broken() == []


def test_late_usage_of_a_taxed_month_is_taxed_though_a_vat_number_came_later(given: Given, mover: int) -> None:
    change(given, mover, FRENCH_VAT_ID)
    invoice = late(given, mover)
    assert taxes(given, invoice) == [("FR", "reverse_charge", "0.00"), ("FR", "taxed", "2.00")]
    assert (invoice.tax_treatment, invoice.tax) == ("reverse_charge", Decimal("2.00"))


def test_late_usage_of_a_month_of_reverse_charge_stays_so(given: Given, mover: int) -> None:
    change(given, mover, FRENCH_VAT_ID)
    given.usage(mover, 1000, on="2020-07-10")
    given.run("2020-07")
    change(given, mover, TO_GERMANY)
    given.usage(mover, 1000, on="2020-07-20")
    given.run("2020-08")
    assert taxes(given, given.invoice(mover, "2020-08")) == [("FR", "reverse_charge", "0.00")]


@pytest.mark.parametrize(("own", "rate"), [(0, "0.20"), (500, "0.20"), (2000, "0.19")])
def test_the_rate_of_an_invoice_is_that_of_its_largest_sum(given: Given, mover: int, own: int, rate: str) -> None:
    change(given, mover, TO_GERMANY)
    assert late(given, mover, own=own).tax_rate == Decimal(rate)


def test_late_usage_follows_its_month_over_several_moves(given: Given, mover: int) -> None:
    given.tax_rate("0.25", country="SE")
    change(given, mover, TO_GERMANY)
    late(given, mover)
    change(given, mover, "country = 'SE'")
    given.usage(mover, 1000, on="2020-07-20")
    invoice = late(given, mover, month="2020-08")
    assert taxes(given, invoice) == [("DE", "taxed", "1.90"), ("FR", "taxed", "2.00"), ("SE", "taxed", "2.50")]
    given.deliver()
    assert given.broken() == []


def test_a_month_that_was_void_is_taxed_as_the_customer_is_today(given: Given, mover: int) -> None:
    given.void(given.invoice(mover, "2020-06"))
    change(given, mover, TO_GERMANY)
    given.run("2020-06")
    assert taxes(given, given.invoice(mover, "2020-06")) == [("DE", "taxed", "1.90")]
    assert taxes(given, late(given, mover)) == [("DE", "taxed", "3.80")]


def test_late_usage_of_a_month_without_an_invoice_is_taxed_as_the_customer_is_today(given: Given) -> None:
    given.tax_rate("0.20", country="FR")
    given.tax_rate("0.19", country="DE")
    customer = given.customer(country="FR")
    given.subscription(customer, given.plan("flat", unit_amount="0.01"), starts="2020-06-01")
    given.run("2020-06")
    change(given, customer, TO_GERMANY)
    assert taxes(given, late(given, customer, own=0)) == [("DE", "taxed", "1.90")]


def test_a_rate_that_changes_leaves_late_usage_with_that_of_its_month(given: Given, mover: int) -> None:
    given.connection.execute("update billing.tax_rates set valid_to = '2020-07-01' where country = 'FR'")
    given.tax_rate("0.21", country="FR", name="TVA", valid_from="2020-07-01")
    assert taxes(given, late(given, mover)) == [("FR", "taxed", "2.00"), ("FR", "taxed", "2.10")]


def test_a_move_within_a_country_keeps_the_region_of_the_month(given: Given) -> None:
    given.tax_rate("0.04", country="US", region="NY")
    given.tax_rate("0.0625", country="US", region="TX")
    customer = given.customer(country="US", region="NY")
    given.subscription(customer, given.plan("flat", unit_amount="0.01"), starts="2020-06-01")
    given.usage(customer, 1000, on="2020-06-10")
    given.run("2020-06")
    change(given, customer, "region = 'TX'")
    late(given, customer)
    regions = given.connection.execute("select tax_region, tax from billing.invoice_taxes order by invoice_id, 1")
    assert regions.fetchall()[1:] == [("NY", Decimal("0.40")), ("TX", Decimal("0.63"))]


@pytest.mark.parametrize(
    "wrong", ["tax_country = 'DE'", "tax_rate = 0.19", "tax_region = 'IDF'", "tax_treatment = 'no_tax'"]
)
def test_the_second_path_finds_late_usage_taxed_otherwise(given: Given, mover: int, wrong: str) -> None:
    change(given, mover, TO_GERMANY)
    given.usage(mover, 1000, on="2020-06-20")
    given.roll_up()
    given.draft("2020-07")
    assert given.connection.execute("select * from billing.tax_differences('2020-07-01')").fetchall() == []
    given.connection.execute(f"update billing.invoice_line_items set {wrong} where kind = 'late_usage'".encode())
    (found,) = given.connection.execute("select difference from billing.tax_differences('2020-07-01')").fetchall()
    assert found[0].endswith("recomputed taxed at 0.20 in FR on 2020-06-30")


def test_what_late_usage_was_taxed_with_is_a_billed_rate(given: Given, mover: int) -> None:
    change(given, mover, TO_GERMANY)
    late(given, mover, own=0)
    assert given.value("select billing._taxed_by('FR', null, '[2020-06-01,2020-07-01)')") is not None
    assert given.value("select billing._taxed_by('DE', null, '[2020-06-01,2020-07-01)')") is None


def credit_notes(till: Collection, invoice: Invoice, **what: object) -> list[tuple[str, str, str]]:
    till.value(
        "select billing.credit_invoice(%s, %s, %s, 'late', '2020-09-01', true)",
        invoice.invoice_number,
        what.get("line"),
        what.get("amount"),
    )
    rows = till.connection.execute(
        "select tax_country, amount, tax from billing.credit_note_line_items order by credit_note_id desc, 1"
    )
    return [(country, str(amount), str(tax)) for country, amount, tax in rows]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({}, [("DE", "10.00", "1.90"), ("FR", "10.00", "2.00")]),
        ({"line": 1}, [("DE", "10.00", "1.90")]),
        ({"line": 2}, [("FR", "10.00", "2.00")]),
        ({"amount": "11.95"}, [("DE", "5.00", "0.95"), ("FR", "5.00", "1.00")]),
    ],
)
def test_a_credit_note_takes_back_tax_where_it_was_levied(
    database: psycopg.Connection, mover: int, what: dict[str, object], expected: list[tuple[str, str, str]]
) -> None:
    till = Collection(database)
    change(till, mover, TO_GERMANY)
    invoice = late(till, mover)
    till.deliver()
    assert credit_notes(till, invoice, **what) == expected
    assert till.broken() == []


def test_a_tax_of_another_country_is_named_with_it(given: Given, mover: int) -> None:
    change(given, mover, TO_GERMANY)
    invoice = late(given, mover)
    document = given.value("select billing.invoice_document(%s, 'x', false)", invoice.invoice_id)
    assert isinstance(document, dict)
    assert [(tax["name"], tax.get("country")) for tax in document["taxes"]] == [("TVA", "FR"), ("VAT", None)]


@pytest.mark.parametrize(("line", "is_said"), [(1, True), (2, False)])
def test_a_credit_note_speaks_of_reverse_charge_only_where_it_takes_such_a_line_back(
    database: psycopg.Connection, mover: int, line: int, *, is_said: bool
) -> None:
    till = Collection(database)
    change(till, mover, FRENCH_VAT_ID)
    invoice = late(till, mover)
    till.deliver()
    credit_notes(till, invoice, line=line)
    document = till.value("select billing.credit_note_document(credit_note_id, 'x', false) from billing.credit_notes")
    assert isinstance(document, dict)
    assert bool(document["notes"]) is is_said


PLACES = """
select 'tax', invoice_id, tax_country, tax_region from billing.invoice_taxes
union all
select 'line', invoice_id, tax_country, tax_region from billing.invoice_line_items
union all
select 'credit', invoice_id, tax_country, tax_region from billing.credit_note_line_items
order by 1, 2
"""


def test_taxes_of_before_are_of_the_place_of_their_addressee(
    database: psycopg.Connection, admin: psycopg.Connection, mover: int
) -> None:
    till = Collection(database)
    till.tax_rate("0.04", country="US", region="NY", name="NY tax")
    for region in ("NY", "OR"):
        till.subscription(till.customer(region, country="US", region=region), till.flat_plan("10"), starts="2020-06-01")
    till.run("2020-07")
    till.deliver()
    for (number,) in till.connection.execute("select invoice_number from billing.invoices").fetchall():
        till.value("select billing.credit_invoice(%s, null, '1.00', 'late', '2020-09-01', true)", number)
    change(till, mover, TO_GERMANY)
    places = admin.execute(PLACES).fetchall()
    (step,) = resources.folder("migrations").glob("*_tell_where_tax_is_levied.sql")
    with admin.transaction(force_rollback=True):
        admin.execute("drop schema reporting, reporting_models, analytics cascade")
        admin.execute("drop view billing.creditable_amounts")
        admin.execute(step.with_suffix(".rollback.sql").read_bytes())
        admin.execute(step.read_bytes())
        assert admin.execute(PLACES).fetchall() == places
    assert {row[2:] for row in places} == {("FR", None), ("US", "NY"), ("US", None)}

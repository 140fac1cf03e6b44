"""The worked numbers of docs/billing-rules.md, recomputed by the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.embedded import server
from orchestrator.files.vat_numbers import judge
from tests.conventions import documents
from tests.given import Given

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Clone
    from tests.given_prices import Tier

RULES = documents.text("docs/billing-rules.md")
SAMPLE_TIERS: list[Tier] = [(10000, "0"), (100000, "0.001"), (None, "0.0005")]
FREE_THEN_CHEAP: list[Tier] = [(10000, "0"), (None, "0.001")]


@pytest.fixture
def given(database: psycopg.Connection) -> Given:
    return Given(database)


def lines(given: Given, customer: int) -> list[dict[str, str]]:
    return [
        {
            "kind": line.kind,
            "quantity": f"{line.quantity:f}",
            "unit_amount": f"{line.unit_amount:f}",
            "amount": f"{line.amount:f}",
        }
        for line in given.lines(customer)
    ]


def printed(name: str) -> list[dict[str, str]]:
    return documents.worked(RULES, name)


def assert_printed(given: Given, customer: int, name: str) -> None:
    """Compare quantity, unit price and amount as numbers that look the same but for trailing zeros of prices."""
    expected = printed(name)
    got = lines(given, customer)
    assert [{column: _plain(row[column]) for column in _compared(row)} for row in expected] == [
        {column: _plain(line[column]) for column in _compared(expected[0])} for line in got
    ]


def _compared(row: dict[str, str]) -> list[str]:
    return [column for column in ("kind", "quantity", "unit_amount", "amount") if column in row]


def _plain(cell: str) -> str:
    return cell.rstrip("0").rstrip(".") if "." in cell else cell


def test_every_marked_table_is_checked_here() -> None:
    checked = {
        "local-day",
        "plan-change",
        "proration",
        "tax-once",
        "tax-treatment",
        "invoice",
        "invoice-totals",
        "late-usage",
        "late-usage-volume",
        "periods",
        "seats",
        "cancelled-year",
        "price-day",
        "cells",
        "percent-discount",
        "minimum",
        "reopened",
        "fixed-discounts",
    }
    assert set(documents.marks(RULES)) == checked


@pytest.mark.parametrize(("queries", "output"), documents.sessions(RULES))
def test_a_session_prints_what_is_printed(clone: Clone, queries: str, output: str) -> None:
    assert documents.psql(server.binaries(clone.server), clone.url("billing_reader"), queries=queries) == output


def test_an_event_belongs_to_the_day_of_the_billing_time_zone(given: Given) -> None:
    given.seller(billing_timezone="Europe/Berlin")
    days = printed("local-day")
    customers = [given.customer() for _ in days]
    given.usages([(customer, 1, row["occurred_at"]) for customer, row in zip(customers, days, strict=True)])
    given.roll_up()
    counted = given.connection.execute(
        "select usage_day::text from billing.daily_usage order by customer_id"
    ).fetchall()
    assert [day for (day,) in counted] == [row["day"] for row in days]


def test_after_a_change_of_plan_each_has_its_full_tiers(given: Given) -> None:
    customer = given.customer()
    first, second = (given.plan(code=code, tiers=FREE_THEN_CHEAP) for code in ("a", "b"))
    given.subscription(customer, first, ends="2026-02-15")
    given.subscription(customer, second, starts="2026-02-15")
    given.usage(customer, 20000, on="2026-02-14")
    given.usage(customer, 20000, on="2026-02-15")
    given.run("2026-02")
    assert_printed(given, customer, "plan-change")


def test_a_subscription_that_begins_in_the_month_is_prorated(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-02-10")
    given.run("2026-02")
    assert_printed(given, customer, "proration")


def test_tax_is_rounded_once_on_the_sum(given: Given) -> None:
    given.tax_rate("0.19")
    customer = given.customer()
    for _ in range(3):
        given.subscription(customer, given.flat_plan("0.33"))
    given.run("2026-02")
    invoice = given.invoice(customer)
    (row,) = printed("tax-once")
    assert [str(invoice.subtotal), str(invoice.tax), str(invoice.total)] == [row["subtotal"], row["tax"], row["total"]]
    assert row["lines"].split(" + ") == given.amounts(customer)


@pytest.mark.parametrize("row", printed("tax-treatment"))
def test_how_a_customer_is_taxed(given: Given, row: dict[str, str]) -> None:
    given.tax_rate("0.19", country="DE")
    given.tax_rate("0.20", country="FR")
    given.tax_rate("0.08875", country="US", region="NY")
    number = judge(row["country"], row["tax_id"]) if row["tax_id"] else None
    customer = given.customer(
        country=row["country"],
        region=row["region"] or None,
        valid_tax_id=number.number if number and number.is_valid else None,
    )
    treated = given.connection.execute(
        "select tax_treatment, tax_rate from billing.tax_for_customer(%s, '2026-02-28')", (customer,)
    ).fetchone()
    assert treated is not None
    assert (treated[0], str(treated[1])) == (row["treatment"], row["rate"])


def test_the_whole_invoice(given: Given) -> None:
    given.tax_rate("0.19")
    customer = given.customer()
    given.subscription(customer, given.plan(tiers=SAMPLE_TIERS))
    given.subscription(customer, given.flat_plan("99.00"))
    given.usage(customer, 247891)
    given.run("2026-02")
    assert_printed(given, customer, "invoice")
    invoice = given.invoice(customer)
    (row,) = printed("invoice-totals")
    assert row == {"subtotal": str(invoice.subtotal), "tax": str(invoice.tax), "total": str(invoice.total)}


@pytest.mark.parametrize(
    ("name", "model", "tiers", "billed", "late"),
    [
        ("late-usage", "graduated", FREE_THEN_CHEAP, 8000, 5000),
        ("late-usage-volume", "volume", [(10000, "0.002"), (None, "0.001")], 9000, 3000),
    ],
)
def test_late_usage_is_the_difference(  # noqa: PLR0913, PLR0917 - a table of cases
    given: Given, name: str, model: str, tiers: list[Tier], billed: int, late: int
) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan(model, tiers=tiers))
    given.usage(customer, billed, on="2026-01-10")
    given.run("2026-01")
    given.usage(customer, late, on="2026-01-20")
    given.run("2026-02")
    assert {line.kind for line in given.lines(customer)} == {"late_usage"}
    assert_printed(given, customer, name)


def test_an_invoice_below_zero_is_paid_on_issue_and_gives_credit_balance(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("volume", tiers=[(10000, "0.002"), (None, "0.001")]))
    given.usage(customer, 9000, on="2026-01-10")
    given.run("2026-01")
    given.deliver()
    given.usage(customer, 3000, on="2026-01-20")
    given.run("2026-02")
    given.deliver()
    invoice = given.invoice(customer)
    assert (str(invoice.total), invoice.status) == ("-6.00", "paid")
    returned = "select sum(amount) from billing.payments where customer_id = %s and method = 'negative_invoice'"
    assert str(given.value(returned, customer)) == "6.00"


def detailed(given: Given, customer: int, period: str, name: str) -> None:
    """Compare the lines of an invoice with the printed rows, in the columns that are printed."""
    expected = printed(name)
    rows = given.connection.execute(
        """
        select kind, coalesce(cell, ''), coalesce(tier, ''), lines.quantity::text, unit_amount::text,
            gross_amount::text, lines.amount::text
        from billing.invoice_line_items as lines inner join billing.invoices using (invoice_id)
        where customer_id = %s and period_start = %s and status <> 'void' order by lines.position
        """,
        (customer, f"{period}-01"),
    ).fetchall()
    columns = ("kind", "cell", "tier", "quantity", "unit_amount", "gross_amount", "amount")
    got = [dict(zip(columns, row, strict=True)) for row in rows]
    assert [{column: _plain(row[column]) for column in expected[0]} for row in got] == [
        {column: _plain(cell) for column, cell in row.items()} for row in expected
    ]


@pytest.mark.parametrize("row", printed("periods"))
def test_service_periods_count_from_the_anchor(given: Given, row: dict[str, str]) -> None:
    periods = given.connection.execute(
        "select period_start::text from billing.service_periods(%s, %s, %s, '2030-01-01') order by 1 limit 4",
        (row["anchor"], row["months"], row["anchor"]),
    ).fetchall()
    assert [start for (start,) in periods] == [row["first"], row["second"], row["third"], row["fourth"]]


def test_each_phase_bills_its_days(given: Given) -> None:
    customer, seats = given.customer(), given.flat_plan("12.00")
    subscription = given.subscription(customer, seats, code="seats", quantity=5, ends="2026-02-15")
    given.phase(subscription, seats, quantity=8, starts="2026-02-15")
    given.run("2026-02")
    assert_printed(given, customer, "seats")


def test_what_is_unused_of_a_year_in_advance_is_given_back(given: Given) -> None:
    customer, year = given.customer(), given.flat_plan("1200.00", interval_months=12, billed_in="advance")
    subscription = given.subscription(customer, year, code="licence", starts="2026-01-01")
    given.run("2025-12")
    given.connection.execute(
        "update billing.subscription_phases set ends_on = '2026-05-20' where subscription_id = %s", (subscription,)
    )
    given.run("2026-01")
    detailed(given, customer, "2026-01", "cancelled-year")


def test_what_was_billed_early_is_owed_when_its_period_ends_after_all(given: Given) -> None:
    customer, quarter = given.customer(), given.flat_plan("300.00", interval_months=3)
    given.subscription(customer, quarter, starts="2026-01-10", anchor="2025-08-31", ends="2026-03-20")
    given.run("2026-02")
    given.run("2026-03")
    given.connection.execute("update billing.subscription_phases set ends_on = null")
    given.run("2026-04")
    given.run("2026-05")
    billed = [
        {"run": run, "kind": line.kind, "amount": str(line.amount)}
        for run in ("2026-03", "2026-04", "2026-05")
        for line in given.lines(customer, run)
    ]
    assert billed == printed("reopened")


def test_fixed_discounts_follow_in_order_of_code(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount="0.01"))
    given.subscription(customer, given.flat_plan("68.40", code="base"))
    given.discount(customer, "C-FIX", amount="30.00", plans=["base"])
    given.discount(customer, "D-FIX", amount="60.00")
    given.usage(customer, 315)
    given.run("2026-02")
    assert_printed(given, customer, "fixed-discounts")


def test_a_price_holds_by_its_price_day(given: Given) -> None:
    customer, seats = given.customer(), given.flat_plan("12.00")
    given.price(seats, unit_amount="13.00", valid_from="2026-05-01")
    given.subscription(customer, seats, code="seats", starts="2026-04-15", anchor="2026-04-15")
    for period in ("2026-05", "2026-06"):
        given.run(period)
    billed = given.connection.execute(
        """
        select service_period_start::text, unit_amount::text from billing.invoice_line_items order by 1
        """
    ).fetchall()
    assert billed == [(row["period"], row["unit_amount"]) for row in printed("price-day")]


def test_an_event_is_priced_by_the_cell_with_the_most_conditions(given: Given) -> None:
    customer = given.customer()
    plan = given.plan("graduated", tiers=[(None, "1")])
    given.connection.execute("update billing.metrics set dimensions = '{region,model}'")
    given.price(
        plan,
        model="graduated",
        valid_from="2025-01-01",
        cells={
            "any": ({}, [(None, "0.002")]),
            "eu": ({"region": "eu"}, [(None, "0.003")]),
            "eu large": ({"region": "eu", "model": "large"}, [(None, "0.010")]),
        },
    )
    given.subscription(customer, plan)
    for properties in ({}, {"region": "eu"}, {"region": "eu", "model": "large"}):
        given.usage(customer, 1000, properties=properties)
    given.run("2026-02")
    detailed(given, customer, "2026-02", "cells")


def test_a_discount_counts_for_its_service_period_whenever_that_is_billed(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan(tiers=[(100000, "0"), (None, "0.001")]))
    given.discount(customer, percent="0.15", starts="2026-01-01", ends="2026-02-01")
    given.usage(customer, 190000, on="2026-01-10")
    given.run("2026-01")
    given.usage(customer, 30000, on="2026-01-20")
    given.run("2026-02")
    rows = given.connection.execute(
        """
        select kind, lines.quantity::text, gross_amount::text, lines.amount::text
        from billing.invoice_line_items as lines order by invoice_id, position
        """
    ).fetchall()
    expected = printed("percent-discount")
    assert [tuple(_plain(cell) for cell in row) for row in rows] == [
        tuple(_plain(cell) for cell in row.values()) for row in expected
    ]


def test_late_usage_lowers_the_minimum_by_as_much(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan("238.36"), starts="2026-01-01", ends="2026-02-01")
    given.subscription(customer, given.plan(tiers=[(None, "1.00")]), starts="2026-01-01", ends="2026-02-01")
    given.commitment(customer, minimum="300.00", starts="2026-01-01", ends="2026-02-01")
    given.run("2026-01")
    given.usage(customer, "12.75", on="2026-01-20")
    given.run("2026-02")
    rows = given.connection.execute(
        "select kind, amount::text from billing.invoice_line_items order by invoice_id, position"
    ).fetchall()
    assert rows == [(row["kind"], row["amount"]) for row in printed("minimum")]

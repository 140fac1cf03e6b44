from __future__ import annotations

import csv
import io
import json
import unicodedata
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis import HealthCheck, settings, strategies
from psycopg.sql import SQL, Literal

from orchestrator.errors import REFUSED, BillingError
from orchestrator.reports.catalog import Column, describe_views
from orchestrator.reports.export import Format, export_view
from orchestrator.reports.query import _cell
from tests.given import Given

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Connect

TRICKY = (
    "=1+1",
    "+49 30",
    "-5",
    "@sum(a1)",
    "\ttab",
    "\rreturn",
    'quote " and , comma',
    "back\\slash \\.",
    "line\nbreak",
    "Zürich 東京",
    "'already",
)


@pytest.fixture
def reader(connect: Connect) -> psycopg.Connection:
    return connect("billing_reader")


@pytest.fixture
def given(database: psycopg.Connection) -> Given:
    return Given(database)


@pytest.fixture
def tricky(given: Given) -> Given:
    """Customers whose names spreadsheets and CSV parsers trip over; invoiced for 2026-01 and 2026-02."""
    plan = given.flat_plan("10.00")
    for number, name in enumerate(TRICKY, start=8):
        customer = given.customer(str(number))
        given.connection.execute("update billing.customers set name = %s where customer_id = %s", (name, customer))
        given.subscription(customer, plan, quantity="1.5")
    for period in ("2026-01", "2026-02"):
        given.run(period)
    return given


def exported(
    reader: psycopg.Connection,
    view: str,
    *,
    period: str | None = None,
    as_of: date | None = None,
    output_format: str = "csv",
) -> str:
    out = io.BytesIO()
    export_view(reader, view, period=period, as_of=as_of, output_format=Format(output_format), out=out)
    return out.getvalue().decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_reports_are_listed_by_name(reader: psycopg.Connection) -> None:
    views = list(describe_views(reader))
    assert views == sorted(views)
    assert {"invoices", "mrr", "unbilled_usage"} <= set(views)


@pytest.mark.usefixtures("tricky")
def test_a_text_that_would_run_as_a_formula_gets_an_apostrophe(reader: psycopg.Connection) -> None:
    names = [row["customer_name"] for row in rows(exported(reader, "invoices", period="2026-02"))]
    assert names == [f"'{name}" if name[0] in "=+-@\t\r" else name for name in TRICKY]


@pytest.mark.usefixtures("tricky")
def test_numbers_stay_numbers_below_zero_too(reader: psycopg.Connection, given: Given) -> None:
    given.subscription(given.customer("C"), given.flat_plan("31.00"), starts="2026-03-31")
    given.run("2026-03")
    (row,) = (row for row in rows(exported(reader, "invoices", period="2026-03")) if row["account_number"] == "C")
    assert (row["subscription"], row["proration"]) == ("31.00", "-30.00")


@pytest.mark.usefixtures("tricky")
def test_json_is_exact_and_says_names_as_they_are(reader: psycopg.Connection) -> None:
    text = exported(reader, "invoices", period="2026-02", output_format="json")
    found = json.loads(text, parse_float=Decimal)
    assert [row["customer_name"] for row in found] == list(TRICKY)
    assert {str(row["total"]) for row in found} == {"15.00"}
    assert len(text.splitlines()) == len(TRICKY) + 2


@pytest.mark.parametrize("output_format", ["csv", "json"])
def test_a_report_without_rows_is_still_a_file(reader: psycopg.Connection, output_format: str) -> None:
    text = exported(reader, "aging", output_format=output_format)
    columns = "currency,bucket,invoices,outstanding,share,overdue_from,invoices_and_older,outstanding_and_older,as_of"
    header = f"{columns}\n"
    assert text == {"csv": header, "json": "[\n]\n"}[output_format]


@pytest.mark.usefixtures("tricky")
@pytest.mark.parametrize(
    ("view", "months"),
    [("invoices", {"2026-02"}), ("invoice_lines", {"2026-02"}), ("runs", {"2026-02"}), ("tax_summary", {"2026-02"})],
)
def test_a_period_is_one_month(reader: psycopg.Connection, view: str, months: set[str]) -> None:
    assert {row["period"] for row in rows(exported(reader, view, period="2026-02"))} == months


@pytest.mark.usefixtures("tricky")
def test_the_weeks_of_a_period_begin_in_it(reader: psycopg.Connection) -> None:
    weeks = [row["week"] for row in rows(exported(reader, "mrr_weekly", period="2026-02", as_of=date(2026, 3, 31)))]
    assert weeks == ["2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23"]


@pytest.mark.usefixtures("tricky")
def test_the_date_of_a_report_is_forgotten_after_it(reader: psycopg.Connection) -> None:
    assert {row["period"] for row in rows(exported(reader, "invoices", as_of=date(2026, 2, 1)))} == {"2026-01"}
    assert {row["period"] for row in rows(exported(reader, "invoices"))} == {"2026-01", "2026-02"}


def test_rows_come_in_account_order_and_buckets_by_age(reader: psycopg.Connection, tricky: Given) -> None:
    for account in ("B1", "a1", "99"):
        tricky.subscription(tricky.customer(account), tricky.flat_plan("15.00"), starts="2026-02-01")
    tricky.run("2026-02")
    ranked = [row["account_number"] for row in rows(exported(reader, "revenue_by_customer", period="2026-02"))]
    assert ranked == ["8", "9", *(str(number) for number in range(10, 19)), "99", "B1", "a1"]
    assert [row["bucket"] for row in rows(exported(reader, "aging"))] == ["current", "1-30", "31-60", "60+"]


@pytest.mark.parametrize(
    ("view", "period", "message"),
    [
        (
            "invoices; drop table x",
            None,
            "There is no report 'invoices; drop table x'. The reports are: accrued_revenue, ",
        ),
        ("pg_class", None, "There is no report 'pg_class'."),
        ("", None, "There is no report ''."),
        ("a\0b", None, "There is no report"),
        ("aging", "2026-02", "The report aging is not kept by month."),
        ("invoices", "2026-13", "'2026-13' is not a period."),
    ],
)
def test_what_cannot_be_exported_is_refused(
    reader: psycopg.Connection, view: str, period: str | None, message: str
) -> None:
    with pytest.raises(BillingError) as refused:
        exported(reader, view, period=period)
    assert str(refused.value).startswith(message)
    assert refused.value.exit_code == REFUSED


FORMULA = strategies.sampled_from("=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b")
SHAPED = ("ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN", "SHORTHAND", "MUSICAL")
"""Scripts whose format characters have a shape of their own."""
UNSEEN = strategies.sampled_from(
    [
        one
        for one in map(chr, range(1, 0x110000))
        if unicodedata.category(one) in {"Cf", "Cc", "Zs", "Zl", "Zp"}
        and not unicodedata.name(one, "").startswith(SHAPED)
    ]
)
TEXT = strategies.text(strategies.characters(exclude_characters="\0", exclude_categories=["Cs"]))
WORD = strategies.text(strategies.characters(categories=["L", "N"]), min_size=1)


def cell(reader: psycopg.Connection, text: str) -> str:
    column = Column(name="text", type_name="text", is_text=True, comment="")
    query = SQL("select {} from (select {} as text) as one").format(_cell(column), Literal(text))
    row = reader.execute(query).fetchone()
    assert row is not None
    return str(row[0])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@hypothesis.given(strategies.text(UNSEEN, max_size=4), FORMULA, TEXT)
def test_a_formula_is_found_behind_what_cannot_be_seen_and_in_wide_letters(
    reader: psycopg.Connection, before: str, sign: str, after: str
) -> None:
    assert cell(reader, before + sign + after) == "'" + before + sign + after


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@hypothesis.given(WORD, TEXT)
def test_a_text_that_begins_with_a_letter_or_digit_stays(reader: psycopg.Connection, word: str, after: str) -> None:
    assert cell(reader, word + after) == word + after

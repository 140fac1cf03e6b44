"""The month end of examples/ on a company with two currencies, a void invoice, a credit note and an old debt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from psycopg.rows import dict_row

from orchestrator.resources import folder
from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

COPIED = re.compile(r"copy \((?P<query>.*)\) to stdout .*", re.DOTALL)
Row = dict[str, object]


@pytest.fixture
def answers(database: psycopg.Connection) -> list[list[Row]]:
    """What its queries give: largest invoices, tax return, agreement, ageing, overdue, ageing in January."""
    till = Collection(database)
    till.tax_rate()
    till.issued("40.00", period="2025-12", on="2026-01-01")
    _, large, wrong = (
        [till.issued(amount, currency=currency, country="DE") for currency in ("EUR", "USD")]
        for amount in ("10.00", "20.00", "9000.00")
    )
    for bill in wrong:
        till.void(till.invoice(bill.customer), on="2026-03-05")
    for bill in large:
        till.credited(bill, "5.00")
    text = (folder("examples") / "finance_exports.sql").read_text(encoding="utf-8")
    statements = [one.strip() for one in re.sub(r"--.*", "", text).split(";") if one.strip()]
    found = []
    with database.cursor(row_factory=dict_row) as cursor:
        for statement in statements:
            copied = COPIED.fullmatch(statement)
            cursor.execute((copied["query"] if copied else statement).encode())
            if cursor.description:
                found.append(cursor.fetchall())
    return found


def test_no_figure_is_without_its_currency(answers: list[list[Row]]) -> None:
    assert [{row["currency"] for row in rows} for rows in answers] == [
        *[{"EUR", "USD"}] * 4, {"EUR"}, {"EUR"}
    ]  # fmt: skip


def test_what_is_void_is_not_among_what_was_billed(answers: list[list[Row]]) -> None:
    billed = [f"{row['currency']} {row['total']}" for row in answers[0]]
    assert billed == ["EUR 40.00", "EUR 23.80", "EUR 11.90", "USD 23.80", "USD 11.90"]


def test_run_invoices_and_lines_agree_in_each_currency(answers: list[list[Row]]) -> None:
    sums = [
        [row["currency"], row["standing"], *(str(row[name]) for name in ("run", "invoices", "lines_and_tax"))]
        for row in answers[2]
    ]
    assert sums == [["EUR", 3, *["75.70"] * 3], ["USD", 2, *["35.70"] * 3]]


def test_the_ages_of_a_currency_are_all_that_is_open_in_it(answers: list[list[Row]]) -> None:
    owed = [f"{row['currency']} {row['bucket']} {row['outstanding']}" for row in answers[3] if row["outstanding"]]
    assert owed == ["EUR current 70.70", "EUR 31-60 40.00", "USD current 30.70"]
    assert [str(row["outstanding"]) for row in answers[4]] == ["40.00"]

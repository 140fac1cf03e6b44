from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from orchestrator import resources
from orchestrator.deployment.deploy import connection_url
from orchestrator.web.dashboard import View, read_dashboard
from orchestrator.web.dashboard_rows import BY_A_PERSON, SHOWN
from orchestrator.web.reports import Reports
from orchestrator.web.trend import MONTH, WEEK
from tests.orchestrator.web.story import AS_OF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.web.dashboard import Dashboard
    from tests.orchestrator.web.served import Served


class RecordedReports(Reports):
    """Remembers which views were read."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
        self.read: set[str] = set()

    def rows(self, view: str, **asked: Any) -> list[dict[str, Any]]:
        self.read.add(view)
        return super().rows(view, **asked)


@pytest.fixture
def undone(served: Served) -> Iterator[psycopg.Connection]:
    """A connection to the story whose changes nobody else sees."""
    with psycopg.connect(connection_url(served.settings, "billing_owner")) as connection:
        connection.execute("select set_config('billing.as_of', %s, false)", (AS_OF,))
        yield connection
        connection.rollback()


def first_fit(entries: list[int]) -> dict[int, str]:
    """Stands in for the suggestions of the database."""
    return {entry: f"INV-{entry}" for entry in entries}


def shown(connection: psycopg.Connection, trend: str = MONTH) -> Dashboard:
    return read_dashboard(Reports(connection), View(sorts={}, trend=trend), suggest=first_fit)


def test_the_exposure_names_every_view_the_page_reads(undone: psycopg.Connection) -> None:
    reports = RecordedReports(undone)
    for trend in (MONTH, WEEK):
        read_dashboard(reports, View(sorts={}, trend=trend), suggest=first_fit)
    exposures = (resources.folder("dbt_billing") / "models" / "exposures.yml").read_text(encoding="utf-8")
    dashboard = exposures.partition("- name: dashboard\n")[2].partition("- name: ")[0]
    assert set(re.findall(r"ref\('(\w+)'\)", dashboard)) == reports.read


@pytest.mark.parametrize(
    ("table", "key"), [("overdue", "invoice_number"), ("dunning", "invoice_number"), ("customers", "account_number")]
)
def test_the_csv_of_a_table_is_the_table(served: Served, undone: psycopg.Connection, table: str, key: str) -> None:
    found = shown(undone).tables[table]
    with served.api() as client:
        rows = list(csv.DictReader(io.StringIO(client.get(found.csv).text)))
    assert found.total in {len(rows), None}
    assert {str(row[key]) for row in found.rows} <= {row[key] for row in rows}


def test_an_entry_that_waits_shows_what_assigning_it_takes(undone: psycopg.Connection) -> None:
    undone.execute(
        """
        insert into billing.bank_transactions (fingerprint, booked_on, entered_on, amount, currency, remittance, source)
        values ('waits', '2026-03-10', '2026-03-10', 1, 'USD', 'for your work', 'a test')
        """
    )
    row = shown(undone).tables["unmatched"].rows[-1]
    assert row["remittance"] == "for your work"
    assert row["fits"] == f"INV-{row['bank_transaction_id']}"


def test_everything_that_waits_is_counted_shown_or_not(undone: psycopg.Connection) -> None:
    before = shown(undone)
    undone.execute(
        """
        insert into billing.bank_transactions (fingerprint, booked_on, entered_on, amount, currency, remittance, source)
        select 'waits-' || number, '2026-03-10', '2026-03-10', 1, 'USD', 'no idea', 'a test'
        from generate_series(1, 40) as numbers (number)
        """
    )
    after = shown(undone)
    assert after.waiting == before.waiting + 40
    unmatched = after.tables["unmatched"]
    assert (len(unmatched.rows), unmatched.total) == (SHOWN, len(before.tables["unmatched"].rows) + 40)


def test_who_waits_for_a_person_is_who_has_no_date(undone: psycopg.Connection) -> None:
    queue = Reports(undone).rows("dunning_queue")
    assert any(row["next_action_on"] is None for row in queue)
    assert all((row["next_action_on"] is None) == (row["next_action"] in BY_A_PERSON) for row in queue)


def test_the_tax_of_the_month_is_the_sum_of_every_rate(undone: psycopg.Connection) -> None:
    taxes = shown(undone).tables["taxes"]
    assert (len(taxes.rows), taxes.total) == (12, 35)
    assert taxes.sums == {"USD": Decimal("2145.00")}


def test_rows_that_name_an_account_name_the_customer(undone: psycopg.Connection) -> None:
    tables = shown(undone).tables
    for name in ("overdue", "dunning"):
        assert tables[name].rows
        assert all(row["customer_name"] for row in tables[name].rows)

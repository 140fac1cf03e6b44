"""`dbt source freshness`: is usage still coming in, and are there new bank statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from orchestrator.deployment.dbt_views import connection_variables

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Clone
    from tests.dbt.conftest import Dbt

USED = """
    insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity)
    select 1, now() - interval '{hours} hours', gen_random_uuid(), 1, 1
"""
IMPORTED = """
    insert into billing.bank_transactions
    (fingerprint, booked_on, entered_on, amount, currency, remittance, source, imported_at)
    select 'x', '2026-01-01', '2026-01-01', 1, 'EUR', '', 'x', now() - interval '{hours} hours'
"""


EVENTS, STATEMENTS = "billing_events", "bank_transactions"


class Freshness(Protocol):
    """Asks as the analyst how fresh sources are whose newest rows are some hours old."""

    def __call__(self, *arguments: str, used: int = 1, imported: int = 1) -> dict[str, str]: ...


@pytest.fixture
def freshness(dbt: Dbt, clone: Clone, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> Freshness:
    for name, value in connection_variables(clone.url("billing_analyst"), "billing_analyst").items():
        monkeypatch.setenv(name, value)

    def ask(*arguments: str, used: int = 1, imported: int = 1) -> dict[str, str]:
        admin.execute("set session_replication_role = replica")
        admin.execute(USED.format(hours=used).encode())
        admin.execute(IMPORTED.format(hours=imported).encode())
        statuses = dbt("source freshness", "--target=analytics", *arguments).statuses
        return {name: statuses[name] for name in (EVENTS, STATEMENTS)}

    return ask


def test_sources_that_come_in_are_fresh(freshness: Freshness) -> None:
    assert freshness() == {EVENTS: "pass", STATEMENTS: "pass"}


def test_a_day_without_usage_and_four_without_a_statement_are_worth_a_look(freshness: Freshness) -> None:
    assert freshness(used=25, imported=97) == {EVENTS: "warn", STATEMENTS: "warn"}


def test_three_days_without_usage_and_ten_without_a_statement_fail(freshness: Freshness) -> None:
    assert freshness(used=73, imported=241) == {EVENTS: "error", STATEMENTS: "error"}


def test_how_long_is_too_long_is_a_variable(freshness: Freshness) -> None:
    longer = "--vars={usage_warn_hours: 80, usage_error_hours: 90, statements_warn_hours: 10}"
    assert freshness(longer, used=73, imported=20) == {EVENTS: "pass", STATEMENTS: "warn"}


def test_no_usage_at_all_fails(dbt: Dbt) -> None:
    assert dbt("source freshness").statuses[EVENTS] == "error"

"""A day of a finance person: money in another shape than expected, mistakes, and the way back from each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    import psycopg

    from tests.given import Given
    from tests.orchestrator.cli.conftest import Billing

STATEMENT = """\
entry_id,booked_on,amount,currency,payer,reference
BANK-ENTRY-0001,2026-03-05,130.00,EUR,Customer A,Invoice INV-2026-01-0001 and what else is open
BANK-ENTRY-0002,2026-03-05,50.00,EUR,A cousin of B,thank you
"""
TODAY = "--as-of=2026-03-05"
FIRST, SECOND = "INV-2026-01-0001", "INV-2026-01-0002"
THIRD, DRAFT, FOURTH = "INV-2026-02-0001", "INV-2026-02-0002", "INV-2026-02-0003"

Books = tuple[dict[str, str], dict[str, str]]


class Day:
    """Commands in the order of the day; after each, what is owed by invoice and what is held by account."""

    def __init__(self, billing: Billing, database: psycopg.Connection) -> None:
        self._billing = billing
        self._database = database

    def does(self, *command: str, exits: int = 0, says: str = "", check: int = 0) -> Books:
        done = self._billing(*command)
        assert done.returncode == exits, done.stderr
        assert says in done.stdout + done.stderr
        checked = self._billing("check")
        assert checked.returncode == check, checked.stdout + checked.stderr
        return self.books()

    def books(self) -> Books:
        self._database.execute("set billing.as_of = '2026-03-05'")
        return (
            self._amounts("select invoice_number, outstanding from reporting.outstanding"),
            self._amounts("select account_number, balance from reporting.credit_balances where balance <> 0"),
        )

    def _amounts(self, query: str) -> dict[str, str]:
        rows: list[tuple[str, Decimal]] = self._database.execute(query.encode()).fetchall()
        return {name: f"{amount:.2f}" for name, amount in rows}


@pytest.fixture
def day(billing: Billing, given: Given, database: psycopg.Connection) -> Day:
    """Two customers with 50.00 a month, January delivered."""
    plan = given.flat_plan("50.00")
    for account in ("A", "B"):
        given.subscription(given.customer(account, country="CH"), plan)
    assert billing("run", "2026-01", "--as-of=2026-02-01").returncode == 0
    return Day(billing, database)


@pytest.mark.slow
def test_every_mistake_of_a_day_has_a_way_back(day: Day, tmp_path: Path) -> None:
    january = {FIRST: "50.00", SECOND: "50.00"}
    assert day.does("run", "2026-02", "--as-of=2026-03-01", "--hold", says=DRAFT) == (january, {})
    assert day.does("pdf", DRAFT, "--draft", "-o", str(tmp_path / "draft.pdf")) == (january, {})
    void = day.does("void", DRAFT, "--reason=wrong seat count", "--as-of=2026-03-01", says=DRAFT, check=1)
    assert void == (january, {})
    assert day.does("run", "2026-02", "--as-of=2026-03-01", "--hold", says=FOURTH) == (january, {})
    assert day.does("deliver", TODAY) == (january, {})
    assert day.does("release", "2026-02", TODAY, says=FOURTH) == (january, {})
    both = january | {THIRD: "50.00", FOURTH: "50.00"}
    assert day.does("deliver", TODAY) == (both, {})

    statement = tmp_path / "statement.csv"
    statement.write_text(STATEMENT)
    beta = {SECOND: "50.00", FOURTH: "50.00"}
    assert day.does("bank", "import", str(statement), TODAY, exits=1, says="1 unmatched") == (beta, {"A": "30.00"})
    assert day.does("bank", "import", str(statement), TODAY) == (beta, {"A": "30.00"})
    wrong = day.does("bank", "assign", "BANK-ENTRY-0002", FOURTH, TODAY)
    assert wrong == ({SECOND: "50.00"}, {"A": "30.00"})
    undone = day.does("bank", "undo", "BANK-ENTRY-0002", "--reason=it was for January", TODAY)
    assert undone == (beta, {"A": "30.00"})
    right = day.does("bank", "assign", "BANK-ENTRY-0002", "--account=B", TODAY)
    assert right == ({FOURTH: "50.00"}, {"A": "30.00"})

    paid = day.does("pay", FOURTH, "60.00", "--reference=cheque 17", "--method=check", "--on=2026-03-05", TODAY)
    assert paid == ({}, {"A": "30.00", "B": "10.00"})
    payment = day._database.execute(  # noqa: SLF001 - the number that `pay` printed
        "select payment_id::text from billing.payments where reference = 'cheque 17'"
    ).fetchone()
    assert payment is not None
    reversed_ = day.does("reverse", payment[0], "--reason=the cheque bounced", TODAY)
    assert reversed_ == ({FOURTH: "50.00"}, {"A": "30.00"})
    assert day.does("payout", "A", "30.01", TODAY, exits=2) == reversed_
    assert day.does("payout", "A", "30.00", "--reference=back to Alpha", TODAY) == ({FOURTH: "50.00"}, {})

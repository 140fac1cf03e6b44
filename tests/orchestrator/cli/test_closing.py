"""A controller closes a month: what she reported stays, what comes later is booked later, and there is a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from tests.given import Given
    from tests.orchestrator.cli.conftest import Billing

INVOICE = "INV-2026-01-0001"
STATEMENT = """\
entry_id,booked_on,amount,currency,payer,reference
BANK-ENTRY-0001,2026-02-27,30.00,EUR,Customer A,INV-2026-01-0001
BANK-ENTRY-0002,2026-02-27,50.00,EUR,A cousin of A,thank you
"""


@pytest.fixture
def books(billing: Billing, given: Given) -> Billing:
    """January billed on the first of February."""
    given.subscription(given.customer("A", country="CH"), given.flat_plan("50.00"))
    assert billing("run", "2026-01", "--as-of=2026-02-01").returncode == 0
    return billing


@pytest.mark.slow
def test_a_closed_month_takes_nothing_and_changes_nothing(
    books: Billing, database: psycopg.Connection, tmp_path: Path
) -> None:
    before = books("export", "outstanding", "--as-of=2026-02-28").stdout
    closed = books("close", "2026-02", "--as-of=2026-03-04")
    assert (closed.returncode, closed.stdout) == (1, "2026-02 is closed.\n")
    assert "2026-02 have not been billed" in closed.stderr
    assert books("close", "2026-02", "--as-of=2026-03-04").returncode == 0

    for command in (
        ("pay", INVOICE, "10", "--on=2026-02-20", "--as-of=2026-03-05"),
        ("pay", INVOICE, "10", "--as-of=2026-02-20"),
        ("credit", INVOICE, "--amount=5", "--reason=x", "--as-of=2026-02-20", "--yes"),
        ("void", INVOICE, "--reason=x", "--as-of=2026-02-28"),
        ("collect", "--as-of=2026-02-28"),
        ("deliver", "--as-of=2026-02-28"),
    ):
        refused = books(*command)
        assert (refused.returncode, refused.stdout) == (2, ""), command
        assert "he books are closed until 2026-02-28" in refused.stderr, command

    statement = tmp_path / "statement.csv"
    statement.write_text(STATEMENT)
    assert books("bank", "import", str(statement), "--as-of=2026-03-05").returncode == 1
    assert books("export", "outstanding", "--as-of=2026-02-28").stdout == before
    assert ",20.00," in books("export", "outstanding", "--as-of=2026-03-05").stdout
    assert database.execute("select received_on::text, booked_on::text from billing.payments").fetchall() == [
        ("2026-02-27", "2026-03-01")
    ]
    assert books("check").returncode == 0


@pytest.mark.slow
def test_it_is_reopened_with_a_reason(books: Billing) -> None:
    assert books("close", "2026-02", "--as-of=2026-03-04").returncode == 1
    assert books("close", "2026-02", "--reopen", "--as-of=2026-03-05").returncode == 2
    assert books("close", "2026-02", "--reason=x").returncode == 2
    assert books("close", "2026-02", "--as-of=2026-02-27").returncode == 2
    reopened = books("close", "2026-02", "--reopen", "--reason=a late invoice", "--as-of=2026-03-05")
    assert (reopened.returncode, reopened.stdout) == (0, "2026-02 is open again.\n")
    assert books("pay", INVOICE, "10", "--on=2026-02-20", "--as-of=2026-03-05").returncode == 0


def test_a_month_that_is_not_over_is_not_closed(books: Billing) -> None:
    refused = books("close", "2026-02", "--as-of=2026-02-28")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "2026-02 is not over on 2026-02-28" in refused.stderr

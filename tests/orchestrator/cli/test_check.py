"""`billing check`: a head of the audit log kept outside, and objects that somebody changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

    from tests.given import Given
    from tests.orchestrator.cli.conftest import Billing

LAST = "entry = (select max(entry) from billing.audit_log)"
REWRITTEN = """
    update billing.audit_log set reason = 'another' where {last};
    update billing.audit_log set hash = billing.audit_entry_hash(
        entry, recorded_at, business_date, billing.audit_entry_texts(audit_log), previous_hash
    ) where {last}
"""

CHAINED = """
    update billing.audit_log set
        previous_hash = coalesce((select hash from billing.audit_log where entry = %(entry)s - 1), ''),
        hash = billing.audit_entry_hash(
            entry, recorded_at, business_date, billing.audit_entry_texts(audit_log),
            coalesce((select hash from billing.audit_log where entry = %(entry)s - 1), '')
        )
    where entry = %(entry)s
"""


@pytest.fixture
def head(billing: Billing, given: Given) -> str:
    """What a check of some invoices has printed."""
    given.subscription(given.customer(country="CH"), given.flat_plan())
    given.run("2026-02")
    given.deliver()
    printed = re.search(r"head (\d+:[0-9a-f]{64})", billing("check").stderr)
    assert printed is not None
    return printed[1]


def test_a_log_that_only_grew_still_has_the_head_that_was_kept(billing: Billing, given: Given, head: str) -> None:
    given.run("2026-03")
    result = billing("check", "--audit-head", head)
    assert (result.returncode, result.stdout) == (0, "")


def test_a_log_that_was_cut_off_at_its_end_is_named(billing: Billing, admin: psycopg.Connection, head: str) -> None:
    admin.execute("set session_replication_role = replica")
    admin.execute(f"delete from billing.audit_log where {LAST}".encode())
    assert billing("check").returncode == 0
    result = billing("check", "--audit-head", head)
    assert result.returncode == 1
    entry = head.partition(":")[0]
    assert f"entry {entry}: the log ends before it: entries were cut off" in result.stdout


def test_a_log_that_was_written_anew_is_named(billing: Billing, admin: psycopg.Connection, head: str) -> None:
    admin.execute("set session_replication_role = replica")
    for statement in REWRITTEN.format(last=LAST).split(";"):
        admin.execute(statement.encode())
    assert billing("check").returncode == 0
    result = billing("check", "--audit-head", head)
    assert result.returncode == 1
    assert "it, or one before it, was changed" in result.stdout


@pytest.mark.parametrize(
    "text", ["", "7", "7:abc", f"-1:{'a' * 64}", f"1:{'g' * 64}", f"1:{'a' * 64}:2", "\uff11:" + "a" * 64]
)
def test_what_is_no_head_is_refused(billing: Billing, text: str) -> None:
    result = billing("check", f"--audit-head={text}")
    assert (result.returncode, result.stdout) == (2, "")
    assert "is no head of the audit log" in result.stderr


def test_what_check_names_is_put_back_by_up(billing: Billing, admin: psycopg.Connection) -> None:
    admin.execute("drop trigger numbered_invoices_do_not_change on billing.invoices")
    admin.execute("drop function billing.audit_head() cascade")
    admin.execute("create function billing.evil() returns trigger language plpgsql as 'begin return new; end'")
    admin.execute("create trigger evil before insert on billing.payments for each row execute function billing.evil()")
    admin.execute("drop view reporting.aging cascade")
    admin.execute("grant update on billing.invoices to billing_worker")
    admin.execute("create table billing.mine ()")
    restored = billing("up")
    assert restored.returncode == 1
    assert "Put back: table billing.invoices: grant of update to billing_worker is not declared." in restored.stderr
    assert "Cannot be put back: table billing.mine: it is not declared." in restored.stderr
    checked = billing("check")
    assert (checked.returncode, checked.stdout) == (
        1,
        "the database is as it was deployed: table billing.mine: it is not declared\n",
    )


def test_what_an_earlier_version_numbered_is_sealed_by_up(
    billing: Billing, admin: psycopg.Connection, head: str
) -> None:
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")
        admin.execute("delete from billing.audit_log where topic = 'document'")
        admin.execute("update billing.audit_log set seal = null")
        for (entry,) in admin.execute("select entry from billing.audit_log order by entry").fetchall():
            admin.execute(CHAINED, {"entry": entry})
    before = billing("check")
    assert before.returncode == 0
    assert "Not sealed, a change would not show: 2 records of an earlier version" in before.stderr
    assert "Sealed as they are: 2 records that an earlier version made final." in billing("up").stderr
    after = billing("check")
    assert (after.returncode, "sealed" in after.stderr) == (0, False)
    assert f"{int(head.partition(':')[0]) + 1} entries" in after.stderr
    assert "Sealed" not in billing("up").stderr


@pytest.mark.usefixtures("head")
@pytest.mark.parametrize(
    "sabotage",
    [
        "update billing.invoices set subtotal = subtotal + 1, total = total + 1",
        "update billing.invoice_line_items set amount = amount - 1, gross_amount = gross_amount - 1",
    ],
)
def test_a_journal_that_does_not_balance_is_named(billing: Billing, admin: psycopg.Connection, sabotage: str) -> None:
    admin.execute("set session_replication_role = replica")
    admin.execute(sabotage.encode())
    result = billing("check")
    assert result.returncode == 1
    assert "the journal balances: INV-2026-02-0001: 1.00 EUR more on the one side" in result.stdout

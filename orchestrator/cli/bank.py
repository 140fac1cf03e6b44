"""billing bank: statements in, and by hand what no rule could match."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer

from orchestrator.cli.app import AsOf, Future, app
from orchestrator.cli.checkouts import end_payment_pages
from orchestrator.cli.console import print_line, print_table, say
from orchestrator.config import Settings
from orchestrator.database import Database, connected
from orchestrator.deliver import WORKER_ROLE
from orchestrator.errors import DONE, NEEDS_PERSON
from orchestrator.money import counted
from orchestrator.statements import import_statement

bank = typer.Typer(help="Bank statements: import, and assign what matched nothing.", no_args_is_help=True)
app.add_typer(bank, name="bank")

Transaction = Annotated[int, typer.Argument(metavar="ID", help="Its number, as `billing bank unmatched` shows it.")]


@bank.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CAMT.053 XML, MT940 or CSV.")],
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file that names the columns of another bank's CSV.")
    ] = None,
    as_of: AsOf = None,
    *,
    future: Future = False,
) -> None:
    """Import a statement: payments matched by reference. The same entries again are booked no second time."""
    settings = Settings.from_environment()
    with connected(settings, WORKER_ROLE, name="bank", as_of=as_of, future=future) as connection:
        database = Database(connection)
        imported = import_statement(database, file, mapping=mapping, report=say)
        ended = end_payment_pages(settings, database, as_of=as_of)
    counts = imported.counts
    parts = [f"{counts[status]:,} {status}" for status in ("matched", "partial", "overpaid", "unmatched")]
    parts += [f"{counts[status]:,} {status}" for status in ("returned", "ignored") if counts[status]]
    entries = counted(imported.entries, "entry", "entries")
    print_line(f"{file.name}: {entries}, {imported.new:,} new: {', '.join(parts)}")
    for entry in imported.unmatched:
        say(f"{entry.entry_id or entry.bank_transaction_id}: unmatched, {entry.status_reason}")
    if counts["unmatched"] > len(imported.unmatched):
        say(f"… and {counts['unmatched'] - len(imported.unmatched):,} more. All of them: billing bank unmatched")
    raise typer.Exit(max(ended, NEEDS_PERSON if imported.needs_person else DONE))


@bank.command()
def unmatched() -> None:
    """List the entries that wait for a person, each with the invoices that would fit."""
    with connected(Settings.from_environment(), WORKER_ROLE, name="bank") as connection:
        database = Database(connection)
        waiting = database.unmatched_bank_transactions()
        suggestions = database.bank_suggestions([each.bank_transaction_id for each in waiting])
    if not waiting:
        print_line("Every entry is matched.")
        return
    fits: defaultdict[int, list[str]] = defaultdict(list)
    for fit in suggestions:
        fits[fit.bank_transaction_id].append(f"{fit.invoice_number} ({fit.reason})")
    columns = ("id", "entry", "booked on", "amount", "currency", "payer", "text", "why", "would fit")
    rows = (
        (
            each.bank_transaction_id,
            each.entry_id,
            each.booked_on,
            each.amount,
            each.currency,
            each.payer_name,
            each.remittance,
            each.status_reason,
            ", ".join(fits[each.bank_transaction_id]),
        )
        for each in waiting
    )
    print_table(counted(len(waiting), "unmatched entry", "unmatched entries"), columns, rows, right=("amount",))


@bank.command()
def assign(
    transaction: Transaction,
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="Its number, such as INV-2026-02-0047.")],
    as_of: AsOf = None,
    *,
    future: Future = False,
) -> None:
    """Say which invoice an unmatched entry pays."""
    with connected(Settings.from_environment(), WORKER_ROLE, name="bank", as_of=as_of, future=future) as connection:
        database = Database(connection)
        assigned = database.assign_bank_transaction(
            transaction, invoice_number=invoice, as_of=as_of or database.reporting_date()
        )
    print_line(f"{invoice}: {assigned.applied:,f} applied, the entry is {assigned.status}.")


@bank.command()
def ignore(
    transaction: Transaction,
    reason: Annotated[str, typer.Option(help="Why it is no customer's payment.")],
    as_of: AsOf = None,
    *,
    future: Future = False,
) -> None:
    """Say that an unmatched entry is no customer's payment."""
    with connected(Settings.from_environment(), WORKER_ROLE, name="bank", as_of=as_of, future=future) as connection:
        Database(connection).ignore_bank_transaction(transaction, reason=reason)
    print_line(f"Entry {transaction} is ignored.")

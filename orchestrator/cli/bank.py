"""billing bank: statements in, and by hand what no rule could match."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.bank.statements import SHOWN, import_statement
from orchestrator.cli.app import AsOf, Future, Yes, app, confirmed, document_number
from orchestrator.cli.checkouts import end_payment_pages
from orchestrator.config import Settings
from orchestrator.console import print_line, print_table, say
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.engine.database import Database, connected
from orchestrator.errors import DONE, NEEDS_PERSON, BillingError
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from orchestrator.engine.bank import AssignedTransaction

bank = typer.Typer(help="Bank statements: import, assign what matched nothing, undo a match.", no_args_is_help=True)
app.add_typer(bank, name="bank")

Entry = Annotated[
    str, typer.Argument(metavar="ENTRY", help="Its id or the bank's reference, as `billing bank unmatched` shows them.")
]


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
    for entry in imported.returned:
        say(f"{entry.entry_id or entry.bank_transaction_id}: returned, {entry.status_reason}")
    for entry in imported.unmatched:
        say(f"{entry.entry_id or entry.bank_transaction_id}: unmatched, {entry.status_reason}")
    if counts["unmatched"] > len(imported.unmatched):
        say(f"… and {counts['unmatched'] - len(imported.unmatched):,} more. All of them: billing bank unmatched")
    for entry in imported.doubtful[:SHOWN]:
        name = entry.entry_id or entry.bank_transaction_id
        say(f"{name}: {entry.concern}. If it is wrong: billing bank undo {entry.bank_transaction_id} --reason …")
    if len(imported.doubtful) > SHOWN:
        say(f"… and {len(imported.doubtful) - SHOWN:,} more of this kind.")
    raise typer.Exit(max(ended, NEEDS_PERSON if imported.needs_person else DONE))


@bank.command()
def unmatched() -> None:
    """List the entries that wait for a person, each with the invoices that would fit."""
    with connected(Settings.from_environment(), WORKER_ROLE, name="bank") as connection:
        database = Database(connection)
        waiting = database.unmatched_bank_transactions()
        ids = [each.bank_transaction_id for each in waiting]
        suggestions = database.bank_suggestions(ids)
        payments = database.bank_payment_suggestions(ids)
    if not waiting:
        print_line("No entry waits.")
        return
    fits: defaultdict[int, list[str]] = defaultdict(list)
    for payment in payments:
        what = f"payment {payment.payment_id} ({payment.method} of {payment.received_on}, {payment.account_number})"
        fits[payment.bank_transaction_id].append(what)
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
    entry: Entry,
    invoices: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INVOICE]...", parser=document_number, help="Their numbers, in the order of paying."),
    ] = None,
    account: Annotated[
        str | None,
        typer.Option(metavar="ACCOUNT", help="It is money of this account, for what is open, oldest first."),
    ] = None,
    payment: Annotated[
        int | None,
        typer.Option(metavar="ID", help="It is this payment, which was booked by hand; or it took the payment back."),
    ] = None,
    as_of: AsOf = None,
    *,
    yes: Yes = False,
    future: Future = False,
) -> None:
    """Say what an unmatched entry pays: invoices, an account, or a payment that was booked already."""
    if (bool(invoices), account is not None, payment is not None).count(True) != 1:
        raise BillingError("Name invoices, or --account, or --payment.")
    settings = Settings.from_environment()
    with connected(settings, WORKER_ROLE, name="bank", as_of=as_of, future=future) as connection:
        database = Database(connection)
        on = as_of or database.reporting_date()
        key = database.find_bank_transaction(entry)
        if payment is not None:
            status = database.assign_bank_transaction_to_payment(key, payment_id=payment, as_of=on)
            print_line(f"Payment {payment}: the entry is {status}.")
        elif account is not None:
            assigned = database.assign_bank_transaction_to_account(key, account_number=account, as_of=on)
            _print_assigned(f"Account {account}", assigned)
        else:
            assigned = confirmed(
                lambda is_confirmed: database.assign_bank_transaction(
                    key, invoice_numbers=invoices or [], as_of=on, is_confirmed=is_confirmed
                ),
                yes=yes,
            )
            _print_assigned(", ".join(invoices or []), assigned)
        ended = end_payment_pages(settings, database, as_of=as_of)
    raise typer.Exit(ended)


STATUS = {"partial": "a part payment"}
"""What a person would say of an entry where the word of the database says less."""


def _print_assigned(what: str, assigned: AssignedTransaction) -> None:
    said = f" ({assigned.status_reason})" if assigned.status_reason else ""
    print_line(
        f"{what}: {assigned.applied:,f} applied, the entry is {STATUS.get(assigned.status, assigned.status)}{said}."
    )


@bank.command()
def ignore(
    entry: Entry,
    reason: Annotated[str, typer.Option(help="Why it is no customer's payment.")],
    as_of: AsOf = None,
    *,
    future: Future = False,
) -> None:
    """Say that an unmatched entry is no customer's payment."""
    with connected(Settings.from_environment(), WORKER_ROLE, name="bank", as_of=as_of, future=future) as connection:
        database = Database(connection)
        database.ignore_bank_transaction(database.find_bank_transaction(entry), reason=reason)
    print_line(f"Entry {entry} is ignored.")


@bank.command()
def undo(
    entry: Entry,
    reason: Annotated[str, typer.Option(help="Why it was wrong.")],
    as_of: AsOf = None,
    *,
    future: Future = False,
) -> None:
    """Put an entry back among those that wait: what it paid is open again."""
    with connected(Settings.from_environment(), WORKER_ROLE, name="bank", as_of=as_of, future=future) as connection:
        database = Database(connection)
        undone = database.undo_bank_transaction(
            database.find_bank_transaction(entry), reason=reason, as_of=as_of or database.reporting_date()
        )
    taken = f": {undone.reversed:,f} taken back" if undone.reversed else ""
    kept = f": {undone.restored:,f} counts as received again" if undone.restored else ""
    print_line(f"Entry {entry} is unmatched again{taken or kept}.")

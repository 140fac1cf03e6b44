"""What a change of a contract bills, and when: shown before it is done."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from orchestrator.console import format_cell, print_line, print_table
from orchestrator.errors import BillingError
from orchestrator.files.corrections import tell_credits
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from orchestrator.engine.changes import ChangedCharge

NEVER = "none"
"""The run of a service whose month was never run: nobody bills it."""


def print_differences(charges: list[ChangedCharge]) -> None:
    """Tell charge by charge what another run will bill, then what each run bills more or less."""
    if not charges:
        print_line("No amount changes, as things stand.")
        return
    amounts = ("before", "then", "difference")
    rows = (
        (
            _run(charge.billed_in),
            charge.service_period,
            charge.description,
            _quantity(charge),
            charge.owed_before,
            charge.owed_after,
            _signed(charge.difference),
            charge.invoice_number,
        )
        for charge in charges
    )
    columns = ("run", "service period", "charge", "quantity", *amounts, "corrects")
    print_table(f"What it bills, in {charges[0].currency} net of tax", columns, rows, right=("quantity", *amounts))
    for month, of_run in groupby(charges, lambda charge: charge.billed_in):
        print_line(_summed(month, list(of_run)))
    tell_credits(((one.invoice_number, one.credit_notes) for one in charges if one.difference < 0), print_line)


def require_meant(charges: Iterable[ChangedCharge], *, is_correct: bool) -> None:
    """Refuse what makes standing invoices owe another amount, unless that is meant."""
    billed = {charge.charge_key: charge.invoice_number for charge in charges if charge.invoice_number is not None}
    if billed and not is_correct:
        invoices = len(set(billed.values()))
        raise BillingError(
            f"{counted(len(billed), 'charge')} of {counted(invoices, 'invoice')} would owe another amount. "
            "Nothing was changed. Give --correct to change it all the same: the next run bills the difference."
        )


def _summed(month: date | None, charges: list[ChangedCharge]) -> str:
    total = sum((charge.difference for charge in charges), Decimal())
    amount = (
        f"{format_cell(abs(total))} {charges[0].currency} {'less' if total < 0 else 'more'}" if total else "the same"
    )
    if month is None:
        return f"No run bills what is owed {amount}: the months in which it fell due were never run."
    corrected = sorted({charge.invoice_number for charge in charges if charge.invoice_number is not None})
    if not corrected:
        return f"The run of {_run(month)} bills {amount}."
    correction = sum((charge.difference for charge in charges if charge.invoice_number is not None), Decimal())
    return f"The run of {_run(month)} bills {amount}; it corrects {', '.join(corrected)} by {_signed(correction)}."


def _run(month: date | None) -> str:
    return NEVER if month is None else f"{month:%Y-%m}"


def _signed(amount: Decimal) -> str:
    return f"+{format_cell(amount)}" if amount > 0 else format_cell(amount)


def _quantity(charge: ChangedCharge) -> str:
    before, after = (
        None if quantity is None else format_cell(quantity)
        for quantity in (charge.quantity_before, charge.quantity_after)
    )
    if before is None or after is None or before == after:
        return after or before or ""
    return f"{before} → {after}"

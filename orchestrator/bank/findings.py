"""What is worth a person's look in a statement that could be read."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from orchestrator.bank.entries import BankEntry

FAR_AHEAD = timedelta(days=31)
FAR_BEHIND = timedelta(days=5 * 366)
HUGE = Decimal(10**10)
"""In whatever currency: no transfer of a customer, but perhaps a decimal separator that was lost."""


def balance_findings(
    where: str, *, opening: Decimal | None, closing: Decimal | None, movements: Sequence[Decimal]
) -> list[str]:
    """Compare the balances with the booked entries; a difference means that entries are missing or too many."""
    if opening is None or closing is None:
        return []
    difference = closing - (opening + sum(movements))
    if not difference:
        return []
    finding = (
        f"{where}: the opening balance {opening} and {len(movements)} entries do not add up to the closing balance"
        f" {closing}; the difference is {difference}."
    )
    return [finding]


def repeat_findings(repeated: Sequence[BankEntry]) -> list[str]:
    """Name entries that several statements of one file hold: equal ones without a reference cannot be told apart."""
    return [
        f"Entry {entry.entry_id or 'without reference'} of {entry.booked_on}, {entry.amount} {entry.currency}, stands"
        " in more than one statement of the file; it counts once."
        for entry in repeated
    ]


def doubtful_findings(entries: Sequence[BankEntry], *, today: date) -> list[str]:
    """Name entries whose date or amount can hardly be meant; they are imported all the same."""
    findings = []
    for entry in entries:
        name = f"Entry {entry.entry_id or 'without reference'} of {entry.booked_on}, {entry.amount} {entry.currency}"
        if entry.booked_on > today + FAR_AHEAD:
            findings.append(f"{name}, is dated far in the future. Is the date right?")
        elif entry.booked_on < today - FAR_BEHIND:
            findings.append(f"{name}, is dated far in the past. Is the date right?")
        if abs(entry.amount) >= HUGE:
            findings.append(f"{name}, is very large. Is the amount right?")
    return findings

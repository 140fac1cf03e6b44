"""What a load would change of what was billed: refused with the rows that do it, or taken and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import BillingError
from orchestrator.files.problems import PROBLEMS_SHOWN
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from orchestrator.engine.contract import Correction

    Report = Callable[[str], None]

NOTHING_LOADED = " Nothing was loaded."


def refuse_corrections(found: Sequence[Correction], report: Report) -> None:
    """Tell what would owe another amount, and refuse it."""
    _tell_each(found, report)
    raise BillingError(
        f"Another amount would be owed for {_counted(found)}.{NOTHING_LOADED} "
        "Give --correct to load it all the same: the next run bills the difference."
    )


def tell_corrections(found: Sequence[Correction], report: Report) -> None:
    """Tell what owes another amount from now on."""
    _tell_each(found, report)
    report(f"Another amount is owed for {_counted(found)}: the next run bills the difference.")


def tell_credits(taken_back: Iterable[tuple[str | None, str | None]], report: Report) -> None:
    """Tell which invoices, that less is owed of now, were credited before: credit notes do not count as billed back."""
    for invoice_number, credit_notes in sorted({(one, notes) for one, notes in taken_back if one and notes}):
        report(f"{invoice_number} was credited before, by {credit_notes}: what is taken back now comes on top of that.")


def _tell_each(found: Sequence[Correction], report: Report) -> None:
    for one in found[:PROBLEMS_SHOWN]:
        place = "" if one.file is None else f"{one.file}:{one.line}: "
        report(
            f"{place}account {one.account_number}: {one.invoice_number}, {one.charge} of {one.service_period}: "
            f"owed {one.owed_before:f} before, {one.owed_after:f} now"
        )
    if len(found) > PROBLEMS_SHOWN:
        report(f"and {len(found) - PROBLEMS_SHOWN} more")
    tell_credits(((one.invoice_number, one.credit_notes) for one in found if one.owed_after < one.owed_before), report)


def _counted(found: Sequence[Correction]) -> str:
    invoices = len({one.invoice_number for one in found})
    return f"{counted(len(found), 'charge')} of {counted(invoices, 'invoice')}"

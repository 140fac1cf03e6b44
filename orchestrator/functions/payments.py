"""Money booked by hand, and dunning where none came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.functions.session import Session
from orchestrator.rows import DunningSteps

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPayment:
    """What became of a payment made by hand."""

    payment_id: int
    is_repeat: bool
    applied: Decimal
    outstanding: Decimal
    credit_balance: Decimal
    other_invoices: list[dict[str, str]]


class Payments(Session):
    """What is booked, and what is done about what is not."""

    def record_payment(  # noqa: PLR0913 - what a payment is
        self, *, invoice_number: str, amount: Decimal, on: date, method: str, reference: str | None, is_confirmed: bool
    ) -> RecordedPayment:
        """Book a payment made by hand; ConfirmationNeededError where it looks like a mistake."""
        return self._row(
            "record_payment",
            RecordedPayment,
            invoice_number=invoice_number,
            amount=amount,
            on=on,
            method=method,
            reference=reference,
            is_confirmed=is_confirmed,
        )

    def advance_dunning(self, *, as_of: date) -> DunningSteps:
        """Take every step of dunning that is due."""
        return self._row("advance_dunning", DunningSteps, as_of=as_of)

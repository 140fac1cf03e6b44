"""Money booked by hand, and dunning where none came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.functions.session import Session
from orchestrator.rows import DunningSteps, RecordedPayment

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


class Payments(Session):
    """What is booked, and what is done about what is not."""

    def record_payment(
        self, *, invoice_number: str, amount: Decimal, on: date, method: str, reference: str
    ) -> RecordedPayment:
        """Book a payment made by hand."""
        return self._row(
            "record_payment",
            RecordedPayment,
            invoice_number=invoice_number,
            amount=amount,
            on=on,
            method=method,
            reference=reference,
        )

    def advance_dunning(self, *, as_of: date) -> DunningSteps:
        """Take every step of dunning that is due."""
        return self._row("advance_dunning", DunningSteps, as_of=as_of)

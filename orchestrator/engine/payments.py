"""Money booked by hand, and dunning where none came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningSteps:
    """What one advance of dunning did."""

    letters: int
    charges: int
    tasks: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPayment:
    """What became of a payment made by hand."""

    payment_id: int
    is_repeat: bool
    applied: Decimal
    outstanding: Decimal
    credit_balance: Decimal
    other_invoices: list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPayout:
    """What became of a payout."""

    payout_id: int
    is_repeat: bool
    credit_balance: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """What was taken back, and which invoices are open for it."""

    is_repeat: bool
    amount: Decimal
    currency: str
    opened_invoices: list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """An invoice that waits for a person: in the review queue, or for a task of dunning."""

    invoice_number: str
    account_number: str
    currency: str
    outstanding: Decimal
    reason: str
    is_task: bool


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

    def reverse_payment(self, payment_id: int, *, reason: str, as_of: date) -> Reversal:
        """Take back a payment that was booked by hand."""
        return self._row("reverse_payment", Reversal, payment_id=payment_id, reason=reason, as_of=as_of)

    def reverse_payout(self, payout_id: int, *, reason: str, as_of: date) -> Reversal:
        """Take a payout back."""
        return self._row("reverse_payout", Reversal, payout_id=payout_id, reason=reason, as_of=as_of)

    def record_payout(
        self, *, account_number: str, amount: Decimal, on: date, reference: str | None, is_confirmed: bool
    ) -> RecordedPayout:
        """Book credit balance that was paid out; ConfirmationNeededError where it looks like a mistake."""
        return self._row(
            "record_payout",
            RecordedPayout,
            account_number=account_number,
            amount=amount,
            on=on,
            reference=reference,
            is_confirmed=is_confirmed,
        )

    def advance_dunning(self, *, as_of: date) -> DunningSteps:
        """Take every step of dunning that is due."""
        return self._row("advance_dunning", DunningSteps, as_of=as_of)

    def reviews_since(self, *, entry: int) -> list[Review]:
        """Invoices in the review queue that came there after an entry of the audit log."""
        return self._rows("reviews_since", Review, entry=entry)

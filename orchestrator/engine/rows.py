"""What the SQL functions return, one frozen row type each, with the names of their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDocument:
    """A document that this worker, and nobody else, renders; the attempt is its fencing token."""

    document_id: int
    document_number: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDocument:
    """A numbered invoice, or a credit note, without its PDF."""

    document_number: str
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenInvariant:
    """Something that must always hold and does not."""

    invariant: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """The end of the audit log's hash chain."""

    entry: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWork:
    """How much is left to deliver."""

    documents: int
    charges: int
    refunds: int
    emails: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedEmail:
    """An e-mail that this worker, and nobody else, sends; the attempt is its fencing token."""

    email_id: int
    message_id: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningSteps:
    """What one advance of dunning did."""

    letters: int
    charges: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedEntry:
    """What became of an entry of a bank statement."""

    bank_transaction_id: int
    entry_id: str | None
    status: str
    status_reason: str | None
    applied: Decimal
    is_new: bool
    is_of_another_statement: bool
    concern: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedTransaction:
    """An entry of a bank statement that waits for a person."""

    bank_transaction_id: int
    entry_id: str | None
    booked_on: date
    amount: Decimal
    currency: str
    payer_name: str | None
    payer_iban: str | None
    remittance: str
    status_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankSuggestion:
    """An invoice that an unmatched entry may pay, and why."""

    bank_transaction_id: int
    invoice_number: str
    account_number: str
    customer_name: str
    currency: str
    outstanding: Decimal
    due_on: date
    score: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedTransaction:
    """What became of an entry assigned by hand."""

    status: str
    status_reason: str | None
    applied: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPaymentSuggestion:
    """A payment booked by hand that an unmatched entry may be."""

    bank_transaction_id: int
    payment_id: int
    account_number: str
    customer_name: str
    received_on: date
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneTransaction:
    """What undoing a match took back, or what a return that was none had taken back."""

    reversed: Decimal
    restored: Decimal

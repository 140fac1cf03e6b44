"""Entries of bank statements, and whose invoices they pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from orchestrator.engine.session import Document


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


class Bank(Session):
    """Matched by the engine, or by a person."""

    def require_bank_entries(self, *, source: str, entries: list[Document]) -> None:
        """Refuse entries whose amount or currency cannot be."""
        self._run("require_bank_entries", source=source, entries=Jsonb(entries))

    def import_bank_entries(self, *, source: str, entries: list[Document]) -> list[BookedEntry]:
        """Store a piece of a statement and match its new entries."""
        return self._rows("import_bank_entries", BookedEntry, source=source, entries=Jsonb(entries))

    def unmatched_bank_transactions(self) -> list[UnmatchedTransaction]:
        """Entries that wait for a person."""
        return self._rows("unmatched_bank_transactions", UnmatchedTransaction)

    def bank_suggestions(self, bank_transaction_ids: list[int]) -> list[BankSuggestion]:
        """Invoices that entries may pay, for each the best first."""
        return self._rows("bank_suggestions", BankSuggestion, bank_transaction_ids=bank_transaction_ids)

    def bank_payment_suggestions(self, bank_transaction_ids: list[int]) -> list[BankPaymentSuggestion]:
        """Payments booked by hand that entries may be."""
        return self._rows("bank_payment_suggestions", BankPaymentSuggestion, bank_transaction_ids=bank_transaction_ids)

    def find_bank_transaction(self, entry: str) -> int:
        """Find the key of an entry by what is shown of it."""
        return self._value("find_bank_transaction", int, entry=entry)

    def assign_bank_transaction(
        self, bank_transaction_id: int, *, invoice_numbers: list[str], as_of: date, is_confirmed: bool
    ) -> AssignedTransaction:
        """Let an unmatched entry pay invoices; what looks like a mistake only if a person has confirmed it."""
        return self._row(
            "assign_bank_transaction",
            AssignedTransaction,
            bank_transaction_id=bank_transaction_id,
            invoice_numbers=invoice_numbers,
            as_of=as_of,
            is_confirmed=is_confirmed,
        )

    def assign_bank_transaction_to_account(
        self, bank_transaction_id: int, *, account_number: str, as_of: date
    ) -> AssignedTransaction:
        """Let an unmatched entry be money of a customer."""
        return self._row(
            "assign_bank_transaction_to_account",
            AssignedTransaction,
            bank_transaction_id=bank_transaction_id,
            account_number=account_number,
            as_of=as_of,
        )

    def assign_bank_transaction_to_payment(self, bank_transaction_id: int, *, payment_id: int, as_of: date) -> str:
        """Let an unmatched entry be a payment booked by hand, or take a payment back."""
        return self._value(
            "assign_bank_transaction_to_payment",
            str,
            bank_transaction_id=bank_transaction_id,
            payment_id=payment_id,
            as_of=as_of,
        )

    def undo_bank_transaction(self, bank_transaction_id: int, *, reason: str, as_of: date) -> UndoneTransaction:
        """Put an entry back among those that wait."""
        return self._row(
            "undo_bank_transaction",
            UndoneTransaction,
            bank_transaction_id=bank_transaction_id,
            reason=reason,
            as_of=as_of,
        )

    def ignore_bank_transaction(self, bank_transaction_id: int, *, reason: str) -> None:
        """Take an unmatched entry off the list."""
        self._run("ignore_bank_transaction", bank_transaction_id=bank_transaction_id, reason=reason)

"""Entries of bank statements, and whose invoices they pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from orchestrator.functions.session import Session
from orchestrator.rows import AssignedTransaction, BankSuggestion, BookedEntry, UnmatchedTransaction

if TYPE_CHECKING:
    from datetime import date

    from orchestrator.functions.session import Document


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

    def assign_bank_transaction(
        self, bank_transaction_id: int, *, invoice_number: str, as_of: date
    ) -> AssignedTransaction:
        """Let an unmatched entry pay an invoice."""
        return self._row(
            "assign_bank_transaction",
            AssignedTransaction,
            bank_transaction_id=bank_transaction_id,
            invoice_number=invoice_number,
            as_of=as_of,
        )

    def ignore_bank_transaction(self, bank_transaction_id: int, *, reason: str) -> None:
        """Take an unmatched entry off the list."""
        self._run("ignore_bank_transaction", bank_transaction_id=bank_transaction_id, reason=reason)

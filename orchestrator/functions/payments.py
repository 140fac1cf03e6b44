"""Money booked by hand, out of a bank statement or on the word of Stripe; and dunning, where none came."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from orchestrator.functions.session import Session
from orchestrator.rows import (
    AssignedTransaction,
    BankSuggestion,
    BookedEntry,
    DunningSteps,
    RecordedPayment,
    UnmatchedTransaction,
)

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from orchestrator.functions.session import Document
    from orchestrator.rows import WebhookEvent


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

    def import_bank_entries(self, *, source: str, entries: list[Document]) -> list[BookedEntry]:
        """Store the entries of a statement and match the new ones."""
        return self._rows("import_bank_entries", BookedEntry, source=source, entries=Jsonb(entries))

    def unmatched_bank_transactions(self) -> list[UnmatchedTransaction]:
        """Entries that wait for a person."""
        return self._rows("unmatched_bank_transactions", UnmatchedTransaction)

    def bank_suggestions(self, bank_transaction_id: int) -> list[BankSuggestion]:
        """Invoices an entry may pay, best first."""
        return self._rows("bank_suggestions", BankSuggestion, bank_transaction_id=bank_transaction_id)

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

    def latest_webhook_event_at(self) -> datetime | None:
        """When the newest event of the inbox was made at Stripe."""
        return self._optional("latest_webhook_event_at", datetime)

    def receive_webhook_event(self, event: WebhookEvent) -> None:
        """Put an event into the inbox, once."""
        self._run(
            "receive_webhook_event", id=event.webhook_event_id, type=event.event_type, payload=Jsonb(event.payload)
        )

    def process_webhook_events(self, *, as_of: date) -> int:
        """Act on every event that has not been acted on."""
        return self._value("process_webhook_events", int, as_of=as_of)

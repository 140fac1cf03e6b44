"""The SQL functions of the engine, one method each; the only place from which the orchestrator talks SQL."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import class_row, scalar_row, tuple_row
from psycopg.types.json import Jsonb

from orchestrator.deploy import connection_url, ensure_deployed
from orchestrator.errors import retried, translate_errors
from orchestrator.rows import (
    AssignedTransaction,
    AuditHead,
    BankSuggestion,
    BookedEntry,
    BrokenInvariant,
    ChargeOrder,
    ClaimedAttempt,
    ClaimedDocument,
    ClaimedEmail,
    ClaimedRefund,
    DunningSteps,
    OpenDocument,
    OpenWork,
    ParkedCustomer,
    PreviewLine,
    RecordedPayment,
    RefundOrder,
    RunSummary,
    UnbilledUsage,
    UnmatchedTransaction,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta
    from decimal import Decimal

    from psycopg.rows import RowFactory

    from orchestrator.config import Settings
    from orchestrator.rows import WebhookEvent
    from orchestrator.stripe_gateway import Declined

Document = dict[str, object]
Value = TypeVar("Value")
Row = TypeVar("Row")


class Database:
    """A connection and the functions that may be called on it."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    @contextmanager
    def transaction(self, *, is_kept: bool = True) -> Iterator[None]:
        """All or nothing; with `is_kept` false nothing, whatever happens."""
        with translate_errors(), self.connection.transaction(force_rollback=not is_kept):
            yield

    def reporting_date(self) -> date:
        """Today in the billing time zone."""
        return self._value("select billing.reporting_date()", {}, date)

    def clock(self) -> datetime:
        """Return the server's time, which leases and failures are measured with."""
        return self._value("select clock_timestamp()", {}, datetime)

    def billing_timezone(self) -> str:
        """Return the zone in which billing days begin."""
        return self._value("select billing.billing_timezone()", {}, str)

    def try_lead(self) -> bool:
        """Become the one schedule that leads, for as long as this connection lives."""
        return self._value("select billing.try_lead()", {}, bool)

    def maintain_partitions(self, *, as_of: date, months_ahead: int) -> None:
        """Keep monthly partitions ahead of the events."""
        query = "select billing.maintain_partitions(p_as_of => %(as_of)s, p_months_ahead => %(months_ahead)s)"
        self._run(query, {"as_of": as_of, "months_ahead": months_ahead})

    def roll_up_usage(self) -> int:
        """Bring daily_usage up to the raw events."""
        return self._value("select billing.roll_up_usage()", {}, int)

    def draft_invoices(self, *, period_start: date, as_of: date) -> int:
        """First step of a run: how many drafts were made."""
        query = "select billing.draft_invoices(p_period_start => %(period_start)s, p_as_of => %(as_of)s)"
        return self._value(query, {"period_start": period_start, "as_of": as_of}, int)

    def verify_run(self, *, period_start: date) -> int:
        """Second step: how many drafts equal their recomputation; VerificationError if one does not."""
        return self._value("select billing.verify_run(%(period_start)s)", {"period_start": period_start}, int)

    def close_run(self, *, period_start: date, as_of: date) -> int:
        """Last step: how many drafts were numbered and frozen."""
        query = "select billing.close_run(p_period_start => %(period_start)s, p_as_of => %(as_of)s)"
        return self._value(query, {"period_start": period_start, "as_of": as_of}, int)

    def preview_lines(self, *, period_start: date) -> list[PreviewLine]:
        """Lines of the drafts made in this transaction."""
        query = "select * from billing.preview_lines(%(period_start)s)"
        return self._rows(query, {"period_start": period_start}, PreviewLine)

    def parked_customers(self, *, period_start: date) -> list[ParkedCustomer]:
        """Whom the run of the month could not bill."""
        query = "select * from billing.parked_customers(%(period_start)s)"
        return self._rows(query, {"period_start": period_start}, ParkedCustomer)

    def runs(self, *, period: str) -> list[RunSummary]:
        """The run of a month."""
        query = """
            select period, currency, customers, invoiced, skipped, parked, usage, subscription, proration, tax, total
            from reporting.runs where period = %(period)s order by currency
        """
        return self._rows(query, {"period": period}, RunSummary)

    def unbilled_usage(self, *, period: str) -> list[UnbilledUsage]:
        """Usage of a month that nobody pays for."""
        query = """
            select account_number, metric, quantity, reason from reporting.unbilled_usage
            where period = %(period)s order by account_number, metric, reason
        """
        return self._rows(query, {"period": period}, UnbilledUsage)

    def open_documents(self) -> list[OpenDocument]:
        """Numbered invoices without a PDF."""
        return self._rows("select * from billing.open_documents()", {}, OpenDocument)

    def claim_documents(
        self, *, worker: str, limit: int, lease: timedelta, not_failed_since: datetime
    ) -> list[ClaimedDocument]:
        """Claim documents to render; those that failed since are left alone."""
        query = """
            select * from billing.claim_documents(
                p_worker => %(worker)s, p_limit => %(limit)s, p_lease => %(lease)s,
                p_not_failed_since => %(not_failed_since)s
            )
        """
        values = {"worker": worker, "limit": limit, "lease": lease, "not_failed_since": not_failed_since}
        return self._rows(query, values, ClaimedDocument)

    def document_content(self, *, document_id: int, public_url: str) -> Document:
        """Everything the template of an invoice or credit note shows."""
        query = "select billing.document_content(p_document_id => %(document_id)s, p_public_url => %(public_url)s)"
        return self._value(query, {"document_id": document_id, "public_url": public_url}, dict)

    def complete_document(self, claimed: ClaimedDocument, *, pdf: bytes) -> None:
        """Store the PDF and issue the invoice; ClaimLostError if somebody else has taken over."""
        query = """
            select billing.complete_document(
                p_document_id => %(document_id)s, p_attempt => %(attempt)s, p_pdf => %(pdf)b
            )
        """
        self._run(query, {"document_id": claimed.document_id, "attempt": claimed.attempt, "pdf": pdf})

    def fail_document(self, claimed: ClaimedDocument, *, error: str) -> None:
        """Give the document back, saying why."""
        query = """
            select billing.fail_document(
                p_document_id => %(document_id)s, p_attempt => %(attempt)s, p_error => %(error)s
            )
        """
        self._run(query, {"document_id": claimed.document_id, "attempt": claimed.attempt, "error": error})

    def document_pdf(self, *, document_number: str) -> bytes:
        """Return the stored PDF of an invoice or credit note."""
        query = "select billing.document_pdf(%(document_number)s)"
        return self._value(query, {"document_number": document_number}, bytes)

    def open_work(self) -> OpenWork:
        """How much is left to deliver."""
        return self._row("select * from billing.open_work()", {}, OpenWork)

    def claim_payment_attempts(
        self, *, worker: str, limit: int, lease: timedelta, not_failed_since: datetime
    ) -> list[ClaimedAttempt]:
        """Claim charges to send or to resolve."""
        query = """
            select * from billing.claim_payment_attempts(
                p_worker => %(worker)s, p_limit => %(limit)s, p_lease => %(lease)s,
                p_not_failed_since => %(not_failed_since)s
            )
        """
        values = {"worker": worker, "limit": limit, "lease": lease, "not_failed_since": not_failed_since}
        return self._rows(query, values, ClaimedAttempt)

    def begin_payment_attempt(self, claimed: ClaimedAttempt, *, as_of: date) -> ChargeOrder | None:
        """Note that a charge is about to be sent; None if nothing is due any more."""
        query = """
            select * from billing.begin_payment_attempt(
                p_payment_attempt_id => %(payment_attempt_id)s, p_claim => %(claim)s, p_as_of => %(as_of)s
            )
        """
        values = {"payment_attempt_id": claimed.payment_attempt_id, "claim": claimed.claim, "as_of": as_of}
        orders = self._rows(query, values, ChargeOrder)
        return orders[0] if orders else None

    def record_payment_intent(self, claimed: ClaimedAttempt, *, stripe_payment_intent_id: str) -> None:
        """Note the PaymentIntent before it is confirmed."""
        query = """
            select billing.record_payment_intent(
                p_payment_attempt_id => %(payment_attempt_id)s, p_claim => %(claim)s,
                p_stripe_payment_intent_id => %(intent_id)s
            )
        """
        self._run(
            query,
            {
                "payment_attempt_id": claimed.payment_attempt_id,
                "claim": claimed.claim,
                "intent_id": stripe_payment_intent_id,
            },
        )

    def record_stripe_customer(self, *, customer_id: int, stripe_customer_id: str) -> None:
        """Note the Stripe customer made for one who had none."""
        query = """
            select billing.record_stripe_customer(
                p_customer_id => %(customer_id)s, p_stripe_customer_id => %(stripe_customer_id)s
            )
        """
        self._run(query, {"customer_id": customer_id, "stripe_customer_id": stripe_customer_id})

    def record_charge_succeeded(self, claimed: ClaimedAttempt, *, stripe_amount: int, as_of: date) -> None:
        """Book the money of a charge, once."""
        query = """
            select billing.record_charge_succeeded(
                p_payment_attempt_id => %(payment_attempt_id)s, p_stripe_amount => %(amount)s, p_as_of => %(as_of)s
            )
        """
        values = {"payment_attempt_id": claimed.payment_attempt_id, "amount": stripe_amount, "as_of": as_of}
        self._run(query, values)

    def record_charge_declined(self, claimed: ClaimedAttempt, declined: Declined, *, as_of: date) -> None:
        """Record a declined card, with which dunning begins or goes on."""
        query = """
            select billing.record_charge_declined(
                p_payment_attempt_id => %(payment_attempt_id)s, p_claim => %(claim)s,
                p_advice_code => %(advice_code)s, p_decline_code => %(decline_code)s,
                p_error_code => %(code)s, p_as_of => %(as_of)s
            )
        """
        self._run(
            query,
            {
                "payment_attempt_id": claimed.payment_attempt_id,
                "claim": claimed.claim,
                "advice_code": declined.advice_code,
                "decline_code": declined.decline_code,
                "code": declined.code,
                "as_of": as_of,
            },
        )

    def record_charge_unknown(self, claimed: ClaimedAttempt, *, error: str) -> None:
        """Record that no usable answer came; the attempt stays open."""
        query = """
            select billing.record_charge_unknown(
                p_payment_attempt_id => %(payment_attempt_id)s, p_claim => %(claim)s, p_error => %(error)s
            )
        """
        values = {"payment_attempt_id": claimed.payment_attempt_id, "claim": claimed.claim, "error": error}
        self._run(query, values)

    def claim_refunds(
        self, *, worker: str, limit: int, lease: timedelta, not_failed_since: datetime
    ) -> list[ClaimedRefund]:
        """Claim refunds to send or to resolve."""
        query = """
            select * from billing.claim_refunds(
                p_worker => %(worker)s, p_limit => %(limit)s, p_lease => %(lease)s,
                p_not_failed_since => %(not_failed_since)s
            )
        """
        values = {"worker": worker, "limit": limit, "lease": lease, "not_failed_since": not_failed_since}
        return self._rows(query, values, ClaimedRefund)

    def begin_refund(self, claimed: ClaimedRefund, *, as_of: date) -> RefundOrder | None:
        """Note that a refund is about to be sent; None if there is nothing to give back any more."""
        query = """
            select * from billing.begin_refund(
                p_refund_id => %(refund_id)s, p_claim => %(claim)s, p_as_of => %(as_of)s
            )
        """
        values = {"refund_id": claimed.refund_id, "claim": claimed.claim, "as_of": as_of}
        orders = self._rows(query, values, RefundOrder)
        return orders[0] if orders else None

    def record_refund_succeeded(self, claimed: ClaimedRefund, *, stripe_refund_id: str, as_of: date) -> None:
        """Book a refund, once."""
        query = """
            select billing.record_refund_succeeded(
                p_refund_id => %(refund_id)s, p_stripe_refund_id => %(stripe_refund_id)s, p_as_of => %(as_of)s
            )
        """
        values = {"refund_id": claimed.refund_id, "stripe_refund_id": stripe_refund_id, "as_of": as_of}
        self._run(query, values)

    def record_refund_failed(self, claimed: ClaimedRefund, *, reason: str, as_of: date) -> None:
        """Record that Stripe will not refund; finance is told."""
        query = """
            select billing.record_refund_failed(
                p_refund_id => %(refund_id)s, p_claim => %(claim)s, p_reason => %(reason)s, p_as_of => %(as_of)s
            )
        """
        values = {"refund_id": claimed.refund_id, "claim": claimed.claim, "reason": reason, "as_of": as_of}
        self._run(query, values)

    def record_refund_unknown(self, claimed: ClaimedRefund, *, error: str) -> None:
        """Record that no usable answer came; the refund stays open."""
        query = """
            select billing.record_refund_unknown(
                p_refund_id => %(refund_id)s, p_claim => %(claim)s, p_error => %(error)s
            )
        """
        self._run(query, {"refund_id": claimed.refund_id, "claim": claimed.claim, "error": error})

    def credit_invoice(
        self, *, invoice_number: str, line: int | None, amount: Decimal | None, reason: str, as_of: date
    ) -> str:
        """Issue a credit note; its number."""
        query = """
            select billing.credit_invoice(
                p_invoice_number => %(invoice_number)s, p_line => %(line)s, p_amount => %(amount)s,
                p_reason => %(reason)s, p_as_of => %(as_of)s
            )
        """
        values = {
            "invoice_number": invoice_number,
            "line": line,
            "amount": amount,
            "reason": reason,
            "as_of": as_of,
        }
        return self._value(query, values, str)

    def claim_emails(
        self, *, worker: str, limit: int, lease: timedelta, not_failed_since: datetime
    ) -> list[ClaimedEmail]:
        """Claim e-mails to send; the attempt is on record."""
        query = """
            select * from billing.claim_emails(
                p_worker => %(worker)s, p_limit => %(limit)s, p_lease => %(lease)s,
                p_not_failed_since => %(not_failed_since)s
            )
        """
        values = {"worker": worker, "limit": limit, "lease": lease, "not_failed_since": not_failed_since}
        return self._rows(query, values, ClaimedEmail)

    def email_message(self, *, email_id: int, public_url: str) -> Document:
        """Everything the e-mail's template shows."""
        query = "select billing.email_message(p_email_id => %(email_id)s, p_public_url => %(public_url)s)"
        return self._value(query, {"email_id": email_id, "public_url": public_url}, dict)

    def stored_document(self, *, document_id: int) -> bytes:
        """Return the PDF to attach."""
        query = "select billing.stored_document(%(document_id)s)"
        return self._value(query, {"document_id": document_id}, bytes)

    def stored_documents(self) -> Iterator[tuple[str, bytes]]:
        """Yield every stored PDF with its number, one at a time."""
        query = "select document_number, pdf from billing.stored_documents()"
        with translate_errors(), self.connection.transaction(), self.connection.cursor(name="documents") as cursor:
            cursor.itersize = 20
            yield from cursor.execute(query)

    def record_email_result(self, claimed: ClaimedEmail, *, result: str, error: str | None) -> None:
        """Record what became of an attempt to send."""
        query = """
            select billing.record_email_result(
                p_email_id => %(email_id)s, p_attempt => %(attempt)s, p_result => %(result)s, p_error => %(error)s
            )
        """
        values = {"email_id": claimed.email_id, "attempt": claimed.attempt, "result": result, "error": error}
        self._run(query, values)

    def advance_dunning(self, *, as_of: date) -> DunningSteps:
        """Take every step of dunning that is due."""
        return self._row("select * from billing.advance_dunning(%(as_of)s)", {"as_of": as_of}, DunningSteps)

    def record_payment(
        self, *, invoice_number: str, amount: Decimal, on: date, method: str, reference: str
    ) -> RecordedPayment:
        """Book a payment made by hand."""
        query = """
            select * from billing.record_payment(
                p_invoice_number => %(invoice_number)s, p_amount => %(amount)s, p_on => %(on)s,
                p_method => %(method)s, p_reference => %(reference)s
            )
        """
        values = {
            "invoice_number": invoice_number,
            "amount": amount,
            "on": on,
            "method": method,
            "reference": reference,
        }
        return self._row(query, values, RecordedPayment)

    def import_bank_entries(self, *, source: str, entries: list[Document]) -> list[BookedEntry]:
        """Store the entries of a statement and match the new ones."""
        query = "select * from billing.import_bank_entries(p_source => %(source)s, p_entries => %(entries)s)"
        return self._rows(query, {"source": source, "entries": Jsonb(entries)}, BookedEntry)

    def unmatched_bank_transactions(self) -> list[UnmatchedTransaction]:
        """Entries that wait for a person."""
        return self._rows("select * from billing.unmatched_bank_transactions()", {}, UnmatchedTransaction)

    def bank_suggestions(self, bank_transaction_id: int) -> list[BankSuggestion]:
        """Invoices an entry may pay, best first."""
        return self._rows("select * from billing.bank_suggestions(%(id)s)", {"id": bank_transaction_id}, BankSuggestion)

    def assign_bank_transaction(
        self, bank_transaction_id: int, *, invoice_number: str, as_of: date
    ) -> AssignedTransaction:
        """Let an unmatched entry pay an invoice."""
        query = """
            select * from billing.assign_bank_transaction(
                p_bank_transaction_id => %(id)s, p_invoice_number => %(invoice_number)s, p_as_of => %(as_of)s
            )
        """
        values = {"id": bank_transaction_id, "invoice_number": invoice_number, "as_of": as_of}
        return self._row(query, values, AssignedTransaction)

    def ignore_bank_transaction(self, bank_transaction_id: int, *, reason: str) -> None:
        """Take an unmatched entry off the list."""
        query = "select billing.ignore_bank_transaction(p_bank_transaction_id => %(id)s, p_reason => %(reason)s)"
        self._run(query, {"id": bank_transaction_id, "reason": reason})

    def latest_webhook_event_at(self) -> datetime | None:
        """When the newest event of the inbox was made at Stripe."""
        return self._optional("select billing.latest_webhook_event_at()", {}, datetime)

    def receive_webhook_event(self, event: WebhookEvent) -> None:
        """Put an event into the inbox, once."""
        query = """
            select billing.receive_webhook_event(
                p_id => %(id)s, p_type => %(type)s, p_payload => %(payload)s
            )
        """
        values = {
            "id": event.webhook_event_id,
            "type": event.event_type,
            "payload": Jsonb(event.payload),
        }
        self._run(query, values)

    def process_webhook_events(self, *, as_of: date) -> int:
        """Act on every event that has not been acted on."""
        return self._value("select billing.process_webhook_events(%(as_of)s)", {"as_of": as_of}, int)

    def void_invoice(self, *, invoice_number: str, reason: str, as_of: date) -> None:
        """Void an issued invoice on which nothing was paid."""
        query = """
            select billing.void_invoice(
                p_invoice_number => %(invoice_number)s, p_reason => %(reason)s, p_as_of => %(as_of)s
            )
        """
        self._run(query, {"invoice_number": invoice_number, "reason": reason, "as_of": as_of})

    def broken_invariants(self) -> list[BrokenInvariant]:
        """Everything that must hold and does not."""
        return self._rows("select * from billing.broken_invariants()", {}, BrokenInvariant)

    def audit_head(self) -> AuditHead | None:
        """Return the newest entry of the audit log."""
        heads = self._rows("select * from billing.audit_head()", {}, AuditHead)
        return heads[0] if heads else None

    def _run(self, query: str, values: Mapping[str, object]) -> None:
        self._fetched(query, values, tuple_row)

    def _optional(self, query: str, values: Mapping[str, object], kind: type[Value]) -> Value | None:
        (value,) = self._fetched(query, values, scalar_row)
        return value if isinstance(value, kind) else None

    def _value(self, query: str, values: Mapping[str, object], kind: type[Value]) -> Value:
        (value,) = self._fetched(query, values, scalar_row)
        if not isinstance(value, kind):
            raise TypeError(f"{query} gave {type(value).__name__}, not {kind.__name__}")
        return value

    def _row(self, query: str, values: Mapping[str, object], row: type[Row]) -> Row:
        (only,) = self._rows(query, values, row)
        return only

    def _rows(self, query: str, values: Mapping[str, object], row: type[Row]) -> list[Row]:
        return self._fetched(query, values, class_row(row))

    def _fetched(self, query: str, values: Mapping[str, object], row_factory: RowFactory[Row]) -> list[Row]:
        """Call one function. Outside of a greater transaction it is one of its own, and may be tried again."""

        def call() -> list[Row]:
            with translate_errors(), self.connection.cursor(row_factory=row_factory) as cursor:
                return cursor.execute(query.encode(), values).fetchall()

        is_alone = self.connection.info.transaction_status is TransactionStatus.IDLE
        return retried(call) if is_alone else call()


@contextmanager
def connected(settings: Settings, role: str, *, name: str, as_of: date | None = None) -> Iterator[psycopg.Connection]:
    """Open a connection to the deployed database as a role; reports on it are taken as of a date."""
    ensure_deployed(settings)
    with opened(settings, role, name=name, as_of=as_of) as connection:
        yield connection


@contextmanager
def opened(settings: Settings, role: str, *, name: str, as_of: date | None = None) -> Iterator[psycopg.Connection]:
    """Open a connection to a database known to be deployed; named, so that pg_stat_activity tells who it is."""
    with (
        translate_errors(),
        psycopg.connect(
            connection_url(settings, role), autocommit=True, application_name=f"billing-{name}"
        ) as connection,
    ):
        connection.execute("set lock_timeout = '5min'")
        connection.execute("set jit = off")
        if as_of is not None:
            connection.execute("select set_config('billing.as_of', %(as_of)s, false)", {"as_of": as_of.isoformat()})
        yield connection

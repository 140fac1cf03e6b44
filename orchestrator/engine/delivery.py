"""Documents to render and e-mails to send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.session import Session
from orchestrator.errors import translate_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime, timedelta

    from orchestrator.engine.session import Document


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
class RefusedEmail:
    """An e-mail that waits for another address."""

    email_id: int
    message_id: str
    customer_id: int
    template: str
    to_address: str
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterWork:
    """Documents that wait for their day, and the first of them."""

    documents: int
    first_number: str | None
    first_on: date | None


class Delivery(Session):
    """Claims, contents and outcomes."""

    def open_work(self, *, as_of: date) -> OpenWork:
        """How much is left to deliver of what is dated then or before."""
        return self._row("open_work", OpenWork, as_of=as_of)

    def later_work(self, *, as_of: date) -> LaterWork:
        """What waits for the day that its documents are dated."""
        return self._row("later_work", LaterWork, as_of=as_of)

    def open_documents(self) -> list[OpenDocument]:
        """Numbered invoices without a PDF."""
        return self._rows("open_documents", OpenDocument)

    def claim_documents(
        self, *, worker: str, limit: int, lease: timedelta, not_failed_since: datetime, as_of: date
    ) -> list[ClaimedDocument]:
        """Claim documents to render; those that failed since are left alone."""
        return self._rows(
            "claim_documents",
            ClaimedDocument,
            worker=worker,
            limit=limit,
            lease=lease,
            not_failed_since=not_failed_since,
            as_of=as_of,
        )

    def document_content(self, *, document_id: int, public_url: str, has_gateway: bool) -> Document:
        """Everything the template of an invoice or credit note shows."""
        return self._value(
            "document_content", dict, document_id=document_id, public_url=public_url, has_gateway=has_gateway
        )

    def draft_document(self, *, invoice_number: str, public_url: str, has_gateway: bool) -> Document:
        """Everything a numbered draft will show, marked as one."""
        return self._value(
            "draft_document", dict, invoice_number=invoice_number, public_url=public_url, has_gateway=has_gateway
        )

    def complete_document(self, claimed: ClaimedDocument, *, pdf: bytes) -> bool:
        """Store the PDF and issue the invoice; false: render it anew. ClaimLostError if somebody took over."""
        return self._value("complete_document", bool, document_id=claimed.document_id, attempt=claimed.attempt, pdf=pdf)

    def fail_document(self, claimed: ClaimedDocument, *, error: str) -> None:
        """Give the document back, saying why."""
        self._run("fail_document", document_id=claimed.document_id, attempt=claimed.attempt, error=error)

    def document_pdf(self, *, document_number: str) -> bytes:
        """Return the stored PDF of an invoice or credit note."""
        return self._value("document_pdf", bytes, document_number=document_number)

    def stored_document(self, *, document_id: int) -> bytes:
        """Return the PDF to attach."""
        return self._value("stored_document", bytes, document_id=document_id)

    def stored_documents(self) -> Iterator[tuple[str, bytes]]:
        """Yield every stored PDF with its number, one at a time."""
        query = "select document_number, pdf from billing.stored_documents()"
        with translate_errors(), self.connection.transaction(), self.connection.cursor(name="documents") as cursor:
            cursor.itersize = 20
            yield from cursor.execute(query)

    def claim_emails(  # noqa: PLR0913 - all that a claim is
        self, *, worker: str, limit: int, lease: timedelta, not_failed_since: datetime, has_gateway: bool, as_of: date
    ) -> list[ClaimedEmail]:
        """Claim e-mails to send; the attempt is on record. With a gateway, a card invoice's waits for its charge."""
        return self._rows(
            "claim_emails",
            ClaimedEmail,
            worker=worker,
            limit=limit,
            lease=lease,
            not_failed_since=not_failed_since,
            as_of=as_of,
            has_gateway=has_gateway,
        )

    def email_message(self, *, email_id: int, public_url: str, has_gateway: bool, as_of: date) -> Document:
        """Everything the e-mail's template shows, when it is sent on that day."""
        return self._value(
            "email_message", dict, email_id=email_id, public_url=public_url, has_gateway=has_gateway, as_of=as_of
        )

    def record_email_result(self, claimed: ClaimedEmail, *, result: str, error: str | None) -> None:
        """Record what became of an attempt to send."""
        self._run("record_email_result", email_id=claimed.email_id, attempt=claimed.attempt, result=result, error=error)

    def refused_emails(self) -> list[RefusedEmail]:
        """E-mails that were refused for good and still matter."""
        return self._rows("refused_emails", RefusedEmail)

"""Documents to render and e-mails to send."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.session import Session
from orchestrator.errors import translate_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime, timedelta

    from orchestrator.engine.session import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A piece of work that this worker, and nobody else, does; the claim is its fencing token.

    The name is the number of its document, or the Message-ID.
    """

    subject_id: int
    name: str
    claim: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which a worker claims: for how long, nothing that failed in this delivery, nothing dated later."""

    worker: str
    lease: timedelta
    not_failed_since: datetime
    as_of: date


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

    @property
    def total(self) -> int:
        """Pieces of any kind."""
        return self.documents + self.charges + self.refunds + self.emails


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

    def refresh_queue(self) -> None:
        """Queue what is open and was missed."""
        self._run("refresh_queue")

    def later_work(self, *, as_of: date) -> LaterWork:
        """What waits for the day that its documents are dated."""
        return self._row("later_work", LaterWork, as_of=as_of)

    def open_documents(self) -> list[OpenDocument]:
        """Numbered invoices without a PDF."""
        return self._rows("open_documents", OpenDocument)

    def claim_work(self, kind: str, terms: Terms) -> Claimed | None:
        """Claim the next charge or refund, to send or to resolve."""
        return self._optional_row("claim_work", Claimed, kind=kind, limit=1, **asdict(terms))

    def claim_document(self, terms: Terms) -> Claimed | None:
        """Claim the next document to render."""
        return self._optional_row("claim_documents", Claimed, limit=1, **asdict(terms))

    def claim_email(self, terms: Terms, *, has_gateway: bool) -> Claimed | None:
        """Claim the next e-mail; the attempt is on record. With a gateway, a card invoice's waits for its charge."""
        return self._optional_row("claim_emails", Claimed, limit=1, has_gateway=has_gateway, **asdict(terms))

    def give_back_work(self, kind: str, claimed: Claimed, *, error: str) -> None:
        """Give a piece of work back, saying why."""
        self._run("give_back_work", kind=kind, subject_id=claimed.subject_id, claim=claimed.claim, error=error)

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

    def complete_document(self, claimed: Claimed, *, pdf: bytes) -> bool:
        """Store the PDF and issue the invoice; false: render it anew. ClaimLostError if somebody took over."""
        return self._value("complete_document", bool, document_id=claimed.subject_id, claim=claimed.claim, pdf=pdf)

    def document_pdf(self, *, document_number: str) -> bytes:
        """Return the stored PDF of an invoice or credit note."""
        return self._value("document_pdf", bytes, document_number=document_number)

    def stored_document(self, *, document_id: int) -> bytes:
        """Return the PDF to attach."""
        return self._value("stored_document", bytes, document_id=document_id)

    def stored_documents(self) -> Iterator[tuple[str, bytes]]:
        """Yield every stored PDF with its number, one at a time."""
        return self._documents(b"select document_number, pdf from billing.stored_documents()")

    def stored_documents_of_month(self, *, period_start: date) -> Iterator[tuple[str, bytes]]:
        """Yield the stored PDFs of invoices that bill a month and of credit notes issued in it, with their numbers."""
        return self._documents(b"select document_number, pdf from billing.stored_documents_of_month(%s)", period_start)

    def _documents(self, query: bytes, *values: object) -> Iterator[tuple[str, bytes]]:
        with translate_errors(), self.connection.transaction(), self.connection.cursor(name="documents") as cursor:
            cursor.itersize = 20
            yield from cursor.execute(query, values)

    def email_message(self, *, email_id: int, public_url: str, has_gateway: bool, as_of: date) -> Document:
        """Everything the e-mail's template shows, when it is sent on that day."""
        return self._value(
            "email_message", dict, email_id=email_id, public_url=public_url, has_gateway=has_gateway, as_of=as_of
        )

    def record_email_result(self, claimed: Claimed, *, result: str, error: str | None) -> None:
        """Record what became of an attempt to send."""
        self._run("record_email_result", email_id=claimed.subject_id, claim=claimed.claim, result=result, error=error)

    def refused_emails(self) -> list[RefusedEmail]:
        """E-mails that were refused for good and still matter."""
        return self._rows("refused_emails", RefusedEmail)

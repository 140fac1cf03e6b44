"""The kinds of work a delivery does: documents, refunds and e-mails, and charges (`charge`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from orchestrator.delivery.kind import Kind
from orchestrator.errors import BillingError, ClaimLostError, NeedsAttention, OutsideSystemError
from orchestrator.gateway.port import NoAnswerError, Refused
from orchestrator.mail.mailer import SendOutcome, SendResult
from orchestrator.mail.message import Attachment, MailError, build_message
from orchestrator.steps import Step, no_boundary

if TYPE_CHECKING:
    from datetime import date

    from orchestrator.documents.renderer import PdfRenderer
    from orchestrator.engine.database import Database
    from orchestrator.engine.delivery import Claimed, Terms
    from orchestrator.engine.session import Document
    from orchestrator.gateway.port import PaymentGateway
    from orchestrator.mail.mailer import Mailer
    from orchestrator.steps import Reached

RESULTS = {
    SendOutcome.ACCEPTED: "sent",
    SendOutcome.REFUSED: "refused",
    SendOutcome.DEFERRED: "failed",
    SendOutcome.UNKNOWN: "unknown",
}
"""What the database calls the outcome of an attempt."""

SEND_ERRORS: dict[SendOutcome, type[BillingError]] = {
    SendOutcome.REFUSED: NeedsAttention,
    SendOutcome.DEFERRED: OutsideSystemError,
    SendOutcome.UNKNOWN: OutsideSystemError,
}
"""A refused address needs a person; the rest is tried again with the next delivery."""


class Documents(Kind):
    """Renders and issues numbered invoices."""

    name = "PDFs"

    def __init__(
        self,
        renderer: PdfRenderer,
        *,
        as_of: date,
        public_url: str,
        has_gateway: bool,
        reached: Reached = no_boundary,
    ) -> None:
        super().__init__(as_of=as_of, reached=reached)
        self.renderer = renderer
        self.public_url = public_url
        self.has_gateway = has_gateway

    def claimed(self, database: Database, terms: Terms) -> Claimed | None:
        return database.claim_document(terms)

    def perform(self, database: Database, claimed: Claimed) -> None:
        """Render, store and issue."""
        self.reached(Step.DOCUMENT_CLAIMED)
        document = database.document_content(
            document_id=claimed.subject_id, public_url=self.public_url, has_gateway=self.has_gateway
        )
        try:
            pdf = self.renderer.render(document)
        except BillingError as error:
            database.give_back_work("document", claimed, error=str(error))
            raise
        self.reached(Step.DOCUMENT_RENDERED)
        if not database.complete_document(claimed, pdf=pdf):
            raise ClaimLostError("What is held of the customer has changed: the document is rendered anew.")
        self.reached(Step.DOCUMENT_STORED)


class Refunds(Kind):
    """Gives money back through the provider; sent again under the same key where the answer was lost."""

    name = "refunds"

    def __init__(self, gateway: PaymentGateway, *, as_of: date, reached: Reached = no_boundary) -> None:
        super().__init__(as_of=as_of, reached=reached)
        self.gateway = gateway

    def claimed(self, database: Database, terms: Terms) -> Claimed | None:
        return database.claim_work("refund", terms)

    def perform(self, database: Database, claimed: Claimed) -> None:
        """Announce, send, record."""
        self.reached(Step.REFUND_CLAIMED)
        order = database.begin_refund(claimed, as_of=self.as_of)
        if order is None:
            return
        self.reached(Step.REFUND_BEGUN)
        try:
            outcome = self.gateway.refund(order, is_repeated=order.is_repeated)
        except NoAnswerError as error:
            database.record_refund_unknown(claimed, error=str(error))
            raise
        self.reached(Step.REFUND_ANSWERED)
        if isinstance(outcome, Refused):
            database.record_refund_failed(claimed, reason=outcome.reason, as_of=self.as_of)
        else:
            database.record_refund_succeeded(claimed, provider_refund_id=outcome.refund_id, as_of=self.as_of)
        self.reached(Step.REFUND_RECORDED)


class Emails(Kind):
    """Sends what is in the outbox."""

    name = "e-mails"

    def __init__(
        self, mailer: Mailer, *, as_of: date, public_url: str, has_gateway: bool, reached: Reached = no_boundary
    ) -> None:
        super().__init__(as_of=as_of, reached=reached)
        self.mailer = mailer
        self.public_url = public_url
        self.has_gateway = has_gateway

    def claimed(self, database: Database, terms: Terms) -> Claimed | None:
        return database.claim_email(terms, has_gateway=self.has_gateway)

    def perform(self, database: Database, claimed: Claimed) -> None:
        """Build, hand over and record; whatever is not accepted is an error for this delivery."""
        self.reached(Step.EMAIL_CLAIMED)
        result = self._sent(database, claimed)
        self.reached(Step.EMAIL_HANDED_OVER)
        answer = None if result.outcome is SendOutcome.ACCEPTED else result.answer
        database.record_email_result(claimed, result=RESULTS[result.outcome], error=answer)
        self.reached(Step.EMAIL_RECORDED)
        if answer is not None:
            raise SEND_ERRORS[result.outcome](f"The mail server did not take it: {answer}")

    def _sent(self, database: Database, claimed: Claimed) -> SendResult:
        mail = database.email_message(
            email_id=claimed.subject_id,
            public_url=self.public_url,
            has_gateway=self.has_gateway,
            as_of=self.as_of,
        )
        try:
            message = build_message(mail, _attachments(database, mail))
        except MailError as error:
            return SendResult(outcome=SendOutcome.REFUSED, answer=str(error))
        self.reached(Step.EMAIL_BUILT)
        return self.mailer.send(message)


def _attachments(database: Database, mail: Document) -> list[Attachment]:
    return [
        Attachment(filename=each["filename"], content=database.stored_document(document_id=each["document_id"]))
        for each in cast("list[dict[str, Any]]", mail["attachments"])
    ]

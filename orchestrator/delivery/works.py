"""The kinds of work a delivery does: documents, charges, refunds, e-mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from orchestrator.errors import BillingError, ClaimLostError, NeedsAttention, OutsideSystemError
from orchestrator.gateway.answers import NoAnswerError
from orchestrator.gateway.stripe import Refused
from orchestrator.mail.mailer import SendOutcome, SendResult
from orchestrator.mail.message import Attachment, MailError, build_message
from orchestrator.steps import Step, no_boundary

if TYPE_CHECKING:
    from datetime import date, datetime

    from orchestrator.delivery.charge import Charger
    from orchestrator.documents.renderer import PdfRenderer
    from orchestrator.engine.charging import ClaimedAttempt, ClaimedRefund
    from orchestrator.engine.database import Database
    from orchestrator.engine.delivery import ClaimedDocument, ClaimedEmail
    from orchestrator.engine.session import Document
    from orchestrator.gateway.stripe import PaymentGateway
    from orchestrator.mail.mailer import Mailer
    from orchestrator.steps import Reached

LEASE = timedelta(minutes=5)
"""Longer than anything here may take; a dead worker's claims end with its connection anyway."""


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


class Documents:
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
        self.renderer = renderer
        self.as_of = as_of
        self.public_url = public_url
        self.has_gateway = has_gateway
        self.reached = reached

    def claim(self, database: Database, *, worker: str, not_failed_since: datetime) -> DocumentTask | None:
        """Claim the next document."""
        claimed = database.claim_documents(
            worker=worker, limit=1, lease=LEASE, not_failed_since=not_failed_since, as_of=self.as_of
        )
        return DocumentTask(self, claimed[0]) if claimed else None


class DocumentTask:
    """One document to render."""

    def __init__(self, work: Documents, claimed: ClaimedDocument) -> None:
        self._work = work
        self._claimed = claimed
        self.subject = claimed.document_number

    def perform(self, database: Database) -> None:
        """Render, store and issue."""
        self._work.reached(Step.DOCUMENT_CLAIMED)
        document = database.document_content(
            document_id=self._claimed.document_id,
            public_url=self._work.public_url,
            has_gateway=self._work.has_gateway,
        )
        try:
            pdf = self._work.renderer.render(document)
        except BillingError as error:
            database.fail_document(self._claimed, error=str(error))
            raise
        self._work.reached(Step.DOCUMENT_RENDERED)
        if not database.complete_document(self._claimed, pdf=pdf):
            raise ClaimLostError("What is held of the customer has changed: the document is rendered anew.")
        self._work.reached(Step.DOCUMENT_STORED)


class Charges:
    """Charges cards."""

    name = "charges"

    def __init__(self, charger: Charger) -> None:
        self.charger = charger

    def claim(self, database: Database, *, worker: str, not_failed_since: datetime) -> ChargeTask | None:
        """Claim the next attempt."""
        claimed = database.claim_payment_attempts(
            worker=worker, limit=1, lease=LEASE, not_failed_since=not_failed_since, as_of=self.charger.as_of
        )
        return ChargeTask(self.charger, claimed[0]) if claimed else None


@dataclass(frozen=True, slots=True)
class ChargeTask:
    """One attempt to charge a card."""

    charger: Charger
    claimed: ClaimedAttempt

    @property
    def subject(self) -> str:
        """The invoice."""
        return self.claimed.invoice_number

    def perform(self, database: Database) -> None:
        """Charge."""
        self.charger.charge(database, self.claimed)


class Refunds:
    """Gives money back through Stripe."""

    name = "refunds"

    def __init__(self, gateway: PaymentGateway, *, as_of: date, reached: Reached = no_boundary) -> None:
        self.gateway = gateway
        self.as_of = as_of
        self.reached = reached

    def claim(self, database: Database, *, worker: str, not_failed_since: datetime) -> RefundTask | None:
        """Claim the next refund."""
        claimed = database.claim_refunds(
            worker=worker, limit=1, lease=LEASE, not_failed_since=not_failed_since, as_of=self.as_of
        )
        return RefundTask(self, claimed[0]) if claimed else None


class RefundTask:
    """One refund to send; sent again under the same key where the answer was lost."""

    def __init__(self, work: Refunds, claimed: ClaimedRefund) -> None:
        self._work = work
        self._claimed = claimed
        self.subject = claimed.document_number

    def perform(self, database: Database) -> None:
        """Announce, send, record."""
        self._work.reached(Step.REFUND_CLAIMED)
        order = database.begin_refund(self._claimed, as_of=self._work.as_of)
        if order is None:
            return
        self._work.reached(Step.REFUND_BEGUN)
        try:
            outcome = self._work.gateway.refund(order, is_repeated=self._claimed.state != "scheduled")
        except NoAnswerError as error:
            database.record_refund_unknown(self._claimed, error=str(error))
            raise
        self._work.reached(Step.REFUND_ANSWERED)
        if isinstance(outcome, Refused):
            database.record_refund_failed(self._claimed, reason=outcome.reason, as_of=self._work.as_of)
        else:
            database.record_refund_succeeded(self._claimed, stripe_refund_id=outcome.refund_id, as_of=self._work.as_of)
        self._work.reached(Step.REFUND_RECORDED)


class Emails:
    """Sends what is in the outbox."""

    name = "e-mails"

    def __init__(
        self, mailer: Mailer, *, as_of: date, public_url: str, has_gateway: bool, reached: Reached = no_boundary
    ) -> None:
        self.mailer = mailer
        self.as_of = as_of
        self.public_url = public_url
        self.has_gateway = has_gateway
        self.reached = reached

    def claim(self, database: Database, *, worker: str, not_failed_since: datetime) -> EmailTask | None:
        """Claim the next e-mail."""
        claimed = database.claim_emails(
            worker=worker,
            limit=1,
            lease=LEASE,
            not_failed_since=not_failed_since,
            has_gateway=self.has_gateway,
            as_of=self.as_of,
        )
        return EmailTask(self, claimed[0]) if claimed else None


class EmailTask:
    """One e-mail to send."""

    def __init__(self, work: Emails, claimed: ClaimedEmail) -> None:
        self._work = work
        self._claimed = claimed
        self.subject = claimed.message_id

    def perform(self, database: Database) -> None:
        """Build, hand over and record; whatever is not accepted is an error for this delivery."""
        self._work.reached(Step.EMAIL_CLAIMED)
        result = self._sent(database)
        self._work.reached(Step.EMAIL_HANDED_OVER)
        answer = None if result.outcome is SendOutcome.ACCEPTED else result.answer
        database.record_email_result(self._claimed, result=RESULTS[result.outcome], error=answer)
        self._work.reached(Step.EMAIL_RECORDED)
        if answer is not None:
            raise SEND_ERRORS[result.outcome](f"The mail server did not take it: {answer}")

    def _sent(self, database: Database) -> SendResult:
        mail = database.email_message(
            email_id=self._claimed.email_id,
            public_url=self._work.public_url,
            has_gateway=self._work.has_gateway,
            as_of=self._work.as_of,
        )
        try:
            message = build_message(mail, _attachments(database, mail))
        except MailError as error:
            return SendResult(outcome=SendOutcome.REFUSED, answer=str(error))
        self._work.reached(Step.EMAIL_BUILT)
        return self._work.mailer.send(message)


def _attachments(database: Database, mail: Document) -> list[Attachment]:
    return [
        Attachment(filename=each["filename"], content=database.stored_document(document_id=each["document_id"]))
        for each in cast("list[dict[str, Any]]", mail["attachments"])
    ]

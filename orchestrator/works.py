"""The kinds of work a delivery does: documents, charges, e-mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.errors import BillingError
from orchestrator.steps import Step, no_boundary

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.charge import Charger
    from orchestrator.database import Database
    from orchestrator.pdf import PdfRenderer
    from orchestrator.rows import ClaimedAttempt, ClaimedDocument, ClaimedEmail
    from orchestrator.steps import Reached

LEASE = timedelta(minutes=5)
"""Longer than anything here may take; a dead worker's claims end with its connection anyway."""


class Documents:
    """Renders and issues numbered invoices."""

    name = "PDFs"

    def __init__(self, renderer: PdfRenderer, *, public_url: str, reached: Reached = no_boundary) -> None:
        self.renderer = renderer
        self.public_url = public_url
        self.reached = reached

    def claim(self, database: Database, *, worker: str, not_failed_since: datetime) -> DocumentTask | None:
        """Claim the next document."""
        claimed = database.claim_documents(
            worker=worker, limit=1, lease=LEASE, not_failed_since=not_failed_since
        )
        return DocumentTask(self, claimed[0]) if claimed else None


class DocumentTask:
    """One document to render."""

    def __init__(self, work: Documents, claimed: ClaimedDocument) -> None:
        self._work = work
        self._claimed = claimed
        self.subject = claimed.invoice_number

    def perform(self, database: Database) -> None:
        """Render, store and issue."""
        self._work.reached(Step.DOCUMENT_CLAIMED)
        document = database.invoice_document(invoice_id=self._claimed.invoice_id, public_url=self._work.public_url)
        try:
            pdf = self._work.renderer.render(document)
        except BillingError as error:
            database.fail_document(self._claimed, error=str(error))
            raise
        self._work.reached(Step.DOCUMENT_RENDERED)
        database.complete_document(self._claimed, pdf=pdf)
        self._work.reached(Step.DOCUMENT_STORED)


class Charges:
    """Charges cards."""

    name = "charges"

    def __init__(self, charger: Charger) -> None:
        self.charger = charger

    def claim(self, database: Database, *, worker: str, not_failed_since: datetime) -> ChargeTask | None:
        """Claim the next attempt."""
        claimed = database.claim_payment_attempts(
            worker=worker, limit=1, lease=LEASE, not_failed_since=not_failed_since
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


class Emails:
    """Sends what is in the outbox."""

    name = "e-mails"

    def __init__(self, mailer: Mailer, *, public_url: str, reached: Reached = no_boundary) -> None:
        self.mailer = mailer
        self.public_url = public_url
        self.reached = reached

    def claim(self, database: Database, *, worker: str, not_failed_since: datetime) -> EmailTask | None:
        """Claim the next e-mail."""
        claimed = database.claim_emails(worker=worker, limit=1, lease=LEASE, not_failed_since=not_failed_since)
        return EmailTask(self, claimed[0]) if claimed else None


class EmailTask:
    """One e-mail to send."""

    def __init__(self, work: Emails, claimed: ClaimedEmail) -> None:
        self._work = work
        self._claimed = claimed
        self.subject = claimed.message_id

    def perform(self, database: Database) -> None:
        """Build, hand over and record."""

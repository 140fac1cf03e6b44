"""A month with every kind of trouble, billed by the code of `billing run`; also as a process that dies at a boundary.

As a program it bills the month of the environment's settings and kills itself where it is told to:
`python -m tests.month charge_begun`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import psycopg

from orchestrator.bootstrap import works
from orchestrator.config import Settings
from orchestrator.delivery.workers import WORKER_ROLE, Deliverer
from orchestrator.documents.renderer import PdfRenderer
from orchestrator.engine.database import Database, opened
from orchestrator.run import run_period
from orchestrator.steps import Step, no_boundary
from tests.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.delivery.workers import Delivery, Work
    from orchestrator.steps import Reached
    from stripe_sandbox import Sandbox

PERIOD = "2026-02"
AS_OF = date(2026, 3, 1)
CARDS = {"A-0001": "ok", "A-0002": "ok", "A-0003": "insufficient_funds", "A-0006": "ok"}
"""Who has a card, and what the bank makes of it. A-0004 is to be charged and has none, A-0005 pays by transfer."""

_QUESTIONS = {
    "invoices": """
        select invoice_number, status, subtotal::text, tax::text, total::text, issued_on::text, paid_on::text
        from billing.invoices order by invoice_number
    """,
    "lines": """
        select invoice_number, position, description, quantity::text, amount::text
        from billing.invoice_line_items inner join billing.invoices using (invoice_id) order by 1, 2
    """,
    "documents": """
        select coalesce(invoice_number, credit_note_number), encode(pdf_sha256, 'hex')
        from billing.documents left join billing.invoices using (invoice_id)
        left join billing.credit_notes using (credit_note_id) order by 1
    """,
    "payments": """
        select invoice_number, method, payments.amount::text, received_on::text, applications.amount::text
        from billing.payments inner join billing.payment_applications as applications using (payment_id)
        inner join billing.invoices on applications.invoice_id = invoices.invoice_id
        order by 1, payment_application_id
    """,
    "reversals": "select kind, amount::text from billing.payment_reversals order by payment_reversal_id",
    "charges": """
        select idempotency_key, state, decline_code, amount::text from billing.payment_attempts order by 1
    """,
    "refunds": "select idempotency_key, state, amount::text from billing.refunds order by 1",
    "dunning": """
        select invoice_number, state, day_zero::text, failure_kind, failure_reason, next_action_on::text
        from billing.dunning_cases inner join billing.invoices using (invoice_id) order by 1
    """,
    "transitions": """
        select subject, topic, from_state, to_state, business_date::text, reason
        from billing.audit_log order by subject, topic, entry
    """,
    "emails": """
        select regexp_replace(message_id, 'payment-[0-9]+', 'payment'), template, state from billing.emails order by 1
    """,
}


class PlainRenderer(PdfRenderer):
    """Writes down what a PDF would show, byte for byte the same each time; that PDFs are is tested with the engine."""

    def render(self, document: Mapping[str, object]) -> bytes:
        """Return a document at once."""
        return b"%PDF-1.7 " + json.dumps(document, sort_keys=True).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """February, about to be billed: its database and its outside world."""

    settings: Settings
    sandbox: Sandbox

    def bill(
        self, *, reached: Reached = no_boundary, kinds: Sequence[Work] | None = None, workers: int = 1
    ) -> Delivery:
        """Do what `billing run` does."""
        number(self.settings, reached=reached)
        return deliver(self.settings, reached=reached, kinds=kinds, workers=workers)

    def outcome(self) -> dict[str, object]:
        """Everything that has to be the same however often the process died; also that nothing is broken."""
        with psycopg.connect(str(self.settings.database_url), autocommit=True) as connection:
            found: dict[str, object] = {
                name: connection.execute(query.encode()).fetchall() for name, query in _QUESTIONS.items()
            }
            found["broken"] = Collection(connection).broken()
        return found | {
            "money at Stripe": self.charged(),
            "money back": sorted(refund["amount"] for refund in self.sandbox.account.all("refund")),
            "customers": sorted(each["name"] or "" for each in self.sandbox.account.all("customer")),
            "mails": sorted(re.sub("payment-[0-9]+", "payment", mail) for mail in self.mails().elements()),
        }

    def value(self, query: str) -> object:
        """Return the only value a query gives."""
        with psycopg.connect(str(self.settings.database_url), autocommit=True) as connection:
            row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]

    def refuse_second_claims(self) -> None:
        """Let whoever claims a piece of work a second time fail: of what is done the queue has no row to look at."""
        with psycopg.connect(str(self.settings.database_url)) as connection:
            connection.execute("alter table billing.work_items add constraint claimed_once check (claim <= 1)")

    def charged(self) -> list[tuple[str, int]]:
        """Successful charges, by what they are for."""
        charges = self.sandbox.account.all("charge", status="succeeded")
        return sorted((charge["description"], charge["amount"]) for charge in charges)

    def mails(self) -> Counter[str]:
        """How often each message arrived."""
        return Counter(str(mail.message["Message-ID"]).strip() for mail in self.sandbox.mail.mails)


def with_sandbox(settings: Settings, sandbox: Sandbox) -> Settings:
    """The same database, with an outside world."""
    return replace(
        settings,
        stripe_api_key=sandbox.api_key,
        stripe_api_base=sandbox.stripe_url,
        smtp_url=sandbox.smtp_url,
    )


def number(settings: Settings, *, reached: Reached = no_boundary, is_held: bool = False) -> int:
    """Draft, verify and number February."""
    with opened(settings, WORKER_ROLE, name="run") as connection:
        database = Database(connection)
        return run_period(database, PERIOD, as_of=AS_OF, report=lambda _: None, is_held=is_held, reached=reached)


def deliver(
    settings: Settings, *, reached: Reached = no_boundary, kinds: Sequence[Work] | None = None, workers: int = 1
) -> Delivery:
    """Do what `billing deliver` does; with one worker everything happens in the same order each time."""
    kinds = works(settings, PlainRenderer(), as_of=AS_OF, reached=reached) if kinds is None else kinds
    return Deliverer(settings, kinds, workers=workers).deliver(advance=lambda _: None)


def write_down(given: Collection) -> None:
    """The customers of the month; A-0001 was billed in January, and left."""
    given.tax_rate()
    for account, method in [(f"A-000{n}", "send_invoice" if n == 5 else "charge_automatically") for n in range(1, 7)]:
        customer = given.customer(account, collection_method=method)
        if account in CARDS:
            given.connection.execute(
                "update billing.customers set stripe_customer_id = %s, stripe_payment_method_id = %s "
                "where customer_id = %s",
                (f"cus_{account}", f"pm_{account}", customer),
            )
        plan = given.flat_plan("0" if account == "A-0006" else "100.00")
        starts, ends = ("2026-01-01", "2026-02-01") if account == "A-0001" else ("2026-02-01", None)
        given.subscription(customer, plan, starts=starts, ends=ends)
        if account == "A-0002":
            given.subscription(customer, given.plan(tiers=[(10, 0), (None, "0.125")]))
            given.usage(customer, 100)
    given.run("2026-01", as_of="2026-02-01")


def open_month(settings: Settings, sandbox: Sandbox) -> Month:
    """January has been paid by card, and half of it is to be given back."""
    add_cards(sandbox)
    deliver(settings)
    with psycopg.connect(str(settings.database_url), autocommit=True) as connection:
        connection.execute("set role billing_owner")
        connection.execute(
            "select billing.credit_invoice('INV-2026-01-0001', null, 50, 'not as agreed', '2026-02-20', true)"
        )
    return Month(settings=settings, sandbox=sandbox)


def add_cards(sandbox: Sandbox) -> None:
    """Let Stripe know the cards of the month."""
    for account, card in CARDS.items():
        sandbox.add_customer(
            name=account,
            email="mail@customer.example",
            card=card,
            customer_id=f"cus_{account}",
            payment_method_id=f"pm_{account}",
        )


def main(step: Step) -> None:
    """Bill the month, and die where `step` has been reached."""

    def reached(now: Step) -> None:
        if now is step:
            os.kill(os.getpid(), signal.SIGKILL)

    settings = Settings.from_environment()
    number(settings, reached=reached)
    deliver(settings, reached=reached)


if __name__ == "__main__":
    main(Step(sys.argv[1]))

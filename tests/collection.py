"""Invoices and what happens to them: transfers, cards, credit notes, Stripe's events, as tests write them down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

import pytest
from psycopg.types.json import Jsonb

from orchestrator.engine.database import Database
from orchestrator.gateway.stripe.events import translated
from tests.given import Given

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

ISSUED = "2026-03-01"
"""Date of issue of every invoice made here, unless a test says otherwise; due 30 days later."""


LESS_THAN_NOTHING = """
    with movements as (
        select booked_on as moved_on, customer_id, amount from billing.payments
        union all
        select applied_on, customer_id, -applications.amount
        from billing.payment_applications as applications join billing.payments using (payment_id)
        union all
        select reversed_on, customer_id, -reversals.amount
        from billing.payment_reversals as reversals join billing.payments using (payment_id)
    )
    select moved_on::text, customer_id, balance::text from (
        select moved_on, customer_id, sum(sum(amount)) over (partition by customer_id order by moved_on) as balance
        from movements group by moved_on, customer_id
    ) as days
    where balance < 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An issued invoice."""

    invoice_id: int
    number: str
    customer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What became of a bank transaction."""

    bank_transaction_id: int
    status: str
    reason: str | None
    applied: object
    is_new: bool


class Collection(Given):
    """Given, and everything that brings or takes money."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
        self._marks = count(1)

    def issued(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        *amounts: str,
        method: str = "send_invoice",
        currency: str = "EUR",
        country: str = "US",
        name: str | None = None,
        period: str = "2026-02",
        on: str = ISSUED,
    ) -> Bill:
        """Bill a new customer, a line an amount; in country US there is no tax. Who comes later begins in the month."""
        customer = self.customer(currency=currency, country=country, collection_method=method)
        self.connection.execute(
            "update billing.customers set stripe_customer_id = 'cus_' || customer_id, "
            "stripe_payment_method_id = 'pm_first', name = coalesce(%s, name) where customer_id = %s",
            (name, customer),
        )
        is_first = self.value("select not exists(select from billing.billing_runs)")
        for amount in amounts or ("100.00",):
            self.subscription(
                customer,
                self.flat_plan(amount, currency=currency),
                starts="2025-01-01" if is_first else f"{period}-01",
            )
        return self.billed(customer, period=period, on=on)

    def billed(self, customer: int, *, period: str = "2026-02", on: str = ISSUED) -> Bill:
        """Run and deliver a month, which the customer has subscribed, too."""
        self.connection.execute(
            "update billing.subscription_phases set starts_on = %(day)s "
            "where customer_id = %(customer)s and starts_on > %(day)s",
            {"day": f"{period}-01", "customer": customer},
        )
        self.run(period, as_of=on)
        self.deliver()
        invoice = self.invoice(customer, period)
        assert invoice.invoice_number is not None
        return Bill(invoice_id=invoice.invoice_id, number=invoice.invoice_number, customer=customer)

    def transfer(self, amount: str, text: str, *, on: str = "2026-03-10", **fields: object) -> Booked:
        """Import a statement with one entry; a fingerprint given makes it the same entry again."""
        entry = {
            "fingerprint": f"print-{next(self._marks)}",
            "booked_on": on,
            "amount": amount,
            "currency": "EUR",
            "remittance": text,
        }
        (booked,) = self.statement(entry | fields)
        return booked

    def statement(self, *entries: Mapping[str, object]) -> list[Booked]:
        """Import a statement."""
        rows = self.connection.execute(
            "select bank_transaction_id, status, status_reason, applied, is_new "
            "from billing.import_bank_entries('a statement', %s)",
            (Jsonb([dict(entry) for entry in entries]),),
        ).fetchall()
        return [
            Booked(bank_transaction_id=key, status=status, reason=reason, applied=applied, is_new=is_new)
            for key, status, reason, applied, is_new in rows
        ]

    def paid_by_hand(self, bill: Bill, amount: str, *, on: str = "2026-03-10") -> None:
        """A payment in cash."""
        self.connection.execute(
            "select billing.record_payment(%s, %s, %s, 'cash', %s, true)",
            (bill.number, amount, on, f"cash-{next(self._marks)}"),
        )

    def paid_out(self, bill: Bill, amount: str, *, on: str = "2026-03-12") -> None:
        """Pay credit balance of the customer of an invoice out."""
        self.connection.execute(
            "select billing.record_payout(account_number, %s, %s, null, true) from billing.customers "
            "where customer_id = %s",
            (amount, on, bill.customer),
        )

    def payout_back(self, payout: int, *, on: str = "2026-03-20") -> None:
        """Say that a payout came back."""
        self.connection.execute("select billing.reverse_payout(%s, 'it came back', %s)", (payout, on))

    def credited(
        self,
        bill: Bill,
        amount: str | None = None,
        *,
        line: int | None = None,
        on: str = "2026-03-12",
        is_confirmed: bool = True,
    ) -> str:
        """Credit an invoice; the number of the credit note."""
        number = self.value(
            "select credit_note_number from billing.credit_invoice(%s, %s, %s, 'not as agreed', %s, %s)",
            *(bill.number, line, amount, on, is_confirmed),
        )
        assert isinstance(number, str)
        return number

    def charge(self, bill: Bill, *, declined: str | None = None, on: str = ISSUED) -> int:
        """Make the open attempt of an invoice, and record Stripe's answer; the attempt's key."""
        attempt = self.begun(bill, on=on)
        if declined is None:
            amount = self.value(
                "select billing.stripe_amount(amount, 'EUR') from billing.payment_attempts "
                "where payment_attempt_id = %s",
                attempt,
            )
            self.connection.execute("select billing.record_charge_succeeded(%s, %s, %s)", (attempt, amount, on))
        else:
            claim = self.claim("charge", attempt)
            self.connection.execute(
                "select billing.record_charge_declined(%s, %s, %s, null, %s)",
                (attempt, claim, declined, on),
            )
        return attempt

    def begun(self, bill: Bill, *, on: str = ISSUED) -> int:
        """Claim the open attempt of an invoice and note that it is about to be sent; its key."""
        self.connection.execute(
            "select billing.claim_work('charge', 'given', 1000, interval '1 hour', 'infinity', 'infinity')"
        )
        attempt = self._key(
            "select payment_attempt_id from billing.payment_attempts where invoice_id = %(invoice)s "
            "and state in ('scheduled', 'sent', 'unknown')",
            invoice=bill.invoice_id,
        )
        claim = self.claim("charge", attempt)
        self.connection.execute("select billing.begin_payment_attempt(%s, %s, %s)", (attempt, claim, on))
        self.connection.execute(
            "select billing.record_payment_intent(payment_attempt_id, %s, concat_ws('_', 'pi', invoice_id, "
            "nullif(intent, 1))) from billing.payment_attempts where payment_attempt_id = %s",
            (claim, attempt),
        )
        return attempt

    def claim(self, kind: str, subject: int) -> object:
        """Return the claim on an open piece of work."""
        return self.value("select claim from billing.work_items where kind = %s and subject_id = %s", kind, subject)

    @staticmethod
    def intent(bill: Bill) -> str:
        """Return the id of the invoice's first PaymentIntent; a second one ends with _2."""
        return f"pi_{bill.invoice_id}"

    def event(self, kind: str, thing: Mapping[str, object], *, at: int = 0, name: str | None = None) -> str:
        """Receive an event of Stripe, so many seconds after the invoices were issued; its id."""
        issued_at = datetime.fromisoformat(ISSUED).replace(tzinfo=UTC)
        identifier = name or f"evt_{next(self._marks)}"
        payload = {
            "id": identifier,
            "type": kind,
            "created": int(issued_at.timestamp()) + at,
            "data": {"object": {"object": kind.rsplit(".", 1)[0].rsplit(".", maxsplit=1)[-1], **thing}},
        }
        Database(self.connection).receive_webhook_event(translated(payload))
        return identifier

    def process(self, *, on: str = "2026-03-05") -> object:
        """Process the inbox, each event in a transaction of its own; how many were."""
        return self.value(
            "select count(billing.process_webhook_event(event, %s)) from billing.waiting_webhook_events(1000) as event",
            on,
        )

    def outcome(self, event: str) -> object:
        """What became of an event."""
        return self.value("select outcome from billing.webhook_events where webhook_event_id = %s", event)

    def advance(self, on: str) -> tuple[object, object]:
        """Advance dunning: letters and charges."""
        row = self.connection.execute("select letters, charges from billing.advance_dunning(%s)", (on,)).fetchone()
        assert row is not None
        return row[0], row[1]

    def outstanding(self, bill: Bill) -> object:
        """What is owed on an invoice."""
        return self.value("select outstanding from billing.invoice_balances where invoice_id = %s", bill.invoice_id)

    def status(self, bill: Bill) -> object:
        """The status of an invoice."""
        return self.value("select status from billing.invoices where invoice_id = %s", bill.invoice_id)

    def dunning(self, bill: Bill) -> tuple[object, object, object]:
        """State of dunning, next day of the policy and its date."""
        row = self.connection.execute(
            "select state, next_day, next_action_on::text from billing.dunning_cases where invoice_id = %s",
            (bill.invoice_id,),
        ).fetchone()
        assert row is not None
        return row[0], row[1], row[2]

    def balance(self, customer: int) -> object:
        """The credit balance of a customer."""
        return self.value(
            "select coalesce(sum(unapplied), 0) from billing.payment_balances where customer_id = %s", customer
        )

    def overdrawn(self) -> list[tuple[object, ...]]:
        """Days on which the books have less than nothing of a customer: the day, the customer, the balance."""
        return self.connection.execute(LESS_THAN_NOTHING).fetchall()

    def until_waiting(self, other: Given) -> None:
        """Wait until another connection, at work in a thread, waits for a lock."""
        query = "select wait_event_type is not distinct from 'Lock' from pg_stat_activity where pid = %s"
        while not self.value(query, other.connection.info.backend_pid):
            pass

    def letters(self, bill: Bill) -> list[tuple[str, str]]:
        """Templates and states of the e-mails about an invoice, in the order written."""
        return self.connection.execute(
            "select template, state from billing.emails where invoice_id = %s order by email_id", (bill.invoice_id,)
        ).fetchall()


@pytest.fixture
def given(database: psycopg.Connection) -> Collection:
    """A factory on the test's database, with a seller in Germany whose invoices begin with INV."""
    return Collection(database)

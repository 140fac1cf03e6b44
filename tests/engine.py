"""The engine as tests drive it: the steps of a run, deliveries and voids, and reading what came of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from psycopg.rows import class_row

if TYPE_CHECKING:
    from decimal import Decimal

    import psycopg

PDF = b"%PDF-1.7 of a test"
_PATIENCE = 20.0
"""Seconds a roll-up waits for transactions of other tests, which share the server and hold its horizon back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A standing or void invoice, drafts included."""

    invoice_id: int
    invoice_number: str | None
    period_start: date
    status: str
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    tax_treatment: str
    tax_rate: Decimal
    issued_on: date | None
    due_on: date | None
    paid_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an invoice."""

    kind: str
    plan_code: str
    tier: str | None
    quantity: Decimal
    unit_amount: Decimal
    amount: Decimal
    service_period_start: date
    is_tier_flat_amount: bool

    @property
    def month(self) -> str:
        """The month of service, as 2026-02."""
        return f"{self.service_period_start:%Y-%m}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a service period owes, all as text."""

    key: str
    """Without what names the service."""
    kind: str
    tier: str | None
    quantity: str
    gross: str
    amount: str
    starts: str
    ends: str
    due: str
    taxed: str

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


def first_day(period: str) -> date:
    """Of a period such as 2026-02."""
    return date.fromisoformat(f"{period}-01")


def day_after(period: str) -> date:
    """Of a period such as 2026-02: 2026-03-01."""
    return (first_day(period) + timedelta(days=31)).replace(day=1)


class Engine:
    """Calls the functions under test on one connection."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def value(self, query: str, *values: object) -> object:
        """Return the only value of the first row."""
        row = self.connection.execute(query.encode(), values).fetchone()
        assert row is not None
        return row[0]

    def _key(self, query: str, **values: object) -> int:
        row = self.connection.execute(query.encode(), values).fetchone()
        assert row is not None
        assert isinstance(row[0], int)
        return row[0]

    def roll_up(self) -> None:
        """Bring daily_usage up to date, waiting for whoever holds the horizon back."""
        deadline = time.monotonic() + _PATIENCE
        behind = "select exists(select from billing.billing_events, billing.usage_watermarks where txid >= "
        while True:
            self.connection.execute("select billing.roll_up_usage()")
            if not self.value(f"{behind} rolled_up_before_txid)") or time.monotonic() > deadline:
                return
            time.sleep(0.01)

    def owed(self, until: str, *, since: str = "2023-01-01") -> list[Charge]:
        """Charges due by a day, of all service periods that end after another: by period, kind and key."""
        self.roll_up()
        with self.connection.transaction(), self.connection.cursor(row_factory=class_row(Charge)) as cursor:
            cursor.execute("select billing.begin_rating()")
            cursor.execute("insert into pg_temp.rating_scopes select customer_id, %s from billing.customers", (since,))
            cursor.execute("select billing.rate(%s)", (until,))
            return cursor.execute(
                """
                select
                    substring(charge_key from length(service_key) + 2) as key, charge_kind as kind, tier,
                    trim_scale(quantity)::text as quantity, gross_amount::text as gross, amount::text,
                    period_start::text as starts, period_end::text as ends, due_on::text as due, taxed_on::text as taxed
                from pg_temp.rated_charges
                where due_on <= %s
                order by period_start, subscription_id, first_day, array_position(array[
                    'usage', 'subscription', 'proration', 'charge', 'discount', 'minimum', 'maximum'
                ], charge_kind), cell, tier_position, is_tier_flat_amount, charge_key
                """,
                (until,),
            ).fetchall()

    def owes(self, until: str) -> list[str]:
        """Kind and amount of each charge that is due by a day."""
        return [str(charge) for charge in self.owed(until)]

    def draft(self, period: str, *, as_of: str | None = None) -> int:
        """First step of a run alone, on usage that is rolled up."""
        return self._key(
            "select billing.draft_invoices(%(start)s, %(as_of)s)",
            start=first_day(period),
            as_of=as_of or day_after(period),
        )

    def verify(self, period: str) -> int:
        """Second step of a run alone."""
        return self._key("select billing.verify_run(%(start)s)", start=first_day(period))

    def close(self, period: str, *, as_of: str | None = None, is_held: bool = False) -> int:
        """Last step of a run alone."""
        return self._key(
            "select billing.close_run(%(start)s, %(as_of)s, %(is_held)s)",
            start=first_day(period),
            as_of=as_of or day_after(period),
            is_held=is_held,
        )

    def run(self, period: str, *, as_of: str | None = None, is_held: bool = False) -> int:
        """A whole run; returns how many invoices were numbered. By default on the day after the period."""
        self.roll_up()
        with self.connection.transaction():
            self.draft(period, as_of=as_of)
            self.verify(period)
            numbered = self.close(period, as_of=as_of, is_held=is_held)
        self.value("select billing.accrue_weeks()")
        return numbered

    def deliver(self) -> None:
        """Render and issue whatever is numbered; anew what no longer shows what is held of its customer."""
        query = """
            select bool_and(billing.complete_document(subject_id, claim, %s))
            from billing.claim_documents('given', 10000, interval '1 hour', 'infinity', 'infinity')
        """
        while self.value(query, PDF) is False:
            pass

    def void(self, invoice: Invoice, *, reason: str = "wrong", on: str = "2027-12-31", is_waived: bool = False) -> None:
        """Void an invoice, issued or numbered."""
        self.connection.execute(
            "select billing.void_invoice(%s, %s, %s, %s)", (invoice.invoice_number, reason, on, is_waived)
        )

    def invoices(self, customer: int) -> list[Invoice]:
        """All invoices of a customer, oldest first."""
        with self.connection.cursor(row_factory=class_row(Invoice)) as cursor:
            return cursor.execute(
                """
                select
                    invoice_id, invoice_number, period_start, status, subtotal, tax, total, tax_treatment, tax_rate,
                    issued_on, due_on, paid_on
                from billing.invoices where customer_id = %s order by invoice_id
                """,
                (customer,),
            ).fetchall()

    def invoice(self, customer: int, period: str = "2026-02") -> Invoice:
        """The one standing invoice of a customer for a period."""
        (invoice,) = (
            invoice
            for invoice in self.invoices(customer)
            if invoice.period_start == first_day(period) and invoice.status != "void"
        )
        return invoice

    def lines(self, customer: int, period: str = "2026-02") -> list[Line]:
        """Lines of the standing invoice, in order; none if there is no invoice."""
        with self.connection.cursor(row_factory=class_row(Line)) as cursor:
            return cursor.execute(
                """
                select
                    kind, plan_code, tier, trim_scale(quantity) as quantity, trim_scale(unit_amount) as unit_amount,
                    amount, service_period_start, is_tier_flat_amount
                from billing.invoice_line_items inner join billing.invoices using (invoice_id)
                where customer_id = %s and period_start = %s and status <> 'void'
                order by position
                """,
                (customer, first_day(period)),
            ).fetchall()

    def amounts(self, customer: int, period: str = "2026-02") -> list[str]:
        """Amounts of the lines, in order."""
        return [str(line.amount) for line in self.lines(customer, period)]

    def parked(self, period: str = "2026-02") -> list[tuple[str, str]]:
        """Account numbers and reasons."""
        query = "select account_number, reason from billing.parked_customers(%s)"
        return self.connection.execute(query.encode(), (first_day(period),)).fetchall()

    def warnings(self, period: str = "2026-02") -> list[tuple[str, str | None, str]]:
        """What the run of a month tells a person: kind, account, sentence."""
        query = "select kind, account_number, warning from billing.run_warnings(%s, null)"
        return self.connection.execute(query.encode(), (first_day(period),)).fetchall()

    def broken(self) -> list[tuple[str, str, str]]:
        """What `billing check` would list."""
        return self.connection.execute("select invariant, subject, detail from billing.broken_invariants()").fetchall()

"""From usage to numbered invoices, and what undoes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWarning:
    """Something about the run of a month that a person must be told; no account where it is the month's."""

    kind: str
    account_number: str | None
    warning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledNow:
    """What one run of a month numbered, in one currency."""

    currency: str
    invoices: int
    usage: Decimal
    subscription: Decimal
    proration: Decimal
    other: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCreditNote:
    """A credit note, what became of its amount, and what is still to be paid of its invoice."""

    credit_note_number: str
    currency: str
    amount: Decimal
    lowered: Decimal
    refunded: Decimal
    paid_others: Decimal
    kept: Decimal
    outstanding: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTotal:
    """Sums of the drafts of one currency and tax treatment, or of one currency."""

    currency: str
    tax_treatment: str | None
    invoices: int
    subtotal: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewChange:
    """What a month bills a customer, net, against the month before."""

    account_number: str
    customer_name: str
    currency: str
    previous: Decimal
    current: Decimal
    change: Decimal
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """A line of a draft, with the sums of its invoice."""

    account_number: str
    customer_name: str
    currency: str
    position: int
    kind: str
    description: str
    service_start: date
    service_end: date
    quantity: Decimal
    unit_amount: Decimal
    gross_amount: Decimal
    discount: Decimal
    amount: Decimal
    tax_treatment: str
    tax_rate: Decimal
    subtotal: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run as `reporting.runs` has it; one for each currency."""

    period: str
    currency: str | None
    customers: int
    invoiced: int
    skipped: int
    parked: int
    usage: Decimal
    subscription: Decimal
    proration: Decimal
    other: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbilledUsage:
    """Usage that no invoice bills, as `reporting.unbilled_usage` has it."""

    account_number: str
    metric: str
    quantity: Decimal
    reason: str


class Invoicing(Session):
    """The steps of a run and their outcome."""

    def roll_up_usage(self) -> int:
        """Bring daily_usage up to the raw events."""
        return self._value("roll_up_usage", int)

    def draft_invoices(self, *, period_start: date, as_of: date) -> int:
        """First step of a run: how many drafts were made."""
        return self._value("draft_invoices", int, period_start=period_start, as_of=as_of)

    def verify_run(self, *, period_start: date) -> int:
        """Second step: how many drafts equal their recomputation; VerificationError if one does not."""
        return self._value("verify_run", int, period_start=period_start)

    def close_run(self, *, period_start: date, as_of: date, is_held: bool) -> int:
        """Last step: how many drafts were numbered and frozen."""
        return self._value("close_run", int, period_start=period_start, as_of=as_of, is_held=is_held)

    def accrue_weeks(self) -> int:
        """Keep what the weeks of closed months accrued, for the reports; how many rows were written."""
        return self._value("accrue_weeks", int)

    def preview_lines(self, *, period_start: date, account_number: str | None) -> list[PreviewLine]:
        """Lines of the drafts made in this transaction, of one customer or all."""
        return self._rows("preview_lines", PreviewLine, period_start=period_start, account_number=account_number)

    def preview_totals(self, *, period_start: date, account_number: str | None) -> list[PreviewTotal]:
        """Sums of the drafts made in this transaction, by currency and treatment."""
        return self._rows("preview_totals", PreviewTotal, period_start=period_start, account_number=account_number)

    def preview_changes(self, *, period_start: date, account_number: str | None) -> list[PreviewChange]:
        """Customers whom the month bills otherwise than the one before, the largest change first."""
        return self._rows("preview_changes", PreviewChange, period_start=period_start, account_number=account_number)

    def run_warnings(self, *, period_start: date, account_number: str | None) -> list[RunWarning]:
        """What a person must be told about the run of the month."""
        return self._rows("run_warnings", RunWarning, period_start=period_start, account_number=account_number)

    def runs(self, *, period: str) -> list[RunSummary]:
        """The run of a month."""
        query = b"""
            select
                period, currency, customers, invoiced, skipped, parked,
                billing.shown_amount(usage, currency) as usage,
                billing.shown_amount(subscription, currency) as subscription,
                billing.shown_amount(proration, currency) as proration,
                billing.shown_amount(total - tax - usage - subscription - proration, currency) as other,
                billing.shown_amount(tax, currency) as tax,
                billing.shown_amount(total, currency) as total
            from reporting.runs where period = %(period)s order by currency
        """
        return self._fetched(query, {"period": period}, class_row(RunSummary))

    def billed_now(self, *, period: str, numbered: int) -> list[BilledNow]:
        """Sums of the invoices of a month that were numbered last."""
        query = b"""
            select
                currency, count(*) as invoices,
                billing.shown_amount(sum(usage), currency) as usage,
                billing.shown_amount(sum(subscription), currency) as subscription,
                billing.shown_amount(sum(proration), currency) as proration,
                billing.shown_amount(sum(subtotal - usage - subscription - proration), currency) as other,
                billing.shown_amount(sum(tax), currency) as tax,
                billing.shown_amount(sum(total), currency) as total
            from (
                select * from reporting.invoices where period = %(period)s
                order by length(invoice_number) desc, invoice_number desc limit %(numbered)s
            ) as latest
            group by currency order by currency
        """
        return self._fetched(query, {"period": period, "numbered": numbered}, class_row(BilledNow))

    def unbilled_usage(self, *, period: str, account_number: str | None) -> list[UnbilledUsage]:
        """Usage of a month that nobody pays for, of one customer or all; what the drafts of a preview bill is not."""
        query = b"""
            select account_number, metric, quantity, reason from reporting.unbilled_usage
            where
                period = %(period)s and account_number = coalesce(%(account)s, account_number)
                and not (reason = 'invoice_voided' and account_number = any(
                    array(select account_number from billing.preview_lines(to_date(%(period)s, 'YYYY-MM'), %(account)s))
                ))
            order by account_number, metric, reason
        """
        return self._fetched(query, {"period": period, "account": account_number}, class_row(UnbilledUsage))

    def void_invoice(self, *, invoice_number: str, reason: str, as_of: date, is_waived: bool) -> None:
        """Void an invoice on which nothing was paid, issued or not."""
        self._run("void_invoice", invoice_number=invoice_number, reason=reason, as_of=as_of, is_waived=is_waived)

    def credit_invoice(  # noqa: PLR0913 - all that a credit note is
        self,
        *,
        invoice_number: str,
        line: int | None,
        amount: Decimal | None,
        reason: str,
        as_of: date,
        is_confirmed: bool,
    ) -> IssuedCreditNote:
        """Issue a credit note. ConfirmationNeededError where it looks like a mistake."""
        return self._row(
            "credit_invoice",
            IssuedCreditNote,
            invoice_number=invoice_number,
            line=line,
            amount=amount,
            reason=reason,
            as_of=as_of,
            is_confirmed=is_confirmed,
        )

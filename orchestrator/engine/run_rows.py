"""What the SQL functions tell of a run, a preview and a credit note: a frozen row type each, named as their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbilledUsage:
    """Usage that no invoice bills, as `reporting.unbilled_usage` has it."""

    account_number: str
    metric: str
    quantity: Decimal
    reason: str

"""The tables of the dashboard: where each takes its rows from, and which of them come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from orchestrator.web.charts import sparkline
from orchestrator.web.tables import Column

if TYPE_CHECKING:
    from orchestrator.web.reports import Reports

Rows = list[dict[str, Any]]
TOP = 20
SHOWN = 25
MONTHS = 12
_BY_A_PERSON = ("review", "settle dispute")


@dataclass
class Kept:
    """What the tables share: the reports, the currency, the last month billed."""

    reports: Reports
    currency: str
    month: str | None

    @cached_property
    def top_customers(self) -> Rows:
        """Customers with the most revenue of the month."""
        if self.month is None:
            return []
        return self.reports.rows("revenue_by_customer", period=self.month, limit=TOP, currency=[self.currency])

    @cached_property
    def at_risk(self) -> Rows:
        """Customers who may leave."""
        return self.reports.rows("churn_risk", limit=SHOWN + 1, currency=[self.currency])

    @cached_property
    def invoice_of(self) -> dict[str, str]:
        """Invoice of the month of each customer on the page."""
        accounts = sorted({row["account_number"] for row in (*self.top_customers, *self.at_risk)})
        if not accounts or self.month is None:
            return {}
        rows = self.reports.rows("invoices", period=self.month, account_number=accounts)
        return {row["account_number"]: row["invoice_number"] for row in rows if row["status"] not in {"draft", "void"}}


Read = Callable[[Kept], tuple[Rows, str, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """A table before it is read."""

    name: str
    title: str
    columns: tuple[Column, ...]
    read: Read
    empty: str
    sort: str = ""
    """How the rows come, so that a heading can show it."""


def _customers(kept: Kept) -> tuple[Rows, str, bool]:
    largest = max((row["revenue"] for row in kept.top_customers), default=0)
    rows = [
        {**row, "invoice_number": kept.invoice_of.get(row["account_number"]), "largest": largest}
        for row in kept.top_customers
    ]
    csv = kept.reports.csv("revenue_by_customer", period=kept.month, currency=[kept.currency])
    return rows, csv, len(rows) == TOP


def _churn(kept: Kept) -> tuple[Rows, str, bool]:
    rows = [
        {**row, "invoice_number": kept.invoice_of.get(row["account_number"]), "spark": _path(row)}
        for row in kept.at_risk
    ]
    return rows[:SHOWN], kept.reports.csv("churn_risk", currency=[kept.currency]), len(rows) > SHOWN


def _path(row: dict[str, Any]) -> str | None:
    months = [row["usage_3"], row["usage_2"], row["usage_1"]]
    return None if None in months else sparkline([Decimal(month) for month in months], width=72, height=22)


def _overdue(kept: Kept) -> tuple[Rows, str, bool]:
    rows = kept.reports.rows(
        "outstanding", sort="-days_overdue", limit=SHOWN + 1, currency=[kept.currency], bucket=["1-30", "31-60", "60+"]
    )
    return rows[:SHOWN], kept.reports.csv("outstanding", currency=[kept.currency]), len(rows) > SHOWN


def _dunning(kept: Kept) -> tuple[Rows, str, bool]:
    """Those that wait for a person first: nothing more happens by itself."""
    waiting = kept.reports.rows("dunning_queue", next_action=_BY_A_PERSON, limit=SHOWN + 1, currency=[kept.currency])
    others = kept.reports.rows("dunning_queue", sort="next_action_on", limit=SHOWN + 1, currency=[kept.currency])
    rows = waiting + [row for row in others if row["next_action"] not in _BY_A_PERSON]
    return rows[:SHOWN], kept.reports.csv("dunning_queue", currency=[kept.currency]), len(rows) > SHOWN


def _unmatched(kept: Kept) -> tuple[Rows, str, bool]:
    rows = kept.reports.rows("bank_matches", limit=SHOWN + 1, status=["unmatched"], currency=[kept.currency])
    csv = kept.reports.csv("bank_matches", status=["unmatched"], currency=[kept.currency])
    return rows[:SHOWN], csv, len(rows) > SHOWN


def _unbilled(kept: Kept) -> tuple[Rows, str, bool]:
    rows = kept.reports.rows("unbilled_usage", sort="-period", limit=SHOWN + 1)
    return rows[:SHOWN], kept.reports.csv("unbilled_usage"), len(rows) > SHOWN


def _taxes(kept: Kept) -> tuple[Rows, str, bool]:
    if kept.month is None:
        return [], kept.reports.csv("tax_summary"), False
    rows = kept.reports.rows("tax_summary", period=kept.month, sort="-tax", limit=MONTHS + 1, currency=[kept.currency])
    csv = kept.reports.csv("tax_summary", period=kept.month, currency=[kept.currency])
    return rows[:MONTHS], csv, len(rows) > MONTHS


def _runs(kept: Kept) -> tuple[Rows, str, bool]:
    rows = kept.reports.rows("runs", sort="-period", limit=MONTHS + 1, currency=[kept.currency])
    return rows[:MONTHS], kept.reports.csv("runs", currency=[kept.currency]), len(rows) > MONTHS


_INVOICE = Column(name="invoice_number", title="Invoice", kind="invoice")
_ACCOUNT = Column(name="account_number", title="Account")

TABLES = {
    spec.name: spec
    for spec in (
        TableSpec(
            name="overdue",
            title="Overdue invoices",
            columns=(
                _INVOICE,
                _ACCOUNT,
                Column(name="due_on", title="Due", kind="day", is_minor=True),
                Column(name="days_overdue", title="Days overdue", kind="count"),
                Column(name="outstanding", title="At risk", kind="money"),
            ),
            read=_overdue,
            empty="Nothing is overdue.",
            sort="-days_overdue",
        ),
        TableSpec(
            name="customers",
            title="Top customers",
            columns=(
                Column(name="rank", title="#", kind="rank", is_minor=True),
                Column(name="customer_name", title="Customer", kind="customer"),
                Column(name="segment", title="Segment", is_minor=True),
                Column(name="revenue", title="Revenue", kind="revenue"),
                Column(name="previous_revenue", title="Month before", kind="money", is_minor=True),
                Column(name="change", title="Change", kind="change", is_minor=True),
                Column(name="change_pct", title="Change %", kind="percent_change"),
                _INVOICE,
            ),
            read=_customers,
            empty="Nobody has been billed yet.",
            sort="rank",
        ),
        TableSpec(
            name="churn",
            title="Churn risk",
            columns=(
                Column(name="customer_name", title="Customer", kind="customer"),
                Column(name="reason", title="Why", kind="churn_reason", is_minor=True),
                Column(name="usage_1", title="Last three months", kind="usage_path"),
                Column(name="outstanding", title="Outstanding", kind="money"),
                Column(name="score", title="Score", kind="score"),
                _INVOICE,
            ),
            read=_churn,
            empty="Nobody looks like leaving.",
            sort="-score",
        ),
        TableSpec(
            name="dunning",
            title="Collection",
            columns=(
                _INVOICE,
                _ACCOUNT,
                Column(name="state", title="State", kind="state"),
                Column(name="since", title="Since", kind="day", is_minor=True),
                Column(name="next_action", title="Next", kind="next_action"),
                Column(name="failure_reason", title="Why it failed", kind="words", is_minor=True),
                Column(name="amount_due", title="Due", kind="money"),
            ),
            read=_dunning,
            empty="No invoice is being dunned.",
        ),
        TableSpec(
            name="unmatched",
            title="Bank entries without an invoice",
            columns=(
                Column(name="booked_on", title="Booked", kind="day"),
                Column(name="payer_name", title="Payer"),
                Column(name="entry_id", title="Entry", is_minor=True),
                Column(name="amount", title="Amount", kind="money"),
            ),
            read=_unmatched,
            empty="Every bank entry has found its invoice.",
            sort="booked_on",
        ),
        TableSpec(
            name="unbilled",
            title="Usage nobody pays for",
            columns=(
                Column(name="period", title="Month", kind="month"),
                _ACCOUNT,
                Column(name="metric", title="Metric", kind="words"),
                Column(name="quantity", title="Quantity", kind="quantity"),
                Column(name="reason", title="Why", kind="words", is_minor=True),
            ),
            read=_unbilled,
            empty="Every event is covered by a subscription.",
            sort="-period",
        ),
        TableSpec(
            name="taxes",
            title="Tax",
            columns=(
                Column(name="country", title="Country", kind="country"),
                Column(name="rate", title="Rate", kind="rate"),
                Column(name="treatment", title="Treatment", kind="words", is_minor=True),
                Column(name="invoices", title="Invoices", kind="count", is_minor=True),
                Column(name="taxable", title="Taxable", kind="money"),
                Column(name="tax", title="Tax", kind="money"),
            ),
            read=_taxes,
            empty="No tax has been billed.",
            sort="-tax",
        ),
        TableSpec(
            name="runs",
            title="Runs",
            columns=(
                Column(name="period", title="Month", kind="month"),
                Column(name="invoiced", title="Invoices", kind="count"),
                Column(name="skipped", title="Skipped", kind="count", is_minor=True),
                Column(name="parked", title="Parked", kind="alarm"),
                Column(name="tax", title="Tax", kind="money", is_minor=True),
                Column(name="total", title="Total", kind="money"),
            ),
            read=_runs,
            empty="No month has been run yet.",
            sort="-period",
        ),
    )
}
"""In no order that matters: the page places them."""

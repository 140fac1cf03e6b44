"""The tables of the dashboard: their columns, and what each says when there is nothing to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.web import dashboard_rows
from orchestrator.web.tables import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.web.dashboard_rows import DashboardSource, TableRows


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """A table before it is read."""

    name: str
    title: str
    columns: tuple[Column, ...]
    read: Callable[[DashboardSource], TableRows]
    empty: str
    sort: str = ""
    """How the rows come, so that a heading can show it."""


_INVOICE = Column(name="invoice_number", title="Invoice", kind="invoice")
_CUSTOMER = Column(name="customer_name", title="Customer", kind="customer")
_ACCOUNT = Column(name="account_number", title="Account")

TABLES = {
    spec.name: spec
    for spec in (
        TableSpec(
            name="overdue",
            title="Overdue invoices",
            columns=(
                _INVOICE,
                _CUSTOMER,
                Column(name="due_on", title="Due", kind="day", is_minor=True),
                Column(name="days_overdue", title="Days overdue", kind="count"),
                Column(name="outstanding", title="Outstanding", kind="money"),
            ),
            read=dashboard_rows.overdue,
            empty="Nothing is overdue.",
            sort="-days_overdue",
        ),
        TableSpec(
            name="customers",
            title="Top customers",
            columns=(
                Column(name="rank", title="#", kind="rank", is_minor=True),
                _CUSTOMER,
                Column(name="segment", title="Segment", is_minor=True),
                Column(name="revenue", title="Revenue", kind="revenue"),
                Column(name="previous_revenue", title="Month before", kind="money", is_minor=True),
                Column(name="change", title="Change", kind="change", is_minor=True),
                Column(name="change_pct", title="Change %", kind="percent_change"),
                _INVOICE,
            ),
            read=dashboard_rows.customers,
            empty="Nobody has been billed yet.",
            sort="rank",
        ),
        TableSpec(
            name="churn",
            title="Churn risk",
            columns=(
                _CUSTOMER,
                Column(name="reason", title="Why", kind="churn_reason", is_minor=True),
                Column(name="usage_1", title="Last three months", kind="usage_path", why="reason"),
                Column(name="outstanding", title="Outstanding", kind="money", is_minor=True),
                Column(name="score", title="Score", kind="score"),
                _INVOICE,
            ),
            read=dashboard_rows.churn,
            empty="Nobody looks like leaving.",
            sort="-score",
        ),
        TableSpec(
            name="dunning",
            title="Collection",
            columns=(
                _INVOICE,
                _CUSTOMER,
                Column(name="state", title="State", kind="state"),
                Column(name="since", title="Since", kind="day", is_minor=True),
                Column(name="next", title="Next", kind="next_action", why="failure_reason"),
                Column(name="failure_reason", title="Why it failed", kind="words", is_minor=True),
                Column(name="amount_due", title="Due", kind="money"),
            ),
            read=dashboard_rows.dunning,
            empty="No invoice is being dunned.",
            sort="next",
        ),
        TableSpec(
            name="unmatched",
            title="Bank entries without an invoice",
            columns=(
                Column(name="booked_on", title="Booked", kind="day"),
                Column(name="bank_transaction_id", title="Id"),
                Column(name="payer_name", title="Payer and text", kind="payer", why="reason"),
                Column(name="amount", title="Amount", kind="money_received"),
                Column(name="fits", title="Would fit", kind="invoice"),
            ),
            read=dashboard_rows.unmatched,
            empty="No bank entry waits.",
            sort="booked_on",
        ),
        TableSpec(
            name="unbilled",
            title="Usage nobody pays for",
            columns=(
                Column(name="period", title="Month", kind="month"),
                _ACCOUNT,
                Column(name="metric", title="Metric", kind="clipped", why="reason"),
                Column(name="quantity", title="Quantity", kind="quantity"),
                Column(name="reason", title="Why", kind="words", is_minor=True),
            ),
            read=dashboard_rows.unbilled,
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
            read=dashboard_rows.taxes,
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
            read=dashboard_rows.runs,
            empty="No month has been run yet.",
            sort="-period",
        ),
    )
}
"""In no order that matters: the page places them."""

"""Where the tables of the dashboard take their rows from, and which of them come first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from orchestrator.web.charts import sparkline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.web.reports import Reports

Rows = list[dict[str, Any]]
Suggest = Callable[[list[int]], Mapping[int, str]]
"""Names for bank entries that wait the invoice that would fit best."""
TOP = 20
SHOWN = 25
MONTHS = 12
RATES = 12
LATE = ("1-30", "31-60", "60+")
BY_A_PERSON = ("review", "settle dispute")
"""What the dunning queue calls the steps that nobody takes by itself; all others have a date."""
_AT_ONCE = "0"
"""Sorts before any date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRows:
    """The rows that a table shows, and the address of all of them as CSV."""

    rows: Rows
    csv: str
    total: int | None
    """How many there are altogether; None if that is more and was not counted, which can cost a second report."""
    waiting: int = 0
    """How many wait for a person, shown or not."""
    sums: dict[str, Decimal] = field(default_factory=dict)
    """What all rows add up to, by currency."""


@dataclass
class DashboardSource:
    """What the tables share: the reports, the currency, the last month billed."""

    reports: Reports
    currency: str
    month: str | None
    suggest: Suggest

    def find(
        self, view: str, *, limit: int, period: str | None = None, sort: str | None = None, **equal: Sequence[str]
    ) -> TableRows:
        """Read the first rows of a selection; its CSV is the same selection without a limit."""
        rows = self.reports.rows(view, period=period, sort=sort, limit=limit + 1, **equal)
        return TableRows(
            rows=rows[:limit],
            csv=self.reports.csv(view, period=period, sort=sort, **equal),
            total=len(rows) if len(rows) <= limit else None,
        )

    def find_and_count(self, view: str, *, limit: int, sort: str | None = None, **equal: Sequence[str]) -> TableRows:
        """Read the first rows of a selection, and count the others."""
        found = self.find(view, limit=limit, period=None, sort=sort, **equal)
        return replace(found, total=self.reports.count(view, period=None, **equal)) if found.total is None else found

    @cached_property
    def top_customers(self) -> TableRows:
        """Customers with the most revenue of the month."""
        if self.month is None:
            return TableRows(rows=[], total=0, csv=self.reports.csv("revenue_by_customer", currency=[self.currency]))
        return self.find("revenue_by_customer", limit=TOP, period=self.month, currency=[self.currency])

    @cached_property
    def at_risk(self) -> TableRows:
        """Customers who may leave."""
        return self.find("churn_risk", limit=SHOWN, currency=[self.currency])

    @cached_property
    def invoice_of(self) -> dict[str, str]:
        """Invoice of the month of each customer on the page."""
        accounts = sorted({row["account_number"] for row in (*self.top_customers.rows, *self.at_risk.rows)})
        if not accounts or self.month is None:
            return {}
        rows = self.reports.rows("invoices", period=self.month, account_number=accounts)
        return {row["account_number"]: row["invoice_number"] for row in rows if row["status"] not in {"draft", "void"}}

    def named(self, rows: Rows) -> Rows:
        """Add the customers' names, as they stand on the invoices."""
        numbers = [row["invoice_number"] for row in rows]
        invoices = self.reports.rows("invoices", invoice_number=numbers) if numbers else []
        names = {row["invoice_number"]: row["customer_name"] for row in invoices}
        return [{**row, "customer_name": names.get(row["invoice_number"])} for row in rows]


def customers(kept: DashboardSource) -> TableRows:
    """The top customers, each with its invoice of the month."""
    found = kept.top_customers
    largest = max((row["revenue"] for row in found.rows), default=0)
    rows = [
        {**row, "invoice_number": kept.invoice_of.get(row["account_number"]), "largest": largest} for row in found.rows
    ]
    return replace(found, rows=rows)


def churn(kept: DashboardSource) -> TableRows:
    """Those who may leave, highest score first."""
    rows = [
        {**row, "invoice_number": kept.invoice_of.get(row["account_number"]), "spark": _path(row)}
        for row in kept.at_risk.rows
    ]
    return replace(kept.at_risk, rows=rows)


def _path(row: dict[str, Any]) -> str | None:
    months = [row["usage_3"], row["usage_2"], row["usage_1"]]
    return None if None in months else sparkline([Decimal(month) for month in months], width=72, height=22)


def overdue(kept: DashboardSource) -> TableRows:
    """The latest invoices first."""
    found = kept.find_and_count("outstanding", sort="-days_overdue", limit=SHOWN, currency=[kept.currency], bucket=LATE)
    return replace(found, rows=kept.named(found.rows))


def dunning(kept: DashboardSource) -> TableRows:
    """Those that wait for a person first: nothing more happens by itself."""
    every = kept.find("dunning_queue", sort="next_action_on", limit=SHOWN, currency=[kept.currency])
    waiting = kept.find_and_count("dunning_queue", next_action=BY_A_PERSON, limit=SHOWN, currency=[kept.currency])
    others = [row for row in every.rows if row["next_action"] not in BY_A_PERSON]
    rows = [{**row, "next": row["next_action_on"] or _AT_ONCE} for row in (*waiting.rows, *others)[:SHOWN]]
    return replace(every, rows=kept.named(rows), waiting=waiting.total or 0)


def unmatched(kept: DashboardSource) -> TableRows:
    """Bank entries that wait for a person, in any currency: nobody may have an invoice in that of one."""
    found = kept.find_and_count("bank_matches", limit=SHOWN, status=["unmatched"])
    fits = kept.suggest([row["bank_transaction_id"] for row in found.rows])
    rows = [{**row, "fits": fits.get(row["bank_transaction_id"])} for row in found.rows]
    return replace(found, rows=rows, waiting=found.total or 0)


def unbilled(kept: DashboardSource) -> TableRows:
    """Usage without a subscription, newest month first."""
    found = kept.find_and_count("unbilled_usage", sort="-period", limit=SHOWN)
    return replace(found, waiting=found.total or 0)


def taxes(kept: DashboardSource) -> TableRows:
    """Tax of the last month by rate, most first; the sums are of every rate and every currency."""
    if kept.month is None:
        return TableRows(rows=[], total=0, csv=kept.reports.csv("tax_summary"))
    every = kept.reports.rows("tax_summary", period=kept.month, sort="-tax")
    sums = {row["currency"]: row["tax_of_currency"] for row in sorted(every, key=itemgetter("currency"))}
    rows = [row for row in every if row["currency"] == kept.currency]
    csv = kept.reports.csv("tax_summary", period=kept.month, sort="-tax", currency=[kept.currency])
    return TableRows(rows=rows[:RATES], csv=csv, total=len(rows), sums=sums)


def runs(kept: DashboardSource) -> TableRows:
    """The last runs."""
    return kept.find("runs", sort="-period", limit=MONTHS, currency=[kept.currency])

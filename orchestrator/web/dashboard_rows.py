"""Where the tables of the dashboard take their rows from, and which of them come first."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from orchestrator.web.charts import sparkline

if TYPE_CHECKING:
    from orchestrator.web.reports import Reports

Rows = list[dict[str, Any]]
Found = tuple[Rows, str, bool]
"""Rows, the address of their CSV, and whether there are more than the page shows."""
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


def customers(kept: Kept) -> Found:
    """The top customers, each with its invoice of the month."""
    largest = max((row["revenue"] for row in kept.top_customers), default=0)
    rows = [
        {**row, "invoice_number": kept.invoice_of.get(row["account_number"]), "largest": largest}
        for row in kept.top_customers
    ]
    csv = kept.reports.csv("revenue_by_customer", period=kept.month, currency=[kept.currency])
    return rows, csv, len(rows) == TOP


def churn(kept: Kept) -> Found:
    """Those who may leave, highest score first."""
    rows = [
        {**row, "invoice_number": kept.invoice_of.get(row["account_number"]), "spark": _path(row)}
        for row in kept.at_risk
    ]
    return rows[:SHOWN], kept.reports.csv("churn_risk", currency=[kept.currency]), len(rows) > SHOWN


def _path(row: dict[str, Any]) -> str | None:
    months = [row["usage_3"], row["usage_2"], row["usage_1"]]
    return None if None in months else sparkline([Decimal(month) for month in months], width=72, height=22)


def overdue(kept: Kept) -> Found:
    """The latest invoices first."""
    rows = kept.reports.rows(
        "outstanding", sort="-days_overdue", limit=SHOWN + 1, currency=[kept.currency], bucket=["1-30", "31-60", "60+"]
    )
    return rows[:SHOWN], kept.reports.csv("outstanding", currency=[kept.currency]), len(rows) > SHOWN


def dunning(kept: Kept) -> Found:
    """Those that wait for a person first: nothing more happens by itself."""
    waiting = kept.reports.rows("dunning_queue", next_action=_BY_A_PERSON, limit=SHOWN + 1, currency=[kept.currency])
    others = kept.reports.rows("dunning_queue", sort="next_action_on", limit=SHOWN + 1, currency=[kept.currency])
    rows = waiting + [row for row in others if row["next_action"] not in _BY_A_PERSON]
    return rows[:SHOWN], kept.reports.csv("dunning_queue", currency=[kept.currency]), len(rows) > SHOWN


def unmatched(kept: Kept) -> Found:
    """Bank entries that wait for a person."""
    rows = kept.reports.rows("bank_matches", limit=SHOWN + 1, status=["unmatched"], currency=[kept.currency])
    csv = kept.reports.csv("bank_matches", status=["unmatched"], currency=[kept.currency])
    return rows[:SHOWN], csv, len(rows) > SHOWN


def unbilled(kept: Kept) -> Found:
    """Usage without a subscription, newest month first."""
    rows = kept.reports.rows("unbilled_usage", sort="-period", limit=SHOWN + 1)
    return rows[:SHOWN], kept.reports.csv("unbilled_usage"), len(rows) > SHOWN


def taxes(kept: Kept) -> Found:
    """Tax of the last month by rate, most first."""
    if kept.month is None:
        return [], kept.reports.csv("tax_summary"), False
    rows = kept.reports.rows("tax_summary", period=kept.month, sort="-tax", limit=MONTHS + 1, currency=[kept.currency])
    csv = kept.reports.csv("tax_summary", period=kept.month, currency=[kept.currency])
    return rows[:MONTHS], csv, len(rows) > MONTHS


def runs(kept: Kept) -> Found:
    """The last runs."""
    rows = kept.reports.rows("runs", sort="-period", limit=MONTHS + 1, currency=[kept.currency])
    return rows[:MONTHS], kept.reports.csv("runs", currency=[kept.currency]), len(rows) > MONTHS

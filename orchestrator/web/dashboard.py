"""What the dashboard shows: rows of the reports as they stand on one date, picked and laid out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from orchestrator.web.charts import sparkline
from orchestrator.web.dashboard_rows import DashboardSource
from orchestrator.web.dashboard_tables import TABLES
from orchestrator.web.parameters import read_day, read_query, single
from orchestrator.web.problems import bad_request
from orchestrator.web.tables import Table, next_sort, sorted_rows
from orchestrator.web.trend import MONTH, WEEK, read_trend

if TYPE_CHECKING:
    from datetime import date

    from starlette.requests import Request

    from orchestrator.web.dashboard_rows import Suggest, TableRows
    from orchestrator.web.dashboard_tables import TableSpec
    from orchestrator.web.reports import Reports
    from orchestrator.web.trend import Trend

BUCKETS = {
    "current": "Not past due",
    "1-30": "1\N{EN DASH}30 days",
    "31-60": "31\N{EN DASH}60 days",
    "60+": "Over 60 days",
}
_SORT = "sort_"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the address asks for."""

    as_of: date | None = None
    currency: str | None = None
    trend: str = MONTH
    sorts: dict[str, str]

    def href(self, **changes: str | None) -> str:
        """Return the address of the same page with something changed; None leaves a parameter out."""
        query: dict[str, str | None] = {
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "currency": self.currency,
            "trend": None if self.trend == MONTH else self.trend,
            **{f"{_SORT}{table}": sort for table, sort in self.sorts.items()},
            **changes,
        }
        given = {name: value for name, value in query.items() if value is not None}
        return f"/?{urlencode(given)}" if given else "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The numbers at the top."""

    month: str
    mrr: Decimal | int
    growth: Decimal | None
    billed: Decimal | int
    billed_before: Decimal | int | None
    outstanding: Decimal
    open_invoices: int
    overdue: Decimal
    overdue_invoices: int
    history: str
    """A small line of the last twelve months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The whole page."""

    as_of: date
    view: View
    currency: str
    currencies: list[str]
    headline: Headline
    trend: Trend
    aging: list[dict[str, Any]]
    aging_csv: str
    tables: dict[str, Table]
    waiting: int


def read_view(request: Request) -> View:
    """Read the address."""
    query = read_query(request)
    known = {"as_of", "currency", "trend", *(f"{_SORT}{name}" for name in TABLES)}
    if unknown := sorted(set(query) - known):
        raise bad_request(f"The dashboard has no parameter {unknown[0]!r}.")
    trend = single(query, "trend") or MONTH
    if trend not in {MONTH, WEEK}:
        raise bad_request(f"trend is {trend!r}; expected month or week.")
    sorts = {name: sort for name in TABLES if (sort := single(query, f"{_SORT}{name}"))}
    for name, sort in sorts.items():
        if sort.removeprefix("-") not in {column.name for column in TABLES[name].columns}:
            raise bad_request(f"That table cannot be sorted by {sort!r}.")
    as_of = read_day(single(query, "as_of") or None)
    return View(as_of=as_of, currency=single(query, "currency") or None, trend=trend, sorts=sorts)


def read_dashboard(reports: Reports, view: View, *, suggest: Suggest) -> Dashboard:
    """Read everything; several currencies are shown one at a time and never added up."""
    ages = reports.rows("aging")
    months = reports.rows("mrr")
    currencies = sorted({row["currency"] for row in (*ages, *months)})
    if view.currency is not None and view.currency not in currencies:
        raise bad_request(f"Nothing is billed in {view.currency!r}.")
    currency = view.currency or _main_currency(reports, currencies)
    months = [row for row in months if row["currency"] == currency]
    ages = [row for row in ages if row["currency"] == currency]
    kept = DashboardSource(
        reports=reports, currency=currency, month=months[-1]["month"] if months else None, suggest=suggest
    )
    found = {name: spec.read(kept) for name, spec in TABLES.items()}
    return Dashboard(
        as_of=reports.as_of,
        view=view,
        currency=currency,
        currencies=currencies,
        headline=_headline(months, ages),
        trend=read_trend(reports, months, unit=view.trend, currency=currency),
        aging=[{**row, "title": BUCKETS[row["bucket"]]} for row in ages],
        aging_csv=reports.csv("aging", currency=[currency]),
        tables={name: _table(spec, found[name], view) for name, spec in TABLES.items()},
        waiting=sum(each.waiting for each in found.values()),
    )


def _main_currency(reports: Reports, currencies: list[str]) -> str:
    """Return the currency most invoices of the last run were in."""
    runs = reports.rows("runs", sort="-period", limit=len(currencies) or 1)
    latest = [run for run in runs if run["period"] == runs[0]["period"] and run["currency"]]
    if latest:
        return str(max(latest, key=lambda run: (run["invoiced"], run["currency"]))["currency"])
    return currencies[0] if currencies else "USD"


def _headline(months: list[dict[str, Any]], ages: list[dict[str, Any]]) -> Headline:
    nothing = {"invoices_and_older": 0, "outstanding_and_older": Decimal(0)}
    every, overdue = ([row for row in ages if row["bucket"] == age] or [nothing] for age in ("current", "1-30"))
    last = months[-1] if months else {"month": "", "mrr": Decimal(0), "growth": None, "billed": Decimal(0)}
    return Headline(
        month=last["month"],
        mrr=last["mrr"],
        growth=last["growth"],
        billed=last["billed"],
        billed_before=months[-2]["billed"] if len(months) > 1 else None,
        outstanding=every[0]["outstanding_and_older"],
        open_invoices=every[0]["invoices_and_older"],
        overdue=overdue[0]["outstanding_and_older"],
        overdue_invoices=overdue[0]["invoices_and_older"],
        history=_history(months[-12:]),
    )


def _history(months: list[dict[str, Any]]) -> str:
    if len(months) < 2:  # noqa: PLR2004 - one point is no line
        return ""
    values = [Decimal(row["mrr"]) for row in months]
    return sparkline(values, width=96, height=30, bottom=min(values))


def _table(spec: TableSpec, found: TableRows, view: View) -> Table:
    sort = view.sorts.get(spec.name, spec.sort)
    return Table(
        name=spec.name,
        title=spec.title,
        columns=spec.columns,
        rows=sorted_rows(found.rows, sort) if spec.name in view.sorts else found.rows,
        csv=found.csv,
        empty=spec.empty,
        total=found.total,
        sums=found.sums,
        sort=sort,
        links={
            column.name: view.href(**{f"{_SORT}{spec.name}": next_sort(column, sort)}) + f"#{spec.name}"
            for column in spec.columns
        },
    )

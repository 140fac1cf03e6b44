"""The trend of recurring revenue: bars by source with a line for the sum, and what moved it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from orchestrator.web.charts import Point, bar_chart
from orchestrator.web.figures import amount, month, short_day, signed, signed_percent, symbol
from orchestrator.web.tables import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.web.charts import Chart
    from orchestrator.web.reports import Reports

MONTH, WEEK = "month", "week"
MONTHS, WEEKS = 24, 26
_HEIGHT = 300
_WHOLE_WEEK = 7
_SERIES = {
    MONTH: {"usage": "Usage", "subscription": "Subscriptions", "proration": "Proration"},
    WEEK: {"usage": "Usage", "subscription": "Subscriptions"},
}
_MOVEMENTS = {
    MONTH: {"new": "New", "expansion": "Expansion", "contraction": "Contraction", "churned": "Churned"},
    WEEK: {"new_customers_mrr": "New customers", "existing_customers_mrr": "Existing customers"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Two charts over the same months or weeks, and the numbers behind them."""

    unit: str
    sources: Chart
    source_names: dict[str, str]
    movements: Chart
    movement_names: dict[str, str]
    columns: list[Column]
    rows: list[dict[str, Any]]
    csv: str


def read_trend(reports: Reports, months: Sequence[dict[str, Any]], *, unit: str, currency: str) -> Trend:
    """Lay out the last two years, or the last half year by week."""
    view = "mrr" if unit == MONTH else "mrr_weekly"
    rows = list(months) if unit == MONTH else reports.rows(view, sort="-week", limit=WEEKS, currency=[currency])[::-1]
    rows = rows[-MONTHS:] if unit == MONTH else rows
    moved = rows[1:] if unit == MONTH and len(rows) > 1 and rows[0]["growth"] is None else rows
    sources, movements = _SERIES[unit], _MOVEMENTS[unit]
    first = Column(name=unit, title=unit.capitalize(), kind=unit)
    money = [Column(name=name, title=title, kind="money") for name, title in sources.items()]
    moves = [Column(name=name, title=title, kind="change") for name, title in movements.items()]
    total = [Column(name="mrr", title="MRR", kind="money"), Column(name="growth", title="Growth", kind="growth")]
    return Trend(
        unit=unit,
        sources=bar_chart([_point(row, sources, unit, currency, has_line=True) for row in rows], height=_HEIGHT),
        source_names=sources,
        movements=bar_chart([_point(row, movements, unit, currency, has_line=False) for row in moved], height=_HEIGHT),
        movement_names=movements,
        columns=[first, *money, *total, *moves],
        rows=rows[::-1],
        csv=reports.csv(view, currency=[currency]),
    )


def _point(row: dict[str, Any], names: dict[str, str], unit: str, currency: str, *, has_line: bool) -> Point:
    days = row.get("days", _WHOLE_WEEK)
    title = month(row["month"]) if unit == MONTH else f"Week of {short_day(row['week'])}"
    lines = [title if days == _WHOLE_WEEK else f"{title} ({days} days)"]
    if has_line:
        growth = "" if row["growth"] is None else f" ({signed_percent(row['growth'])})"
        lines.append(f"MRR {symbol(currency)}{amount(row['mrr'], currency)}{growth}")
        lines += [f"{name} {amount(row[key], currency)}" for key, name in names.items()]
    else:
        lines += [f"{name} {signed(row[key], currency)}" for key, name in names.items()]
    return Point(
        label=month(row["month"]).replace(" 20", " \N{RIGHT SINGLE QUOTATION MARK}")
        if unit == MONTH
        else short_day(row["week"]).rpartition(" ")[0],
        parts={key: Decimal(row[key]) for key in names},
        tip=lines,
        line=Decimal(row["mrr"]) if has_line else None,
        is_partial=days < _WHOLE_WEEK,
    )

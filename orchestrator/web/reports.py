"""Rows of the reports for the pages: the same selections the API serves, with exact numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from orchestrator.engine.calendar import Calendar
from orchestrator.reports.catalog import describe_views
from orchestrator.reports.export import json_rows, row_count
from orchestrator.reports.query import Selection
from orchestrator.web.api import address_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import psycopg


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a CSV button asks the API for."""

    view: str
    period: str | None = None
    sort: str | None = None
    equal: dict[str, tuple[str, ...]]
    as_of: date

    def href(self) -> str:
        """Return its address."""
        query = [("as_of", self.as_of.isoformat()), ("format", "csv")]
        query += [(name, value) for name, value in (("period", self.period), ("sort", self.sort)) if value]
        query += [(name, value) for name, values in self.equal.items() for value in values]
        return f"{address_of(self.view)}?{urlencode(query)}"


class Reports:
    """Reads reports of one moment, all from the same connection."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._views = describe_views(connection)
        self.as_of = Calendar(connection).reporting_date()

    def rows(
        self,
        view: str,
        *,
        period: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        **equal: Sequence[str],
    ) -> list[dict[str, Any]]:
        """Return rows; numbers are int or Decimal, dates are text."""
        if view not in self._views:
            return []
        selection = Selection(
            view=self._views[view],
            period=period,
            equal={name: tuple(values) for name, values in equal.items()},
            sort=sort,
            limit=limit,
        )
        return [json.loads(line, parse_float=Decimal) for line in json_rows(self._connection, selection)]

    def count(self, view: str, *, period: str | None = None, **equal: Sequence[str]) -> int:
        """Return how many rows there are without a limit."""
        if view not in self._views:
            return 0
        given = {name: tuple(values) for name, values in equal.items()}
        selection = Selection(view=self._views[view], period=period, equal=given)
        return row_count(self._connection, selection)

    def csv(self, view: str, *, period: str | None = None, sort: str | None = None, **equal: Sequence[str]) -> str:
        """Return the address of the same rows as CSV, all of them."""
        given = {name: tuple(values) for name, values in equal.items()}
        return Link(view=view, period=period, sort=sort, equal=given, as_of=self.as_of).href()

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

import pytest
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from tests.given import Given

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Connect

Row = dict[str, object]


class Report(Protocol):
    """Reads a reporting view as the role of BI tools does, sorted by the columns that are asked for."""

    def __call__(self, view: str, *columns: str, as_of: str | None = None) -> list[tuple[object, ...]]: ...


@pytest.fixture
def given(database: psycopg.Connection) -> Given:
    """A factory on the test's database, with a seller in Germany who bills in UTC."""
    return Given(database)


@pytest.fixture
def report(connect: Connect) -> Report:
    reader = connect("billing_reader")

    def read(view: str, *columns: str, as_of: str | None = None) -> list[tuple[object, ...]]:
        asked = SQL(", ").join(map(Identifier, columns))
        query = SQL("select {0} from reporting.{1} order by {0}").format(asked, Identifier(view))
        with reader.transaction(), reader.cursor(row_factory=dict_row) as cursor:
            cursor.execute("select set_config('billing.as_of', %s, true)", (as_of or "",))
            return [tuple(plain(value) for value in row.values()) for row in cursor.execute(query).fetchall()]

    return read


def plain(value: object) -> object:
    """Amounts and dates as a test writes them."""
    return value if value is None or isinstance(value, int | str) else _text(value)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)

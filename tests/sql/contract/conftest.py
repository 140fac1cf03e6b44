from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

Loaded = tuple[list[int], list[tuple[int | None, str, str]]]
"""Rows added, changed, unchanged and bad; problems as (line, column, expected)."""


class Load(Protocol):
    """Stages rows, the first on line 2, and calls a load function."""

    def __call__(self, function: str, *rows: Mapping[str, object], skip_bad: bool = False) -> Loaded: ...


@pytest.fixture
def load(database: psycopg.Connection) -> Load:
    def call(function: str, *rows: Mapping[str, object], skip_bad: bool = False) -> Loaded:
        with database.transaction():
            database.execute("select billing.begin_file()")
            for line, row in enumerate(rows, start=2):
                database.execute(
                    "insert into pg_temp.incoming_rows (line, fields) values (%s, %s)",
                    (line, Jsonb({name: value for name, value in row.items() if value is not None})),
                )
            arguments = "" if function == "load_seller" else str(skip_bad)
            counts = database.execute(f"select * from billing.{function}({arguments})".encode()).fetchall()[0]
            problems = database.execute("select line, column_name, expected from billing.file_problems()").fetchall()
        return [count or 0 for count in counts], problems

    return call

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol

import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """What a change of a subscription bills: by month and service period, and charge by charge."""

    bills: list[tuple[str, str, Decimal]]
    charges: list[tuple[object, ...]]
    corrected: set[str]


class Change(Protocol):
    """Changes a subscription of an account by one of the commands, as of 1 March 2026."""

    def __call__(  # noqa: PLR0913 - what commands are told
        self, command: str, subscription: str, on: str, *, account: str = "A", plan: str | None = None,
        quantity: object = None,
    ) -> Bills: ...  # fmt: skip


CHANGED = """
    select to_char(billed_in, 'YYYY-MM'), service_period, invoice_number, description, quantity_before::int,
        quantity_after::int, owed_before, owed_after, difference
    from billing.changed_charges()
"""


@pytest.fixture
def change(database: psycopg.Connection) -> Change:
    def call(  # noqa: PLR0913 - what commands are told
        command: str, subscription: str, on: str, *, account: str = "A", plan: str | None = None,
        quantity: object = None,
    ) -> Bills:  # fmt: skip
        asked = (account, subscription, on, *((plan, quantity) if command == "change" else ()), "2026-03-01")
        places = ", ".join(["%s"] * len(asked))
        with database.transaction():
            database.execute(f"select billing.{command}_subscription({places})".encode(), asked)
            rows = database.execute(CHANGED.encode()).fetchall()
        return Bills(
            bills=[(*key, sum(row[-1] for row in of_key)) for key, of_key in groupby(rows, itemgetter(0, 1))],
            charges=[(row[0], *row[2:8]) for row in rows],
            corrected={row[2] for row in rows if row[2]},
        )

    return call

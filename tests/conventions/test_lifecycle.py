"""docs/invoice-lifecycle.md shows the states and steps that the database has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conventions import documents

if TYPE_CHECKING:
    import psycopg

LIFECYCLE = documents.text("docs/invoice-lifecycle.md")
DIAGRAM = re.compile(r"^```mermaid\n(.*?)^```", re.MULTILINE | re.DOTALL)
STEP = re.compile(r"^    (\w+) --> (\w+)", re.MULTILINE)
STATE = re.compile(r"'(\w+)'::text")


def diagrams() -> list[set[tuple[str, str]]]:
    return [set(STEP.findall(diagram)) for diagram in DIAGRAM.findall(LIFECYCLE)]


def transitions(database: psycopg.Connection, table: str, columns: str) -> set[tuple[str, str]]:
    return set(database.execute(f"select {columns} from billing.{table}".encode()).fetchall())


def allowed_states(database: psycopg.Connection, constraint: str) -> set[str]:
    row = database.execute(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = %s", (constraint,)
    ).fetchone()
    assert row is not None
    return set(STATE.findall(row[0]))


def test_the_diagrams_show_the_allowed_steps(database: psycopg.Connection) -> None:
    assert diagrams() == [
        transitions(database, "invoice_transitions", "from_status, to_status"),
        transitions(database, "dunning_transitions", "from_state, to_state"),
    ]


def test_the_diagrams_show_every_state(database: psycopg.Connection) -> None:
    statuses, states = ({state for step in diagram for state in step} for diagram in diagrams())
    assert statuses == allowed_states(database, "status_is_known")
    assert states == allowed_states(database, "dunning_state_is_known")


def test_the_table_of_steps_is_the_policy(database: psycopg.Connection) -> None:
    (policy,) = re.findall(r"^\| after .*\n(?:\|.*\n)+", LIFECYCLE, re.MULTILINE)
    stored = database.execute(
        """
        select case failure_kind when 'none' then 'transfer' else failure_kind end, day::text, action, letter
        from billing.dunning_policy
        """
    ).fetchall()
    assert {tuple(row.values()) for row in documents.table(policy)} == set(stored)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator import resources
from orchestrator.deployment.blueprint.description import read
from orchestrator.embedded import cluster, server
from scripts.schema import DOCUMENT, schema
from tests.tools import miss

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from tests.conftest import Clone

WRITTEN_ON = 18
"""Major version of the embedded server: others describe the same schema in slightly other words."""


@pytest.fixture
def described(clone: Clone, admin: psycopg.Connection) -> str:
    programs: Path = server.binaries(clone.server)
    if admin.info.server_version // 10_000 != WRITTEN_ON:
        pytest.skip(f"docs/schema.sql is written on PostgreSQL {WRITTEN_ON}")
    if not (programs / "pg_dump").is_file():
        miss("pg_dump", how="part of PostgreSQL")
    return schema(clone.url(cluster.SUPERUSER), programs)


def test_the_schema_in_the_documentation_is_fresh(described: str) -> None:
    assert described == DOCUMENT.read_text(encoding="utf-8"), "renew it with: make schema"


def test_the_blueprint_is_of_the_files_as_they_are() -> None:
    assert read(resources.folder), "renew it with: make schema"


def test_months_of_usage_do_not_change_the_schema(described: str, clone: Clone, database: psycopg.Connection) -> None:
    database.execute("select billing.maintain_partitions('2026-02-01', 2)")
    assert schema(clone.url(cluster.SUPERUSER), server.binaries(clone.server)) == described


def test_the_schema_shows_every_table(described: str, database: psycopg.Connection) -> None:
    tables = database.execute(
        "select relname from pg_class where relnamespace = 'billing'::regnamespace and relkind in ('r', 'p')"
    ).fetchall()
    assert tables
    assert [name for (name,) in tables if f"CREATE TABLE billing.{name} (" not in described] == []

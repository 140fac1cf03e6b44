"""pg_partman can take over billing_events: names, bounds and template are those our own upkeep uses.

create_parent of pg_partman 5 names months like ours; that of 4, which Debian has, does not, but its configuration can.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator import resources
from orchestrator.checks import changed_objects
from orchestrator.deployment.blueprint.description import read
from orchestrator.deployment.blueprint.mending import mend
from orchestrator.deployment.declared_code import declare
from tests.tools import miss

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Connect
    from tests.given import Given

ADOPT = b"""
insert into partman.part_config (
    parent_table, control, partition_type, partition_interval, datetime_string, premake, template_table,
    infinite_time_partitions
)
values (
    'billing.billing_events', 'occurred_at', 'native', '1 month', 'YYYYMMDD', 2, 'billing.billing_events_template',
    true
)
"""
PARTS = b"""
select inhrelid::regclass::text, pg_get_expr(relpartbound, inhrelid)
from pg_inherits inner join pg_class on oid = inhrelid
where inhparent = 'billing.billing_events'::regclass order by 1
"""


DEBIAN = Path("/usr/share/postgresql/15")
"""Where Debian's postgresql-15-partman lies; from PostgreSQL 18 on another server can be pointed at it."""


@pytest.fixture
def partman(admin: psycopg.Connection) -> psycopg.Connection:
    """The extension, where the server has its files or can be shown those of Debian's package."""
    if admin.info.server_version >= 180000 and (DEBIAN / "extension" / "pg_partman.control").exists():
        admin.execute(f"set extension_control_path = '{DEBIAN}:$system'".encode())
    available = admin.execute(
        "select default_version from pg_available_extensions where name = 'pg_partman' and default_version like '4.%'"
    ).fetchone()
    if available is None:
        miss("pg_partman", how="version 4; Debian: postgresql-15-partman, --pg-bin")
    admin.execute("set timezone = 'UTC'")
    admin.execute("create schema partman")
    admin.execute("create extension pg_partman schema partman")
    return admin


def test_pg_partman_adopts_the_table_and_its_partitions_are_ours(
    partman: psycopg.Connection, given: Given, connect: Connect
) -> None:
    given.value("select billing.maintain_partitions(current_date, 0)")
    ours: dict[str, str] = dict(partman.execute(PARTS).fetchall())
    partman.execute(ADOPT)
    partman.execute("select partman.run_maintenance('billing.billing_events', p_jobmon => false)")
    adopted: dict[str, str] = dict(partman.execute(PARTS).fetchall())
    assert ours.items() <= adopted.items()
    assert len(adopted) > len(ours)
    assert connect().execute("select billing.maintain_partitions(current_date, 2)").fetchone() == (0,)
    names = partman.execute(
        "select count(*) from pg_index where indisunique and indrelid::regclass::text like '%.billing_events_p%'"
    )
    assert names.fetchone() == (len(adopted) - 1,)
    assert [each for each in changed_objects(partman) if "billing_events" in each.subject] == []


def test_a_deployment_hands_the_months_of_pg_partman_to_the_owner(partman: psycopg.Connection, given: Given) -> None:
    given.value("select billing.maintain_partitions(current_date, 0)")
    partman.execute(ADOPT)
    partman.execute("select partman.run_maintenance('billing.billing_events', p_jobmon => false)")
    owners = "select distinct relowner::regrole::text from pg_class where relname ~ '^billing_events' order by 1"
    assert partman.execute(owners).fetchall() == [("billing_owner",), ("postgres",)]
    mend(partman, read(resources.folder))
    with partman.transaction():
        declare(partman, resources.folder("sql"))
    assert partman.execute(owners).fetchall() == [("billing_owner",)]

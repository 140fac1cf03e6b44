"""Whoever reads a report runs the functions inside it with his own rights: so nobody but the owner puts any there."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestrator import resources
from orchestrator.config import Settings
from orchestrator.deployment.deploy import ROLES, deploy
from orchestrator.embedded import cluster, server
from orchestrator.engine.database import connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Connect

READ_BY_COMMANDS = ("billing", "reporting", "reporting_models", "deployment", "extensions", "public")
OTHERS = tuple(role for role in ROLES if role != "billing_owner")
EVIL = """
create function analytics.evil() returns numeric language plpgsql as $f$
begin
    execute 'set role none';
    execute 'alter role billing_analyst createdb';
    return 0;
end;
$f$;
create function analytics.trap() returns trigger language plpgsql as $f$ begin perform analytics.evil(); end $f$;
grant usage on schema analytics to public;
"""
FORGERIES = (
    "create or replace view {relation} as select analytics.evil() as balance",
    "alter table {relation} owner to {role}",
    "alter table {relation} set schema analytics",
    "create rule forged as on insert to {relation} do instead select analytics.evil()",
    "create trigger forged instead of insert on {relation} for each row execute function analytics.trap()",
    "create trigger forged before insert on {relation} for each row execute function analytics.trap()",
    "drop view {relation} cascade",
)
MAKINGS = (
    "create view {schema}.forged as select 1 as one",
    "create function {schema}.forged() returns integer language sql return 1",
    "alter schema {schema} owner to {role}",
    "alter schema {schema} rename to forged",
)


def succeeds(connection: psycopg.Connection, statement: str) -> bool:
    """Whether the statement is allowed; it is never kept."""
    with suppress(psycopg.Error), connection.transaction(force_rollback=True):
        connection.execute(statement.encode())
        return True
    return False


@pytest.fixture
def analyst(connect: Connect) -> psycopg.Connection:
    """An analyst with functions that do more than they should, which anybody may call."""
    connection = connect("billing_analyst")
    connection.execute(EVIL)
    return connection


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("schema", READ_BY_COMMANDS)
@pytest.mark.usefixtures("analyst")
def test_nobody_changes_what_commands_read(connect: Connect, admin: psycopg.Connection, role: str, schema: str) -> None:
    query = (
        "select oid::regclass::text from pg_class where relnamespace = %s::regnamespace and relkind in ('r', 'p', 'v')"
    )
    relations = [name for (name,) in admin.execute(query, (schema,))]
    statements = [each.format(relation=name, role=role) for name in relations for each in FORGERIES]
    other = connect(role)
    makings = [each.format(schema=schema, role=role) for each in MAKINGS]
    assert [statement for statement in statements + makings if succeeds(other, statement)] == []


def test_reading_every_report_as_a_superuser_runs_nothing_of_an_analyst(
    analyst: psycopg.Connection, settings: Settings
) -> None:
    reports = [name for (name,) in analyst.execute("select viewname from pg_views where schemaname = 'reporting'")]
    for name in reports:
        assert not succeeds(analyst, FORGERIES[0].format(relation=f"reporting.{name}"))
    with connected(settings, "billing_reader", name="export") as reader:
        for name in reports:
            reader.execute(f"select * from reporting.{name}".encode())
    creates = "select rolcreatedb from pg_roles where rolname = 'billing_analyst'"
    assert analyst.execute(creates.encode()).fetchall() == [(False,)]


def test_the_views_that_commands_read_use_functions_of_the_owner_alone(admin: psycopg.Connection) -> None:
    query = """
        select pg_rewrite.ev_class::regclass::text, refobjid::regprocedure::text
        from pg_depend
        inner join pg_rewrite on classid = 'pg_rewrite'::regclass and objid = pg_rewrite.oid
        inner join pg_class on ev_class = pg_class.oid
        inner join pg_proc on refclassid = 'pg_proc'::regclass and refobjid = pg_proc.oid
        where relnamespace::regnamespace::text ~ '^(billing|reporting)' and proowner <> 'billing_owner'::regrole
    """
    assert admin.execute(query).fetchall() == []


BEFORE = """
create view reporting.credit_balances as select 0::numeric as balance;
create view analytics.int_balances as select nspname as name from pg_namespace;
create view reporting.of_analysts as select analytics.evil() as one, balance from reporting.credit_balances;
create view analytics.of_an_analyst as select * from analytics.int_balances;
create rule forged as on insert to analytics.int_balances do instead select analytics.evil();
create trigger forged instead of update on reporting.credit_balances for each row execute function analytics.trap();
grant select, update on analytics.int_balances to public;
grant update (name) on analytics.int_balances to billing_reader;
grant create on schema reporting to billing_reader
"""


@pytest.fixture(params=[True, False], ids=["superuser", "plain deployer"])
def former(request: pytest.FixtureRequest, postgres: Settings, tmp_path: Path) -> Iterator[Settings]:
    """A database whose reports belong to the analysts, who have made the most of it; on a server of its own."""
    own = Settings(home=tmp_path / "own", postgres_bin=postgres.postgres_bin)
    user = cluster.SUPERUSER if request.param else "deployer"
    try:
        deploy(own, with_dbt=False)
        with psycopg.connect(server.address(own, cluster.SUPERUSER, "postgres"), autocommit=True) as superuser:
            if not request.param:
                superuser.execute(f"create role {user} login in role {', '.join(ROLES)}".encode())
            superuser.execute(f"create database former owner {user}".encode())
        settings = Settings(home=tmp_path / "home", database_url=server.address(own, user, "former"))
        (tmp_path / "old" / "migrations").mkdir(parents=True)
        (tmp_path / "old" / "sql").mkdir()
        for step in sorted(resources.folder("migrations").glob("*.sql")):
            if "take_reports_from_analysts" in step.name:
                break
            shutil.copy(step, tmp_path / "old" / "migrations")
        deploy(settings, with_dbt=False, folder=(tmp_path / "old").joinpath)
        with psycopg.connect(str(settings.database_url), autocommit=True) as analyst:
            analyst.execute(f"set role billing_analyst; {EVIL} {BEFORE}".encode())
        yield settings
    finally:
        server.stop(own)


def test_reports_that_belonged_to_analysts_are_taken_over_without_what_they_had_prepared(former: Settings) -> None:
    deploy(former, with_dbt=False)
    with psycopg.connect(str(former.database_url)) as connection:
        views = connection.execute(
            """
            select oid::regclass::text, relowner::regrole::text, has_table_privilege('public', oid, 'select'),
                has_any_column_privilege('billing_reader', oid, 'insert, update'),
                has_any_column_privilege('billing_analyst', oid, 'insert, update')
            from pg_class where relkind = 'v' and relnamespace::regnamespace::text ~ '^(reporting|analytics)' order by 1
            """
        ).fetchall()
        for forged in ("pg_rewrite where rulename = 'forged'", "pg_trigger where tgname = 'forged'"):
            assert connection.execute(f"select from {forged}".encode()).fetchall() == []
        may_create = "select has_schema_privilege('billing_reader', 'reporting', 'create')"
        assert connection.execute(may_create).fetchall() == [(False,)]
    assert views == [
        ("analytics.of_an_analyst", "billing_analyst", False, False, True),
        ("analytics.of_analysts", "billing_analyst", False, False, True),
        ("reporting.credit_balances", "billing_owner", False, False, False),
        ("reporting_models.int_balances", "billing_owner", True, False, False),
    ]

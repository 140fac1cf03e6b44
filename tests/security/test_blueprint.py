"""What an owner or a superuser changes behind the program is named, and put back by a deployment."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from orchestrator import resources
from orchestrator.checks import changed_objects
from orchestrator.deployment.blueprint.comparison import differences
from orchestrator.deployment.blueprint.description import ANY_MONTH, describe, read
from orchestrator.deployment.blueprint.mending import mend
from orchestrator.deployment.database_access import close_to_public
from orchestrator.deployment.declared_code import declare
from orchestrator.deployment.deploy import ROLES
from tests.security.sabotage import NAMED, PUT_BACK_BY_ITSELF, PUT_BACK_BY_THE_FILES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

    from orchestrator.deployment.blueprint.description import Aspect

BLUEPRINT = read(resources.folder)


@pytest.fixture
def deployed(admin: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The database as `billing up` leaves it, in a transaction that is taken back: roles belong to all tests."""
    close_to_public(admin, roles=ROLES, are_logins=True, was_in_use=False)
    admin.execute("select billing.maintain_partitions('2026-02-01', 0)")
    with admin.transaction(force_rollback=True):
        admin.execute("create role stranger login")
        yield admin


def sabotage(connection: psycopg.Connection, statements: str, subject: str) -> None:
    view = subject.partition(" ")[2]
    former = ""
    if "{view}" in statements:
        (former,) = connection.execute("select rtrim(pg_get_viewdef(%s::regclass), ';')", (view,)).fetchone() or ("",)
    connection.execute(statements.replace("{view}", former).replace("{}", connection.info.dbname).encode())


def found(connection: psycopg.Connection) -> list[tuple[str, str]]:
    return [(each.subject, each.detail) for each in changed_objects(connection)]


def is_said(connection: psycopg.Connection, subject: str, said: str) -> bool:
    return any(name == subject and said in detail for name, detail in found(connection))


def test_a_deployed_database_is_as_it_was_deployed(deployed: psycopg.Connection) -> None:
    assert BLUEPRINT, "renew it with: make schema"
    assert found(deployed) == []


@pytest.mark.parametrize(("statements", "subject", "said"), NAMED)
def test_a_change_behind_the_program_is_named(
    deployed: psycopg.Connection, statements: str, subject: str, said: str
) -> None:
    sabotage(deployed, statements, subject)
    assert is_said(deployed, subject, said), found(deployed)


@pytest.mark.parametrize(("statements", "subject", "said"), PUT_BACK_BY_ITSELF)
def test_what_can_be_made_again_is_named_and_put_back_by_a_deployment(
    deployed: psycopg.Connection, statements: str, subject: str, said: str
) -> None:
    sabotage(deployed, statements, subject)
    assert is_said(deployed, subject, said), found(deployed)
    for _ in range(2):
        mend(deployed, BLUEPRINT)
    rest = [each for each in differences(deployed, BLUEPRINT) if each.aspect.object != "function billing.evil()"]
    assert rest == []


def test_what_the_files_declare_is_named_and_declared_again_by_a_deployment(deployed: psycopg.Connection) -> None:
    for statements, subject, said in PUT_BACK_BY_THE_FILES:
        sabotage(deployed, statements, subject)
        assert is_said(deployed, subject, said), found(deployed)
    mend(deployed, BLUEPRINT)
    declare(deployed, resources.folder("sql"))
    mend(deployed, BLUEPRINT)
    assert found(deployed) == []


LEGITIMATE = [
    "analyze billing.invoices",
    "create index quick_idx on billing.invoices (due_on) where due_on is not null",
    (
        "create schema others; create table others.notes (invoice_id bigint references billing.invoices); "
        "create view others.mine as select * from reporting.aging"
    ),
    (
        "set local role billing_analyst; create view analytics.mine as select 1 as one; "
        "grant all on analytics.mine to stranger; set local role none"
    ),
    "grant billing_reader to stranger; grant billing_ingest to stranger; grant connect on database {} to stranger",
    "alter role billing_reader set statement_timeout = '1min'; alter database {} set work_mem = '8MB'",
    "alter role billing_worker nologin password 'x'",
    "select billing.maintain_partitions('2026-02-01', 12)",
    "comment on table billing.invoices is 'Ours'; alter table billing.invoices set (fillfactor = 100)",
    (
        "create extension pg_trgm schema extensions; "
        "create index like_idx on billing.customers using gin (name extensions.gin_trgm_ops)"
    ),
    "select billing.add_access('ada', 'approver', sha256('a'))",
]


@pytest.mark.parametrize("statements", LEGITIMATE)
def test_what_operators_may_do_is_not_named(deployed: psycopg.Connection, statements: str) -> None:
    sabotage(deployed, statements, "")
    assert found(deployed) == []


DEFINITIONS = b"""
select format('create or replace view %s as %s', oid::regclass, pg_get_viewdef(oid))
from pg_class where relkind = 'v' and relnamespace::regnamespace::text ~ '^(billing|reporting)'
union all
select pg_get_functiondef(oid) from pg_proc where pronamespace = 'billing'::regnamespace
union all
select format('alter table %s drop constraint %I, add constraint %2$I %3$s', conrelid::regclass, conname,
    pg_get_constraintdef(oid))
from pg_constraint where connamespace = 'billing'::regnamespace and contype in ('c', 'x') and coninhcount = 0
"""


def test_a_dump_and_its_restoration_change_no_definition(deployed: psycopg.Connection) -> None:
    deployed.execute("set local search_path = pg_catalog")
    deployed.execute("set local check_function_bodies = off")
    for (definition,) in deployed.execute(DEFINITIONS).fetchall():
        deployed.execute(definition)
    assert found(deployed) == []


def test_a_blueprint_of_other_files_is_said_and_puts_nothing_back(
    deployed: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sql", "migrations", "dbt_billing"):
        shutil.copytree(resources.folder(name), tmp_path / name, ignore=shutil.ignore_patterns("target"))
    (tmp_path / "sql" / "grants.sql").write_text("select 1;")
    assert read(tmp_path.joinpath) == []
    monkeypatch.setattr(resources, "folder", tmp_path.joinpath)
    assert found(deployed) == [
        ("sql/blueprint.tsv", "it is not of the files that are deployed here; renew it with: make schema")
    ]


def test_the_blueprint_is_what_a_fresh_database_is(deployed: psycopg.Connection) -> None:
    """On every version of PostgreSQL, but for the queries of views, which 15 words otherwise."""
    described = {each.renamed("billing_events_p20260201", ANY_MONTH) for each in described_once(deployed)}
    assert described == {each for each in BLUEPRINT if each.aspect != "query"}


def described_once(connection: psycopg.Connection) -> list[Aspect]:
    return [each for each in describe(connection) if each.aspect != "query" and each.object != "the database"]

"""Who can do what, tried out on everything in the catalog rather than read from the grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.conftest import Connect

READ_ONLY = ("billing_reader", "billing_analyst")
NO_TABLE = ("billing_worker", "billing_ingest", "billing_reader")


def relations(connection: psycopg.Connection, schema: str, kinds: str = "rpv") -> list[str]:
    query = """
        select format('%%I.%%I', relnamespace::regnamespace::text, relname) from pg_class
        where relnamespace = %s::regnamespace and relkind::text = any(string_to_array(%s, null)) order by 1
    """
    return [name for (name,) in connection.execute(query.encode(), (schema, kinds))]


def allowed(connection: psycopg.Connection, statement: str) -> bool:
    """Whether the role may; the statement is never carried out."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.Error:
        return True
    return True


def writable(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    """Statements the role may carry out; views are left out, which refuse for other reasons."""
    verbs = ("delete from {}", "insert into {} default values", "truncate {}", "lock table {} in exclusive mode")
    return [statement for table in tables for verb in verbs if allowed(connection, statement := verb.format(table))]


@pytest.mark.parametrize("role", NO_TABLE)
def test_no_table_of_billing_is_read_or_written(database: psycopg.Connection, connect: Connect, role: str) -> None:
    other = connect(role)
    everything = relations(database, "billing")
    assert len(everything) > 20
    assert [name for name in everything if allowed(other, f"select from {name}")] == []
    assert writable(other, relations(database, "billing", "rp")) == []


def test_an_analyst_reads_all_of_billing_but_the_key_of_the_links(
    database: psycopg.Connection, connect: Connect
) -> None:
    analyst = connect("billing_analyst")
    unreadable = {t for t in relations(database, "billing") if not allowed(analyst, f"select from {t}")}
    assert unreadable == {"billing.api_tokens", "billing.locks", "billing.payment_links"}
    assert not allowed(analyst, "select link_secret from billing.seller_profiles")
    assert writable(analyst, relations(database, "billing", "rp")) == []


@pytest.mark.parametrize("role", ["billing_reader", "billing_worker", "billing_analyst"])
def test_reports_are_read_and_not_written(database: psycopg.Connection, connect: Connect, role: str) -> None:
    other = connect(role)
    reports = relations(database, "reporting")
    assert [report for report in reports if not allowed(other, f"select * from {report} limit 0")] == []
    privileges = "select has_table_privilege(%s, 'insert, update, delete, truncate')"
    assert [report for report in reports if other.execute(privileges, (report,)).fetchone() != (False,)] == []


def test_the_models_behind_the_reports_are_private(database: psycopg.Connection, connect: Connect) -> None:
    reader = connect("billing_reader")
    assert [name for name in relations(database, "reporting_models") if allowed(reader, f"select from {name}")] == []


@pytest.mark.parametrize("role", ["billing_reader", "billing_analyst", "billing_worker", "billing_ingest"])
def test_nobody_makes_objects(connect: Connect, role: str) -> None:
    schemas = {"billing", "public", "extensions", "deployment", "reporting", "reporting_models"}
    if role != "billing_analyst":
        schemas |= {"analytics"}
    other = connect(role)
    assert [schema for schema in sorted(schemas) if allowed(other, f"create table {schema}.mine ()")] == []


@pytest.mark.parametrize("role", READ_ONLY)
def test_readers_call_nothing_that_writes(database: psycopg.Connection, role: str) -> None:
    rows = database.execute(
        """
        select proname from pg_proc
        where pronamespace = 'billing'::regnamespace and provolatile = 'v'
            and has_function_privilege(%s, oid, 'execute')
        """,
        (role,),
    ).fetchall()
    assert rows == []


def test_helpers_are_nobodys_but_the_pure_ones(database: psycopg.Connection) -> None:
    rows = database.execute(
        """
        select rolname, proname from pg_proc cross join pg_roles
        where pronamespace = 'billing'::regnamespace and proname ~ '^_' and provolatile <> 'i'
            and rolname ~ '^billing_' and rolname <> 'billing_owner'
            and has_function_privilege(rolname, pg_proc.oid, 'execute')
        """
    ).fetchall()
    assert rows == []


def test_everything_in_billing_belongs_to_its_owner(database: psycopg.Connection) -> None:
    rows = database.execute(
        """
        select relname from pg_class
        where relnamespace = 'billing'::regnamespace and relowner <> 'billing_owner'::regrole
        union all
        select proname from pg_proc
        where pronamespace = 'billing'::regnamespace and proowner <> 'billing_owner'::regrole
        """
    ).fetchall()
    assert rows == []


def test_no_role_is_more_than_a_role(database: psycopg.Connection) -> None:
    rows = database.execute(
        """
        select rolname from pg_roles
        where rolname ~ '^billing_' and (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication)
        """
    ).fetchall()
    assert rows == []

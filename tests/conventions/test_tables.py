from __future__ import annotations

import re
from contextlib import suppress

import psycopg

from orchestrator import resources

FLOAT = re.compile(r"\b(real|float\d?|double precision|money)\b", re.IGNORECASE)


def names(database: psycopg.Connection, query: str) -> list[str]:
    return [" ".join(str(part) for part in row) for row in database.execute(query.encode())]


def test_every_table_and_view_has_a_comment(database: psycopg.Connection) -> None:
    query = """
        select relname from pg_class
        where relnamespace = 'billing'::regnamespace and relkind in ('r', 'p', 'v') and obj_description(oid) is null
    """
    assert names(database, query) == []


def test_constraints_have_names_that_somebody_gave(database: psycopg.Connection) -> None:
    query = """
        select conrelid::regclass, conname from pg_constraint
        where connamespace = 'billing'::regnamespace and (conname ~ '_check\\d*$|_excl\\d*$' or conname ~ '_key\\d*$')
            and contype <> 'n'
    """
    assert names(database, query) == []


def test_no_column_and_no_argument_is_a_float(database: psycopg.Connection) -> None:
    columns = """
        select attrelid::regclass, attname from pg_attribute inner join pg_class on attrelid = pg_class.oid
        where relnamespace = 'billing'::regnamespace and atttypid::regtype::text ~ 'double|real|money'
            and attnum > 0
    """
    arguments = """
        select proname from pg_proc
        where pronamespace = 'billing'::regnamespace
            and (prorettype = any('{float4,float8,money}'::regtype[])
                or coalesce(proallargtypes, proargtypes::oid[]) && '{float4,float8,money}'::regtype[]::oid[])
    """
    assert names(database, columns) + names(database, arguments) == []


def test_no_float_is_written_in_sql() -> None:
    found = []
    for path in [*resources.folder("sql").rglob("*.sql"), *resources.folder("migrations").glob("*.sql")]:
        code = re.sub(r"--.*|'(?:[^']|'')*'", "", path.read_text(encoding="utf-8"))
        if FLOAT.search(code):
            found.append(path.name)
    assert found == []


def test_foreign_keys_that_cascade_lead_an_index(database: psycopg.Connection) -> None:
    """But those to tables whose rows are never deleted or renamed: reference data, and keys that ride along."""
    query = """
        select conrelid::regclass, conname from pg_constraint
        where contype = 'f' and connamespace = 'billing'::regnamespace and confdeltype = 'c'
            and not exists (
                select from pg_index
                where indrelid = conrelid and indkey[0] = conkey[1]
            )
    """
    assert names(database, query) == []


def test_the_public_schema_stays_empty(database: psycopg.Connection) -> None:
    assert names(database, "select relname from pg_class where relnamespace = 'public'::regnamespace") == []
    assert names(database, "select proname from pg_proc where pronamespace = 'public'::regnamespace") == []


def test_no_numeric_column_takes_what_is_no_number(database: psycopg.Connection) -> None:
    columns = """
        select relname, array_agg(attname) filter (where attnotnull), array_agg(attname) filter (where atttypid = 1700)
        from pg_attribute inner join pg_class on attrelid = pg_class.oid
        where relnamespace = 'billing'::regnamespace and relkind in ('r', 'p') and not relispartition
            and attnum > 0 and not attisdropped and relname <> 'billing_events_template'
        group by relname having bool_or(atttypid = 1700)
    """
    taken = []
    for table, needed, numbers in database.execute(columns.encode()).fetchall():
        database.execute(f"create temporary table twin (like billing.{table} including constraints)".encode())
        for column in needed:
            database.execute(f"alter table twin alter {column} drop not null".encode())
        for column in numbers:
            for value in ("NaN", "Infinity", "-Infinity"):
                with suppress(psycopg.errors.CheckViolation):
                    database.execute(f"insert into twin ({column}) values ('{value}')".encode())
                    taken.append(f"{table}.{column} {value}")
        database.execute("drop table twin")
    assert taken == []

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tools import miss

if TYPE_CHECKING:
    import psycopg

TEMPORARY = "pg_temp"
"""Staging tables are made by the session, so a check of the function alone does not know them."""
OF_NAMES = ["_write_rows"]
"""Functions that execute texts made of nothing but the catalog's names, each quoted where it is read."""


@pytest.fixture
def checked(admin: psycopg.Connection) -> psycopg.Connection:
    available = "select exists(select from pg_available_extensions where name = 'plpgsql_check')"
    if admin.execute(available).fetchone() != (True,):
        miss("plpgsql_check", how="Debian: postgresql-15-plpgsql-check, --pg-bin")
    admin.execute("create extension plpgsql_check schema extensions")
    return admin


def test_plpgsql_check_finds_nothing(checked: psycopg.Connection) -> None:
    findings = checked.execute(
        """
        select proname, coalesce(lineno, 0), level, message
        from pg_proc
        inner join pg_language on prolang = pg_language.oid and lanname = 'plpgsql'
        left join pg_trigger on tgfoid = pg_proc.oid and not tgisinternal
        cross join lateral extensions.plpgsql_check_function_tb(
            pg_proc.oid,
            coalesce(tgrelid, 0),
            oldtable => tgoldtable,
            newtable => tgnewtable,
            security_warnings => true,
            performance_warnings => false
        )
        where
            pronamespace = 'billing'::regnamespace
            and position(%s in prosrc) = 0
            and not (level = 'security' and proname = any(%s))
        group by 1, 2, 3, 4
        order by 1, 2
        """,
        (TEMPORARY, OF_NAMES),
    ).fetchall()
    assert findings == []

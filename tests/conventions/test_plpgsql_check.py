from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

TEMPORARY = "pg_temp"
"""Staging tables are made by the session, so a check of the function alone does not know them."""


@pytest.fixture
def checked(admin: psycopg.Connection) -> psycopg.Connection:
    available = "select exists(select from pg_available_extensions where name = 'plpgsql_check')"
    if admin.execute(available).fetchone() != (True,):
        pytest.skip("this PostgreSQL has no plpgsql_check (Debian: postgresql-15-plpgsql-check, --pg-bin)")
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
        where pronamespace = 'billing'::regnamespace and position(%s in prosrc) = 0
        group by 1, 2, 3, 4
        order by 1, 2
        """,
        (TEMPORARY,),
    ).fetchall()
    assert findings == []

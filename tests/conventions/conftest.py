from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from psycopg.rows import class_row

from tests.conventions import declared

if TYPE_CHECKING:
    import psycopg

    from tests.conventions.declared import Declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of schema billing as the catalog has it."""

    name: str
    comment: str | None
    language: str
    arguments: int
    is_definer: bool
    settings: list[str]
    body: str


@pytest.fixture
def functions(database: psycopg.Connection) -> list[Function]:
    with database.cursor(row_factory=class_row(Function)) as cursor:
        return cursor.execute(
            """
            select
                proname as name,
                obj_description(pg_proc.oid, 'pg_proc') as comment,
                lanname as language,
                pronargs as arguments,
                prosecdef as is_definer,
                coalesce(proconfig, '{}') as settings,
                prosrc as body
            from pg_proc inner join pg_language on prolang = pg_language.oid
            where pronamespace = 'billing'::regnamespace
            order by proname
            """
        ).fetchall()


@pytest.fixture
def sources() -> dict[str, Declaration]:
    """What sql/ declares, by name."""
    return declared.by_name()

"""Which reports there are and what their columns mean, as the database itself describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from orchestrator.errors import BillingError, translate_errors

if TYPE_CHECKING:
    import psycopg


class UnknownViewError(BillingError):
    """There is no such report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a report; the type is PostgreSQL's name for it."""

    name: str
    type_name: str
    is_text: bool
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A report: one of the views of schema reporting."""

    name: str
    comment: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return the column of this name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Described:
    view: str
    view_comment: str
    name: str
    type_name: str
    is_text: bool
    comment: str


def find_view(connection: psycopg.Connection, name: str) -> View:
    """Describe one report; UnknownViewError names those there are."""
    views = describe_views(connection)
    if name not in views:
        raise UnknownViewError(f"There is no report {name!r}. The reports are: {', '.join(views)}.")
    return views[name]


def describe_views(connection: psycopg.Connection) -> dict[str, View]:
    """Describe every report, by name."""
    query = """
        select
            c.relname as view,
            coalesce(obj_description(c.oid, 'pg_class'), '') as view_comment,
            a.attname as name,
            format_type(a.atttypid, null) as type_name,
            t.typcategory = 'S' as is_text,
            coalesce(col_description(c.oid, a.attnum), '') as comment
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        inner join pg_catalog.pg_type as t on t.oid = a.atttypid
        where c.relnamespace = to_regnamespace('reporting') and c.relkind in ('v', 'm')
        order by c.relname, a.attnum
    """
    with translate_errors(), connection.cursor(row_factory=class_row(_Described)) as cursor:
        rows = cursor.execute(query).fetchall()
    columns: dict[str, list[Column]] = {}
    for row in rows:
        column = Column(name=row.name, type_name=row.type_name, is_text=row.is_text, comment=row.comment)
        columns.setdefault(row.view, []).append(column)
    comments = {row.view: row.view_comment for row in rows}
    return {
        name: View(name=name, comment=comments[name], columns=tuple(described)) for name, described in columns.items()
    }

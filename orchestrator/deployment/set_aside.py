"""Takes our views out of the way of a migration that changes what they read, or of the views that come after them.

Each keeps its name, columns, grants and whatever others have built on it, and refuses to answer until the deployment
has declared it again: no report is empty, and none is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.sql import SQL, Identifier

if TYPE_CHECKING:
    from collections.abc import Collection

    import psycopg

_VIEWS = """
select
    nspname,
    relname,
    (
        select string_agg(format('null::%s as %I', format_type(atttypid, atttypmod), attname), ', ' order by attnum)
        from pg_attribute
        where attrelid = pg_class.oid and attnum > 0 and not attisdropped
    )
from pg_class
inner join pg_namespace on relnamespace = pg_namespace.oid
where
    relkind = 'v'
    and nspname in ('billing', 'reporting', 'reporting_models')
    and relowner = 'billing_owner'::regrole
"""
_ASIDE = """
create or replace view {}.{} as
select {} from (values ('an upgrade of the database is under way; billing up finishes it')) as upgrade (state)
where state::boolean
"""


def set_views_aside(connection: psycopg.Connection) -> None:
    """Do so with all of them in one transaction, and forget that they were deployed."""
    with connection.transaction():
        connection.execute("delete from deployment.fingerprints")
        _set_aside(connection, None)


def set_aside(connection: psycopg.Connection, views: Collection[str]) -> None:
    """Do so with those, each named with its schema."""
    with connection.transaction():
        _set_aside(connection, views)


def _set_aside(connection: psycopg.Connection, views: Collection[str] | None) -> None:
    connection.execute("set local role billing_owner")
    for schema, name, columns in connection.execute(_VIEWS).fetchall():
        if views is None or f"{schema}.{name}" in views:
            connection.execute(SQL(_ASIDE).format(Identifier(schema), Identifier(name), SQL(columns)))

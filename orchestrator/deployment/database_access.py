"""Who may connect to the database at all, and make temporary objects there.

PostgreSQL lets everybody on the server do both. Roles belong to the whole server, privileges on a database do not: so
the right to connect is what keeps a reader of one company out of the database of another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.sql import SQL, Identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from psycopg.sql import Composed

_MAKERS_OF_TEMPORARY_TABLES = ("billing_owner", "billing_ingest", "billing_worker")
_OPEN_TO_PUBLIC = """
select acl.privilege_type
from pg_database
cross join lateral aclexplode(coalesce(datacl, acldefault('d', datdba))) as acl
where datname = current_database() and acl.grantee = 0
order by 1
"""
_NO_LARGE_OBJECTS = """
revoke execute on function pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea)
from public
"""
"""Billing uses none, and they fill disks; only a superuser can forbid them."""
_MAY_CLOSE = "select pg_has_role(datdba, 'usage') from pg_database where datname = current_database()"
_LOGINS = """
select rolname from pg_roles
where
    rolcanlogin
    and not rolsuper
    and rolname <> all(%(roles)s)
    and has_database_privilege(rolname, current_database(), 'connect')
    and oid <> (select datdba from pg_database where datname = current_database())
order by 1
"""


def close_to_public(
    connection: psycopg.Connection, *, roles: Sequence[str], are_logins: bool, was_in_use: bool
) -> None:
    """Take the right to connect and to make temporary objects from everybody who does not need it, where we may.

    The roles themselves connect only where they are logins of their own (the embedded server): elsewhere that would
    let every member in, those of other companies too. A database in use keeps who could connect before.
    """
    if not open_to_public(connection) or connection.execute(_MAY_CLOSE).fetchone() != (True,):
        return
    logins = [*roles] if are_logins else _logins(connection, roles) if was_in_use else []
    with connection.transaction():
        if logins:
            connection.execute(_on_database("grant connect on database {} to {}", connection, logins))
        connection.execute(
            _on_database("grant temporary on database {} to {}", connection, _MAKERS_OF_TEMPORARY_TABLES)
        )
        connection.execute(_on_database("revoke connect, temporary on database {} from public", connection))
        if connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (True,):
            connection.execute(_NO_LARGE_OBJECTS)


def open_to_public(connection: psycopg.Connection) -> list[str]:
    """Name what everybody on the server may do with this database: CONNECT, TEMPORARY, or hopefully nothing."""
    return [name for (name,) in connection.execute(_OPEN_TO_PUBLIC.encode())]


def remarks(connection: psycopg.Connection, roles: Sequence[str]) -> list[str]:
    """Say who gets in, where a person should know it."""
    database = connection.info.dbname
    if opened := open_to_public(connection):
        allowed = ", ".join(opened).lower()
        remark = f"Everybody on this server may use the database {database}. Let its owner run: "
        return [f"{remark}revoke {allowed} on database {database} from public;"]
    logins = _logins(connection, roles)
    return [f"Logins that may connect to the database {database}: {', '.join(logins)}."] if logins else []


def _logins(connection: psycopg.Connection, roles: Sequence[str]) -> list[str]:
    return [name for (name,) in connection.execute(_LOGINS.encode(), {"roles": list(roles)})]


def _on_database(statement: str, connection: psycopg.Connection, grantees: Sequence[str] = ()) -> Composed:
    names = SQL(", ").join(Identifier(name) for name in grantees)
    parts = [Identifier(connection.info.dbname), names]
    return SQL(statement).format(*parts)

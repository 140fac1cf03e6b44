"""Whether the user of DATABASE_URL may take on the roles that the commands work as."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg.sql import SQL, Identifier

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Sequence

_CREATOR_MAY_GRANT_UNTIL = 15
"""Up to this version CREATEROLE is enough to grant a role that somebody else has made."""
_FOREIGN = """
select rolname
from pg_roles
where
    rolname = any(%(roles)s)
    and not pg_has_role(rolname, 'member')
    and not (%(deploys)s and pg_has_role(rolname, 'usage with admin option'))
order by 1
"""
_MAY_CREATE_ROLES = "select rolcreaterole or rolsuper from pg_roles where rolname = current_user"
_HAS_TIMEOUT = """
select exists (
    select from pg_db_role_setting
    inner join pg_database on datname = current_database()
    where
        setdatabase in (0, pg_database.oid)
        and setrole in (0, %(role)s::regrole)
        and setconfig::text like '%%idle_in_transaction_session_timeout=%%'
)
"""
_MISSING = "select count(*) < cardinality(%(roles)s::text[]) from pg_roles where rolname = any(%(roles)s)"


def refuse_strangers(connection: psycopg.Connection, roles: Sequence[str], *, deploys: bool) -> None:
    """Refuse a user who is no member of the roles; one who deploys may make or grant them, where that is allowed."""
    user = connection.info.user
    creates = connection.execute(_MAY_CREATE_ROLES).fetchone() == (True,)
    if creates and deploys and connection.info.server_version // 10_000 <= _CREATOR_MAY_GRANT_UNTIL:
        return
    foreign = [name for (name,) in connection.execute(_FOREIGN.encode(), {"roles": list(roles), "deploys": deploys})]
    if foreign:
        message = (
            f"The user {user} of DATABASE_URL is not a member of {', '.join(foreign)}, which this server has from "
            f"another deployment. Nothing was changed. Let whoever made them, or a superuser, run: "
            f"grant {', '.join(foreign)} to {user};"
        )
        raise BillingError(message)
    if deploys and not creates and connection.execute(_MISSING, {"roles": list(roles)}).fetchone() == (True,):
        message = (
            f"The user {user} of DATABASE_URL may not create the roles {', '.join(roles)}, and not all of them are "
            f"there. Nothing was changed. Let a superuser run: alter role {user} createrole;"
        )
        raise BillingError(message)


def end_idle_readers(connection: psycopg.Connection) -> None:
    """Let no transaction that a reader forgot hold up the roll-up of usage; a time of the operator's own stays."""
    for role in ("billing_reader", "billing_analyst"):
        statement = SQL("alter role {} in database {} set idle_in_transaction_session_timeout = '10min'")
        with suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
            if connection.execute(_HAS_TIMEOUT.encode(), {"role": role}).fetchone() == (False,):
                connection.execute(statement.format(Identifier(role), Identifier(connection.info.dbname)))


def let_owner_work(connection: psycopg.Connection) -> None:
    """Let a session of billing_owner take on the roles of the commands; whoever may not grant that leaves it."""
    try:
        with connection.transaction():
            connection.execute("grant billing_ingest, billing_worker to billing_owner")
    except psycopg.errors.InsufficientPrivilege:
        return

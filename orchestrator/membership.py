"""Whether the user of DATABASE_URL may take on the roles that the commands work as."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

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


def let_owner_work(connection: psycopg.Connection) -> None:
    """Let a session of billing_owner take on the roles of the commands; whoever may not grant that leaves it."""
    try:
        with connection.transaction():
            connection.execute("grant billing_ingest, billing_worker to billing_owner")
    except psycopg.errors.InsufficientPrivilege:
        return

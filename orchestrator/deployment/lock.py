"""One deployment of a database at a time, by a lock that nobody else can reach.

Advisory locks are everybody's who may connect; this is a table of the schema `deployment`. It is locked in a
transaction of its own, which holds neither snapshot nor transaction id and so holds nothing else up.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from orchestrator.errors import OutsideSystemError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE_SECONDS = 600
_BOOKKEEPING = """
create schema if not exists deployment;
create table if not exists deployment.fingerprints (
    part text not null constraint fingerprints_pkey primary key,
    fingerprint text not null,
    deployed_at timestamptz not null default now()
);
create table if not exists deployment.migration_texts (
    migration text not null constraint migration_texts_pkey primary key,
    sha256 text not null
);
create table if not exists deployment.views (
    view_name text not null constraint views_pkey primary key
);
create table if not exists deployment.lock ();
comment on schema deployment is 'What has been deployed here: migrations applied, and fingerprints of code and views.';
comment on table deployment.fingerprints is 'One row per deployed part: the SHA-256 of the files it came from.';
comment on table deployment.migration_texts is 'One row per migration: the SHA-256 of its text as it was applied.';
comment on table deployment.views is 'Views that dbt_billing made; those that are no models any more are dropped.';
comment on table deployment.lock is 'Locked by the deployment that is under way; it has nothing in it.';
"""
_IS_INCOMPLETE = """
select bool_or(to_regclass('deployment.' || name) is null)
from unnest(array['fingerprints', 'migration_texts', 'views', 'lock']) as names (name)
"""
_ANOTHER_MAKES_THEM = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.DuplicateTable,
    psycopg.errors.DuplicateSchema,
    psycopg.errors.InternalError_,  # tuple concurrently updated
)


@contextmanager
def deployment_lock(url: str) -> Iterator[bool]:
    """Take the lock, yielding whether another deployment held it."""
    with psycopg.connect(url, application_name="billing-deploy-lock") as connection:
        connection.execute("set idle_in_transaction_session_timeout = 0")
        connection.execute("set client_min_messages = warning")
        connection.execute("set lock_timeout = '100ms'")
        connection.commit()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        waited = False
        while not _taken(connection):
            waited = True
            if time.monotonic() > deadline:
                message = "Another deployment of this database has been running for ten minutes."
                raise OutsideSystemError(message)
            time.sleep(0.1)
        yield waited


def _taken(connection: psycopg.Connection) -> bool:
    """Ask without waiting in line; what the lock stands in is made by the first who asks."""
    try:
        if connection.execute(_IS_INCOMPLETE).fetchone() == (True,):
            connection.execute(_BOOKKEEPING)
            connection.commit()
        connection.execute("lock table deployment.lock in exclusive mode nowait")
    except (psycopg.errors.LockNotAvailable, *_ANOTHER_MAKES_THEM):
        connection.rollback()
        return False
    return True

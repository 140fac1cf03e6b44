"""Applies migrations/ with yoyo: a migration and the note that it was applied are one transaction.

yoyo by itself notes it in a second transaction, so that a process killed in between leaves a migration that fails
for ever after with "already exists". Its bookkeeping lives in the schema `deployment`; its lock table is not used,
because a killed process would leave that locked too: the caller holds an advisory lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import read_migrations

from orchestrator.errors import BillingError, sentences

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "deployment"


class _Backend(PostgresqlPsycopgBackend):  # type: ignore[misc] # yoyo carries no types
    """yoyo's backend for psycopg 3, with one transaction instead of two."""

    _is_locked = True

    def apply_one(self, migration: Any, force: bool = False, mark: bool = True) -> None:  # noqa: ANN401, FBT001, FBT002 - yoyo's signature
        migration.load()
        if not migration.use_transactions:
            super().apply_one(migration, force=force, mark=mark)
            return
        with self.transaction():
            migration.process_steps(self, "apply", force=force)
            self.execute("reset role")
            self.mark_one(migration, log=False)

    @property
    def TRANSACTION_STATUS_IDLE(self) -> psycopg.pq.TransactionStatus:  # noqa: N802 - yoyo's name
        return psycopg.pq.TransactionStatus.IDLE


def apply_migrations(admin_url: str, directory: Path) -> list[str]:
    """Apply what is pending, in order; return the names. The first failure stops, with all before it kept."""
    parameters: dict[str, Any] = {**conninfo_to_dict(admin_url), "schema": SCHEMA}
    database = parameters.pop("dbname", None)
    backend = _Backend(DatabaseURI("postgresql+psycopg", None, None, None, None, database, parameters), "migrations")
    applied = []
    with backend:
        for migration in backend.to_apply(read_migrations(str(directory))):
            try:
                backend.apply_one(migration)
            except psycopg.Error as error:
                message = f"The migration {migration.id} failed and was not applied. {sentences(error)}"
                raise BillingError(message) from error
            applied.append(migration.id)
    return applied

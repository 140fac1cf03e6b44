"""Applies migrations/ with yoyo: a migration and the note that it was applied are one transaction.

yoyo by itself notes it in a second transaction, so that a process killed in between leaves a migration that fails
for ever after with "already exists". Its bookkeeping lives in the schema `deployment`; its lock table is not used,
because a killed process would leave that locked too: the caller holds the lock of deployments.

What has been applied is history: the SHA-256 of its text is kept, and a database that was made by another text, or by
a newer version, is refused before anything is changed.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import read_migrations

from orchestrator.errors import BillingError, sentences

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = "deployment"
_NEEDED = (psycopg.errors.DependentObjectsStillExist, psycopg.errors.FeatureNotSupported)
"""A column that a view reads is to be dropped, or to have another type."""
_REMEMBER = """
insert into deployment.migration_texts (migration, sha256) values (%s, %s) on conflict (migration) do nothing
"""


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
            self.execute(_REMEMBER, (migration.id, _text_hash(migration)))

    @property
    def TRANSACTION_STATUS_IDLE(self) -> psycopg.pq.TransactionStatus:  # noqa: N802 - yoyo's name
        return psycopg.pq.TransactionStatus.IDLE


def apply_migrations(admin_url: str, directory: Path, make_way: Callable[[], None]) -> list[str]:
    """Apply what is pending, in order; return the names. The first failure stops, with all before it kept.

    Where something else needs what a migration changes, it is tried once more after `make_way`. Refuses a database
    whose migrations are not those of the directory.
    """
    parameters: dict[str, Any] = {**conninfo_to_dict(admin_url), "schema": SCHEMA}
    database = parameters.pop("dbname", None)
    backend = _Backend(DatabaseURI("postgresql+psycopg", None, None, None, None, database, parameters), "migrations")
    applied = []
    with backend:
        migrations = read_migrations(str(directory))
        pending = backend.to_apply(migrations)
        _refuse_another_past(backend, {migration.id: _text_hash(migration) for migration in migrations})
        for migration in pending:
            try:
                try:
                    backend.apply_one(migration)
                except _NEEDED:
                    make_way()
                    backend.apply_one(migration)
            except psycopg.Error as error:
                message = f"The migration {migration.id} failed and was not applied. {_reason(error)}"
                raise BillingError(message) from error
            applied.append(migration.id)
        with backend.transaction():
            for migration in migrations:
                backend.execute(_REMEMBER, (migration.id, _text_hash(migration)))
    return applied


def _reason(error: psycopg.Error) -> str:
    """Say what went wrong; what others have built on our tables is theirs to drop, and no hint of PostgreSQL helps."""
    if not isinstance(error, _NEEDED):
        return sentences(error)
    told = " ".join(filter(None, (error.diag.message_primary, error.diag.message_detail))).replace("\n", ". ")
    return f"{told.rstrip('.')}. Drop what is named there, or build it on views of reporting; then run: billing up"


def _text_hash(migration: Any) -> str:  # noqa: ANN401 - yoyo carries no types
    return sha256(Path(migration.path).read_bytes()).hexdigest()


def _refuse_another_past(backend: _Backend, texts: dict[str, str]) -> None:
    """Compare what was applied with the files; a text that was not kept yet is taken for the one of today."""
    with backend.transaction():
        applied = backend.execute(
            "select migration_id, sha256 from deployment.migrations "
            "left join deployment.migration_texts on migration = migration_id order by migration_id"
        ).fetchall()
    for name, known in applied:
        if name not in texts:
            raise BillingError(
                f"This database is newer than this version of billing, which does not know the migration {name}. "
                "Install the newer version; nothing was changed."
            )
        if known not in {None, texts[name]}:
            raise BillingError(
                f"The migration {name} is not the one that was applied to this database: its text has changed since. "
                "Install the version that the database was made with, or a later release; nothing was changed."
            )

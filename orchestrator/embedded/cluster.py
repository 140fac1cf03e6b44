"""The files of the embedded server: a cluster is made whole beside its place, and only then moved there."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from orchestrator.embedded.postmaster import run_program
from orchestrator.errors import BillingError, OutsideSystemError

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.embedded.postmaster import Identity

DATABASE = "billing"
SUPERUSER = "postgres"

_BUILTIN_LOCALE_FROM = 17

_CONFIGURATION = """
# Written by billing when it made this server; change what you like and restart it (billing down, billing up).
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
synchronous_commit = on
wal_compression = on
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
log_line_prefix = '%m [%p] %a '
"""


def make_cluster(data: Path, programs: Path, identity: Identity, lock: int) -> None:
    """Make the cluster and its database; half a cluster, left by a killed command, never counts."""
    unfinished = data.with_name(f"{data.name}.new")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    identity.give(unfinished)
    locale = ["--locale=C.UTF-8"]
    if major_version(programs, identity) >= _BUILTIN_LOCALE_FROM:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    initdb = [str(programs / "initdb"), f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8", *locale]
    create = [str(programs / "postgres"), "--single", "-D", str(unfinished), "postgres"]
    for command, text in (
        ([*initdb, f"--pgdata={unfinished}"], ""),
        (create, f"create database {DATABASE}\n"),
    ):
        result = run_program(identity, command, text=text, keep_open=(lock,))
        if result.returncode:
            message = f"The embedded PostgreSQL could not be made in {data}. {result.stderr.strip()}"
            raise OutsideSystemError(message)
    with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(_CONFIGURATION)
    (unfinished / "pg_hba.conf").write_text("local all all trust\n", encoding="utf-8")
    unfinished.rename(data)


def major_version(programs: Path, identity: Identity) -> int:
    """Ask the programs which PostgreSQL they are."""
    words = run_program(identity, [str(programs / "postgres"), "--version"]).stdout.split()
    return int(words[2].split(".")[0])


def check_version(data: Path, programs: Path, identity: Identity) -> None:
    """Refuse programs of another major version than the one that made the files."""
    made_by = (data / "PG_VERSION").read_text(encoding="utf-8").strip()
    present = major_version(programs, identity)
    if int(made_by) != present:
        message = (
            f"The data in {data} were made by PostgreSQL {made_by}, but the programs here are {present}. "
            "Set BILLING_POSTGRES_BIN to the old version's bin directory, or BILLING_HOME to a new directory."
        )
        raise BillingError(message)

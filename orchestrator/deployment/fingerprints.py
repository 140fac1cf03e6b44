"""The files of a deployment as hashes: what makes it cheap to see that a database has all of them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def fingerprints(connection: psycopg.Connection, folder: Callable[[str], Path], *, with_dbt: bool) -> dict[str, str]:
    """Describe the files to deploy; the server's version counts, for an upgrade may mean another definition."""
    server_version = str(connection.info.server_version // 10_000)
    found = {"code": digest(server_version, folder("migrations"), folder("sql"))}
    if with_dbt:
        found["views"] = digest(server_version, folder("dbt_billing"))
    return found


def digest(salt: str, *roots: Path) -> str:
    """Hash the files under some folders, with their names."""
    hashed = sha256(salt.encode())
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.suffix in {".sql", ".yml", ".csv", ".md"} and "target" not in path.parts:
                hashed.update(f"\n{path.relative_to(root.parent).as_posix()}\n".encode())
                hashed.update(path.read_bytes())
    return hashed.hexdigest()


def stale_parts(connection: psycopg.Connection, wanted: dict[str, str]) -> set[str]:
    """Compare with what is remembered; who may not ask could not deploy either, and takes the database as it is."""
    try:
        rows = connection.execute("select part, fingerprint from deployment.fingerprints").fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return set(wanted)
    except psycopg.errors.InsufficientPrivilege:
        return set()
    return {part for part, fingerprint in wanted.items() if (part, fingerprint) not in rows}


def remember(connection: psycopg.Connection, part: str, fingerprint: str) -> None:
    """Note what has been deployed."""
    connection.execute(
        "insert into deployment.fingerprints (part, fingerprint) values (%s, %s) "
        "on conflict (part) do update set fingerprint = excluded.fingerprint, deployed_at = now()",
        (part, fingerprint),
    )

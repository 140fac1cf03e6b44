"""The code of sql/ as it stands: every file is run, whatever the database had before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg

from orchestrator.errors import BillingError, sentences

if TYPE_CHECKING:
    from pathlib import Path

_LATER = (psycopg.errors.UndefinedFunction, psycopg.errors.UndefinedTable, psycopg.errors.UndefinedObject)
"""What a file may fail with because another file, later in order, makes what it needs."""
_FORMER = re.compile(r"DROP \w+ (billing\.\w+\([^;]*\))")
"""How PostgreSQL names the function that stands in the way of one with the same arguments and another result."""
_GRANTS = "grants.sql"
_REASONS = 5

_ORPHANS = """
select format('billing.%%I(%%s)', proname, pg_get_function_identity_arguments(oid))
from pg_proc
where
    pronamespace = 'billing'::regnamespace
    and age(xmin) > age(%(began)s::xid)
    and not exists (
        select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e'
    )
"""


def declare(connection: psycopg.Connection, root: Path) -> list[str]:
    """Run all files in this transaction as the owner, and name the functions that none of them has made.

    A file that comes before what it needs is tried again after the others. Grants come last: a function whose result
    changed was dropped, and has lost its own.
    """
    began = connection.execute("select pg_current_xact_id()::xid::text").fetchone()
    connection.execute("set local role billing_owner")
    connection.execute("set local check_function_bodies = off")
    waiting = sorted(root.rglob("*.sql"), key=lambda path: (path.name == _GRANTS, path))
    while waiting:
        failed = {path: error for path in waiting if (error := _run(connection, path.read_bytes()))}
        final = [path for path, error in failed.items() if not isinstance(error, _LATER)]
        if final or len(failed) == len(waiting):
            raise _undeployable({path.relative_to(root.parent): failed[path] for path in final or failed}, root)
        waiting = list(failed)
    connection.execute("reset role")
    return [name for (name,) in connection.execute(_ORPHANS, {"began": began[0] if began else None})]


def drop_orphans(connection: psycopg.Connection, orphans: list[str]) -> None:
    """Drop functions that no file declares any more."""
    if orphans and (error := _run(connection, f"drop routine {', '.join(orphans)}".encode())):
        raise BillingError(f"Functions that sql/ no longer declares are still used. {sentences(error)}")


def _run(connection: psycopg.Connection, text: bytes) -> psycopg.Error | None:
    """Return what is wrong with the text; a server that went away is no fault of it."""
    try:
        with connection.transaction():
            connection.execute(text)
    except psycopg.errors.InvalidFunctionDefinition as error:
        former = _FORMER.search(error.diag.message_hint or "")
        return _run(connection, f"drop function {former[1]};\n".encode() + text) if former else error
    except psycopg.Error as error:
        if connection.broken:
            raise
        return error
    return None


def _undeployable(failed: dict[Path, psycopg.Error], root: Path) -> BillingError:
    reasons = [f"{_place(path, error, root)}: {sentences(error)}" for path, error in failed.items()]
    more = f" And {len(reasons) - _REASONS} more." if len(reasons) > _REASONS else ""
    listed = " ".join(reasons[:_REASONS])
    return BillingError(f"sql/ could not be deployed; the database keeps the code it had. {listed}{more}")


def _place(path: Path, error: psycopg.Error, root: Path) -> str:
    """Name file and line; PostgreSQL counts characters from the start of the file."""
    if not error.diag.statement_position:
        return path.as_posix()
    text = (root.parent / path).read_text(encoding="utf-8")[: int(error.diag.statement_position)]
    return f"{path.as_posix()}, line {text.count(chr(10)) + 1}"

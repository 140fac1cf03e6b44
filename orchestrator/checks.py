"""What `billing check` compares with something outside the database: the blueprint, and a head of the audit log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator import resources
from orchestrator.deployment.blueprint.comparison import differences
from orchestrator.deployment.blueprint.description import FILE, read
from orchestrator.engine.maintenance import AuditHead, BrokenInvariant
from orchestrator.errors import BillingError, translate_errors

if TYPE_CHECKING:
    import psycopg

    from orchestrator.engine.database import Database

INVARIANT = "the database is as it was deployed"
_HEAD = re.compile(r"(?P<entry>[0-9]{1,18}):(?P<hash>[0-9a-f]{64})", re.IGNORECASE)


def changed_objects(connection: psycopg.Connection) -> list[BrokenInvariant]:
    """Everything that is not as it was deployed. Asked of the catalogs, not of functions that could be changed, too."""
    blueprint = read(resources.folder)
    if not blueprint:
        detail = "it is not of the files that are deployed here; renew it with: make schema"
        return [BrokenInvariant(invariant=INVARIANT, subject=f"sql/{FILE}", detail=detail)]
    with translate_errors():
        return [
            BrokenInvariant(invariant=INVARIANT, subject=each.aspect.object, detail=each.detail)
            for each in differences(connection, blueprint)
            if each.is_change
        ]


def kept_head(text: str) -> AuditHead:
    """Read a head as check prints it."""
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        raise BillingError(f"{text!r} is no head of the audit log. Give NUMBER:HASH, as billing check prints it.")
    return AuditHead(entry=int(found["entry"]), hash=found["hash"].lower())


def lost_head(database: Database, kept: AuditHead) -> list[BrokenInvariant]:
    """Say whether the audit log ends before a head that was kept elsewhere, or was written anew."""
    found = database.audit_hash(entry=kept.entry)
    if found == kept.hash:
        return []
    detail = (
        "the log ends before it: entries were cut off"
        if found is None
        else f"it has the hash {found}: it, or one before it, was changed"
    )
    return [
        BrokenInvariant(
            invariant="the audit log has the entries that it had", subject=f"entry {kept.entry}", detail=detail
        )
    ]

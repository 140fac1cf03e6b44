"""What `billing check` compares with something outside the database: the blueprint, and a head of the audit log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from orchestrator import resources
from orchestrator.deployment.blueprint.comparison import differences
from orchestrator.deployment.blueprint.description import FILE, read
from orchestrator.engine.maintenance import AuditHead, BrokenInvariant
from orchestrator.errors import BillingError, translate_errors

if TYPE_CHECKING:
    import psycopg

    from orchestrator.engine.database import Database

INVARIANT = "the database is as it was deployed"
_BROKEN_BOOKS = b"""
    with journal as (
        select document, account, currency, debit, credit from reporting.journal
    ),

    balances as (
        select account, currency, sum(debit - credit) as balance from journal group by account, currency
    ),

    kept as (
        select currency, sum(balance) as balance
        from balances where account in ('receivables', 'customer_credit') group by currency
    ),

    asked as (
        select currency, sum(amount) as balance
        from (
            select currency, outstanding as amount from reporting.outstanding
            union all
            select currency, -balance from reporting.credit_balances
        ) as amounts
        group by currency
    )

    select 'the journal balances' as invariant, document as subject,
        format('%s %s more on the one side than on the other', abs(sum(debit - credit)), currency) as detail
    from journal group by document, currency having sum(debit) <> sum(credit)
    union all
    select 'the journal has what customers owe', coalesce(kept.currency, asked.currency),
        format('%s in the journal, %s outstanding less credit balances', kept.balance, asked.balance)
    from kept full join asked on kept.currency = asked.currency
    where coalesce(kept.balance, 0) <> coalesce(asked.balance, 0)
    union all
    select 'recognized revenue is billed revenue', currency,
        format('%s recognized, %s billed', sum(recognized), sum(billed))
    from reporting.deferred_revenue group by currency having sum(recognized) <> sum(billed)
"""
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


def broken_books(connection: psycopg.Connection) -> list[BrokenInvariant]:
    """Everything in the reports of the books that contradicts itself, as of now."""
    with translate_errors(), connection.cursor(row_factory=class_row(BrokenInvariant)) as cursor:
        return cursor.execute(_BROKEN_BOOKS).fetchall()


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

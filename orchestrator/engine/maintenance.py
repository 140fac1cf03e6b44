"""What keeps the database in order, and proves that it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import date


_BROKEN_BOOKS = b"""
    with journal as (
        select document, account, currency, debit, credit from reporting.journal
    ),

    kept as (
        select currency, sum(debit - credit) as balance
        from journal where account in ('receivables', 'customer_credit') group by currency
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
        format('%%s %%s more on the one side than on the other', abs(sum(debit - credit)), currency) as detail
    from journal group by document, currency having sum(debit) <> sum(credit)
    union all
    select 'the journal has what customers owe', coalesce(kept.currency, asked.currency),
        format('%%s in the journal, %%s outstanding less credit balances', kept.balance, asked.balance)
    from kept full join asked on kept.currency = asked.currency
    where coalesce(kept.balance, 0) <> coalesce(asked.balance, 0)
    union all
    select 'recognized revenue is billed revenue', currency,
        format('%%s recognized, %%s billed', sum(recognized), sum(billed))
    from reporting.deferred_revenue group by currency having sum(recognized) <> sum(billed)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenInvariant:
    """Something that must always hold and does not."""

    invariant: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """The end of the audit log's hash chain."""

    entry: int
    hash: str


class Maintenance(Session):
    """Upkeep and invariants."""

    def try_lead(self) -> bool:
        """Become the one schedule that leads, for as long as this connection lives."""
        return self._value("try_lead", bool)

    def maintain_partitions(self, *, as_of: date, months_ahead: int) -> None:
        """Keep monthly partitions ahead of the events."""
        self._run("maintain_partitions", as_of=as_of, months_ahead=months_ahead)

    def broken_invariants(self) -> list[BrokenInvariant]:
        """Everything that must hold and does not."""
        return self._rows("broken_invariants", BrokenInvariant)

    def broken_books(self) -> list[BrokenInvariant]:
        """Everything in the reports of the books that contradicts itself, as of now."""
        return self._fetched(_BROKEN_BOOKS, {}, class_row(BrokenInvariant))

    def audit_head(self) -> AuditHead | None:
        """Return the newest entry of the audit log."""
        return self._optional_row("audit_head", AuditHead)

    def audit_hash(self, *, entry: int) -> str | None:
        """Return the hash of an entry of the audit log, if it has that one."""
        return self._optional("audit_hash", str, entry=entry)

    def seal_records(self, *, limit: int) -> int:
        """Seal some of what an earlier version made final; return how many, 0 when there are no more."""
        return self._value("seal_records", int, limit=limit)

    def unsealed_records(self) -> int:
        """Return how many invoices, credit notes and PDFs have no seal."""
        return self._value("unsealed_records", int)

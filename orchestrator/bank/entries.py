"""What every statement becomes, whatever its format: entries that are recognised when they come again.

A fingerprint names an entry. It rests on the bank's own reference where there is one, else on all that the bank says,
and on a running number among the equals of one statement: two equal payments stay two, the same statement again stays
one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from stdnum import iban as iban_number
from stdnum import iso11649

from orchestrator.bank.references import FirstVersion, Payer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal


Identity = tuple[str, ...]
"""What tells an entry from others, but for its equals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry as a format reader found it, not yet compared with its neighbours."""

    account: str | None
    reference: str | None
    booked_on: date
    value_on: date
    amount: Decimal
    currency: str
    payer_name: str | None = None
    payer_iban: str | None = None
    remittance: str = ""
    remittance_lines: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Texts elsewhere that may name an invoice: part of the entry's text, not of what tells it again."""
    creditor_reference: str | None = None
    end_to_end_id: str | None = None
    is_return: bool = False
    first_version_reference: str | None = None
    """What only version 0.1.0 took for the reference."""
    first_version_payer: Payer | None = None
    """The other party of a return that version 0.1.0 did not see as one."""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BankEntry:
    """One booked movement of an account: credits positive, debits negative."""

    account_iban: str | None
    account_number: str | None
    statement_id: str | None = field(compare=False)
    entry_id: str | None
    booked_on: date
    value_on: date
    amount: Decimal
    currency: str
    payer_name: str | None
    payer_iban: str | None
    remittance: str
    remittance_lines: tuple[str, ...]
    creditor_reference: str | None
    end_to_end_id: str | None
    is_return: bool
    ordinal: int
    fingerprint: str
    first_version: FirstVersion | None = None
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One file: its booked entries, how many were only pending, and what a person should know about it."""

    format: str
    statement_id: str
    entries: tuple[BankEntry, ...]
    warnings: tuple[str, ...]
    pending_count: int


class Numbering:
    """Numbers the equals among the entries of one statement."""

    def __init__(self) -> None:
        self._seen: Counter[bytes] = Counter()
        self._moved: Counter[bytes] = Counter()

    def entry(self, draft: Draft, *, statement_id: str | None = None) -> BankEntry:
        """Name an entry by its fingerprint."""
        identity = identity_of(draft)
        ordinal = self._next(identity)
        first_version = self._first_version(draft, identity, ordinal)
        return _entry(draft, ordinal=ordinal, identity=identity, statement_id=statement_id, first_version=first_version)

    def _next(self, identity: Identity) -> int:
        key = _key(identity)
        self._seen[key] += 1
        return self._seen[key]

    def _first_version(self, draft: Draft, identity: Identity, ordinal: int) -> FirstVersion | None:
        """Say how version 0.1.0 named the entry, or those that it took for its equals, if that was otherwise."""
        if draft.first_version_reference or draft.first_version_payer:
            payer = draft.first_version_payer or Payer(draft.payer_name, draft.payer_iban)
            reference = draft.first_version_reference or draft.reference
            first = replace(draft, reference=reference, payer_name=payer.name, payer_iban=payer.iban)
            if identity_of(first) != identity:
                self._moved[_key(identity)] -= 1
                self._moved[_key(identity_of(first))] += 1
                place = self._next((*identity_of(first), *content_of(first)))
                return FirstVersion(reference, payer.name, payer.iban, draft.remittance, place)
        moved = self._moved[_key(identity)] if self._moved else 0
        return FirstVersion(fingerprint=_fingerprint(identity, ordinal + moved)) if moved else None


def numbered(drafts: Iterable[Draft], *, statement_id: str | None = None) -> tuple[BankEntry, ...]:
    """Make the entries of one statement."""
    numbering = Numbering()
    return tuple(numbering.entry(draft, statement_id=statement_id) for draft in drafts)


def in_both(statements: Sequence[Sequence[BankEntry]]) -> list[BankEntry]:
    """Find the entries that more than one statement of a file holds; they count once."""
    seen: set[tuple[str, str | None, str | None]] = set()
    repeated: list[BankEntry] = []
    if len(statements) > 1:
        for entries in statements:
            names = {(entry.fingerprint, entry.account_iban, entry.account_number): entry for entry in entries}
            repeated += [entry for name, entry in names.items() if name in seen]
            seen |= names.keys()
    return repeated


def identity_of(draft: Draft) -> Identity:
    """Date and amount stand beside the reference, because banks use a reference again, for the parts of a batch too.

    Not the account, which not every format names: the database tells apart what two accounts have in common.
    """
    if draft.reference:
        return ("reference", draft.reference, *_money(draft))
    return content_of(draft)


def content_of(draft: Draft) -> Identity:
    """Give all that the bank says of an entry, however it is folded."""
    said = (_squeezed(text) for text in (draft.payer_name or "", draft.payer_iban or "", draft.remittance))
    return ("content", draft.account or "", *_money(draft), *said)


def _money(draft: Draft) -> tuple[str, str, str]:
    return draft.booked_on.isoformat(), f"{draft.amount.normalize():f}", draft.currency


def _squeezed(text: str) -> str:
    """Leave out what another folding of the same text would change."""
    return "".join(text.split()).casefold()


def _key(identity: Identity) -> bytes:
    return hashlib.md5("\x1f".join(identity).encode(), usedforsecurity=False).digest()


def _fingerprint(identity: Identity, ordinal: int) -> str:
    return hashlib.sha256("\x1f".join((*identity, str(ordinal))).encode()).hexdigest()


def _entry(
    draft: Draft, *, ordinal: int, identity: Identity, statement_id: str | None, first_version: FirstVersion | None
) -> BankEntry:
    iban = iban_or_none(draft.account)
    return BankEntry(
        account_iban=iban,
        account_number=None if iban else _account_number(draft.account),
        statement_id=statement_id,
        entry_id=draft.reference,
        booked_on=draft.booked_on,
        value_on=draft.value_on,
        amount=draft.amount,
        currency=draft.currency,
        payer_name=draft.payer_name,
        payer_iban=draft.payer_iban,
        remittance=_with(draft.remittance, draft.also),
        remittance_lines=draft.remittance_lines,
        creditor_reference=draft.creditor_reference or _only_creditor_reference(draft.remittance),
        end_to_end_id=draft.end_to_end_id,
        is_return=draft.is_return,
        ordinal=ordinal,
        fingerprint=_fingerprint(identity, ordinal),
        first_version=first_version,
        line=draft.line,
    )


def _with(remittance: str, also: Iterable[str]) -> str:
    """Add what was said elsewhere; a word between keeps two numbers from growing together."""
    for text in also:
        if " ".join(text.split()) not in remittance:
            remittance = f"{remittance} | Ref {' '.join(text.split())}" if remittance else text
    return remittance


@lru_cache(maxsize=64)
def _account_number(account: str | None) -> str | None:
    return "".join((account or "").split()).upper().lstrip("0") or None


def _only_creditor_reference(remittance: str) -> str | None:
    """Many payers type the RF reference into the free text and nothing else."""
    may_be = remittance[:2].upper() == "RF"
    return str(iso11649.compact(remittance)) if may_be and iso11649.is_valid(remittance) else None


@lru_cache(maxsize=4096)
def iban_or_none(value: str | None) -> str | None:
    """Compact form of a valid IBAN; other account numbers are none."""
    compact = "".join((value or "").split()).upper()
    return compact if iban_number.is_valid(compact, check_country=False) else None


def unfolded(lines: Iterable[str], *, widths: frozenset[int]) -> str:
    """Join the lines of a text that was cut to a width: a full line goes on without a space, a shorter one had ended.

    Words and references that the cut went through are whole again, and those that met at a line's end stay apart.
    """
    text = ""
    glue = ""
    for line in lines:
        if line.strip():
            text += glue + line
            glue = "" if len(line) in widths else " "
    return " ".join(text.split())


def cleaned(value: str | None) -> str | None:
    """One line without control characters; nothing for an empty text."""
    value = value or ""
    if not value.isprintable():
        value = "".join(character if character.isprintable() else " " for character in value)
    return " ".join(value.split()) or None

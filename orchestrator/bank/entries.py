"""What every statement becomes, whatever its format: entries that are recognised when they come again.

A fingerprint names an entry. It rests on the bank's own reference where there is one, else on all that the bank says,
and on a running number among the equals of one day: two equal payments stay two, the same statement again stays one.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from stdnum import iban as iban_number
from stdnum import iso11649

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal

NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "NOTAVAILABLE", "EREF", "PREF", "MARF", "KREF"})
"""What banks write where they have no reference, or only say where another one stands."""

_RUNNING_NUMBER = re.compile(r"\d{1,6}")


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
    creditor_reference: str | None = None
    end_to_end_id: str | None = None
    is_return: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BankEntry:
    """One booked movement of an account: credits positive, debits negative."""

    account_iban: str | None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One file: its booked entries, how many were only pending, and what a person should know about it."""

    format: str
    statement_id: str
    entries: tuple[BankEntry, ...]
    warnings: tuple[str, ...]
    pending_count: int


def numbered(drafts: Sequence[Draft]) -> tuple[BankEntry, ...]:
    """Number the equals among the entries of one statement and name each entry by its fingerprint."""
    seen: Counter[tuple[str, ...]] = Counter()
    entries = []
    for draft in drafts:
        identity = _identity(draft)
        seen[identity] += 1
        entries.append(_entry(draft, ordinal=seen[identity], identity=identity))
    return tuple(entries)


def in_both(statements: Iterable[Sequence[BankEntry]]) -> list[BankEntry]:
    """Find the entries that more than one statement of a file holds; they count once."""
    seen: set[tuple[str, str | None]] = set()
    repeated = []
    for entries in statements:
        repeated += [entry for entry in entries if (entry.fingerprint, entry.account_iban) in seen]
        seen |= {(entry.fingerprint, entry.account_iban) for entry in entries}
    return repeated


def _identity(draft: Draft) -> tuple[str, ...]:
    """Date and amount stand beside the reference, because banks use a reference again, for the parts of a batch too.

    Not the account, which not every format names: the database tells apart what two accounts have in common.
    """
    money = (draft.booked_on.isoformat(), f"{draft.amount.normalize():f}", draft.currency)
    if draft.reference:
        return ("reference", draft.reference, *money)
    said = (_squeezed(text) for text in (draft.payer_name or "", draft.payer_iban or "", draft.remittance))
    return ("content", draft.account or "", *money, *said)


def _squeezed(text: str) -> str:
    """Leave out what another folding of the same text would change."""
    return "".join(text.split()).casefold()


def _entry(draft: Draft, *, ordinal: int, identity: tuple[str, ...]) -> BankEntry:
    text = "\x1f".join((*identity, str(ordinal)))
    return BankEntry(
        account_iban=iban_or_none(draft.account),
        entry_id=draft.reference,
        booked_on=draft.booked_on,
        value_on=draft.value_on,
        amount=draft.amount,
        currency=draft.currency,
        payer_name=draft.payer_name,
        payer_iban=draft.payer_iban,
        remittance=draft.remittance,
        remittance_lines=draft.remittance_lines,
        creditor_reference=draft.creditor_reference or _only_creditor_reference(draft.remittance),
        end_to_end_id=draft.end_to_end_id,
        is_return=draft.is_return,
        ordinal=ordinal,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
    )


def _only_creditor_reference(remittance: str) -> str | None:
    """Many payers type the RF reference into the free text and nothing else."""
    may_be = remittance[:2].upper() == "RF"
    return str(iso11649.compact(remittance)) if may_be and iso11649.is_valid(remittance) else None


@lru_cache(maxsize=4096)
def iban_or_none(value: str | None) -> str | None:
    """Compact form of a valid IBAN; other account numbers are none."""
    compact = "".join((value or "").split()).upper()
    return compact if iban_number.is_valid(compact, check_country=False) else None


def reference_or_none(*candidates: str | None) -> str | None:
    """Return the first candidate that says something."""
    for candidate in candidates:
        text = (candidate or "").strip()
        if text.upper().rstrip("+.") not in NO_REFERENCE:
            return text
    return None


def lasting(reference: str | None) -> str | None:
    """Drop a short number: it counts the entries of a statement, and in the next one it names another entry."""
    return None if _RUNNING_NUMBER.fullmatch((reference or "").strip()) else reference


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
    text = "".join(character if character.isprintable() else " " for character in value or "")
    return " ".join(text.split()) or None

"""References that a bank gave its entries, and placeholders for those it did not give.

Version 0.1.0 knew fewer placeholders, and fewer marks of a return. What it stored must be recognised when it comes
again, so an entry that it named otherwise carries what it said of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

NO_REFERENCE = frozenset(
    {
        *("", "NA", "NONE", "NULL", "NONREF", "NOREF", "NOTPROVIDED", "NOTAVAILABLE", "NOTSPECIFIED", "NOTAPPLICABLE"),
        *("UNKNOWN", "UNBEKANNT", "NICHTANGEGEBEN", "KEINEANGABE", "KEINE", "EREF", "PREF", "MARF", "KREF"),
    }
)
"""What banks write where they have no reference, or only say where another one stands."""

KNOWN_TO_FIRST_VERSION = frozenset({"", "NONREF", "NOTPROVIDED", "NOTAVAILABLE", "EREF", "PREF", "MARF", "KREF"})

_RUNNING_NUMBER = re.compile(r"\d{1,6}")
_LIKE_AN_INVOICE = re.compile(r"[A-Z]\d{4}(?:0[1-9]|1[0-2])\d{4}")
_NO_SIGN = re.compile(r"[\W_]+")


class Reference(NamedTuple):
    """The bank's own reference of an entry, and what version 0.1.0, which knew fewer placeholders, took for it."""

    text: str | None = None
    first_version: str | None = None

    @property
    def placeholder(self) -> str | None:
        """What only version 0.1.0 took for the reference."""
        return None if self.first_version == self.text else self.first_version


NONE = Reference()


class Payer(NamedTuple):
    """Who paid, or was paid."""

    name: str | None = None
    iban: str | None = None


@dataclass(frozen=True, slots=True)
class FirstVersion:
    """What version 0.1.0 stored of an entry where it named it otherwise.

    The database finds the row by what it says, for 0.1.0 took different payments for equals; or it has the fingerprint.
    """

    entry_id: str | None = None
    payer_name: str | None = None
    payer_iban: str | None = None
    remittance: str = ""
    ordinal: int = 1
    fingerprint: str | None = None


def plain(text: str) -> str:
    """Leave out what does not tell placeholders apart: case, signs and spaces, zeros at the end."""
    return _NO_SIGN.sub("", text.upper()).rstrip("0")


def reference_or_none(*candidates: str | None) -> str | None:
    """Return the first candidate that says something."""
    for candidate in candidates:
        text = (candidate or "").strip()
        if plain(text) not in NO_REFERENCE:
            return text
    return None


def reference_of(*candidates: str | None) -> Reference:
    """Return the first candidate that says something, and the first that said something to version 0.1.0."""
    texts = ((candidate or "").strip() for candidate in candidates)
    first = next((text for text in texts if text.upper().rstrip("+.") not in KNOWN_TO_FIRST_VERSION), None)
    return Reference(reference_or_none(*candidates), first)


def lasting(reference: str | None) -> str | None:
    """Drop a short number: it counts the entries of a statement, and in the next one it names another entry."""
    return None if _RUNNING_NUMBER.fullmatch((reference or "").strip()) else reference


def may_name_invoice(text: str | None) -> bool:
    """Whether a reference looks like an invoice number: a letter, then year, month and four digits or more."""
    return bool(text and _LIKE_AN_INVOICE.search(_NO_SIGN.sub("", text.upper())))

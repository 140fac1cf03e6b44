"""Field :86:, the free space of MT940, in the ways in which banks structure it.

German banks: a three-digit code, then ?00 to ?63, with EREF+, SVWZ+ and their like in the text. Dutch banks: code words
between slashes (/NAME/, /REMI/). Others: plain text. The library knows the first way only; it loses a repeated
sub-field, ends the text at a question mark and joins what does not belong together, so it is not asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestrator.bank.entries import cleaned, iban_or_none, unfolded
from orchestrator.bank.references import may_name_invoice, reference_or_none

SUBFIELD_WIDTHS = frozenset({27})
LINE_WIDTHS = frozenset({65})

RETURN_TRANSACTION_CODES = frozenset({"108", "109", "159"})
"""German codes of a debit given back and of a transfer that came back; ?34 tells nothing, many banks always fill it."""

_GERMAN = re.compile(r"(\d{3})\?\d{2}")
_SUBFIELD = re.compile(r"\?(\d{2})")
_TEXT = frozenset({*range(20, 30), *range(60, 64)})
_ACCOUNT, _NAMES = 31, frozenset({32, 33})
_NUMBERS = _TEXT | _NAMES | {0, 10, 30, _ACCOUNT, 34}

_KEYWORD = re.compile(
    r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|SQTP|MDAT|COAM|OAMT|ORCR|ORMR|DDAT|PURP|IBAN(?=\+[A-Z]{2}\d{2})"
    r"|BIC(?=\+[A-Z]{6}))\+"
)
_CODES = (
    "TRTP|IBAN|BIC|NAME|REMI|EREF|CSID|MARF|ORDP|BENM|CNTP|ADDR|PURP|ISDT|RTRN|PREF|RTYP|UCRD|ULTC|ULTD|ULTB|ID|TRCD"
)
_SLASHED = re.compile(rf"/(?:{_CODES})/")
_SLASH_CODE = re.compile(rf"/({_CODES})/(.*?)(?=/(?:{_CODES})/|$)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What one :86: says."""

    payer_name: str | None = None
    payer_iban: str | None = None
    remittance: str = ""
    remittance_lines: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    creditor_reference: str | None = None
    end_to_end_id: str | None = None
    is_return: bool = False


def details_of(lines: list[str]) -> Details:
    """Read the field in the way in which it is written."""
    text = "".join(lines)
    if _GERMAN.match(text):
        return _german(text)
    if _SLASHED.match(text):
        return _dutch(unfolded(lines, widths=LINE_WIDTHS))
    said = tuple(line for line in lines if line.strip())
    return Details(remittance=unfolded(said, widths=LINE_WIDTHS), remittance_lines=said)


def _german(text: str) -> Details:
    subfields = _subfields(text)
    pieces = tuple(value for number, value in subfields if number in _TEXT and value.strip())
    whole = unfolded(pieces, widths=SUBFIELD_WIDTHS)
    keywords = _keywords(whole)
    account = "".join(value for number, value in subfields if number == _ACCOUNT)
    name = unfolded((value for number, value in subfields if number in _NAMES), widths=SUBFIELD_WIDTHS)
    return Details(
        payer_name=cleaned(name) or cleaned(keywords.get("ABWA")),
        payer_iban=iban_or_none(account) or iban_or_none(keywords.get("IBAN")) or cleaned(account),
        remittance=" ".join(said for said in (keywords[""], keywords.get("SVWZ", "")) if said) or whole,
        remittance_lines=pieces,
        also=tuple(
            value for value in (keywords.get("KREF"), keywords.get("MREF")) if value and may_name_invoice(value)
        ),
        end_to_end_id=reference_or_none(keywords.get("EREF")),
        is_return=text[:3] in RETURN_TRANSACTION_CODES,
    )


def _subfields(text: str) -> list[tuple[int, str]]:
    """Cut at the sub-field marks, which only ever rise; `paid?2026` in a text is none."""
    marks: list[re.Match[str]] = []
    for mark in _SUBFIELD.finditer(text):
        rises = not marks or int(mark[1]) >= int(marks[-1][1])
        if rises and int(mark[1]) in _NUMBERS:
            marks.append(mark)
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [(int(mark[1]), text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]


def _keywords(text: str) -> dict[str, str]:
    """Split a text at its keywords; what stands before the first one has no keyword."""
    start, *parts = _KEYWORD.split(text)
    found = {"": start.strip()}
    for keyword, value in zip(parts[::2], parts[1::2], strict=True):
        found[keyword] = f"{found.get(keyword, '')} {value.strip()}".strip()
    return found


def _dutch(text: str) -> Details:
    codes: dict[str, str] = {}
    for code, value in _SLASH_CODE.findall(text):
        codes.setdefault(code, value.strip().removesuffix("/"))
    name, account = codes.get("NAME"), codes.get("IBAN")
    if counterparty := codes.get("CNTP"):
        account, _, name = [*counterparty.split("/"), "", ""][:3]
    kind, structured = _remittance(codes.get("REMI", ""))
    said = "" if kind == "STRD" else structured
    return Details(
        payer_name=cleaned(name),
        payer_iban=iban_or_none(account) or cleaned(account),
        remittance=said or structured,
        remittance_lines=(structured,) if structured else (),
        also=tuple(value for value in (codes.get("PREF"), codes.get("MARF")) if value and may_name_invoice(value)),
        creditor_reference=structured if kind == "STRD" else None,
        end_to_end_id=reference_or_none(codes.get("EREF")),
        is_return="RTRN" in codes,
    )


def _remittance(value: str) -> tuple[str, str]:
    """ING says how the text is meant (USTD//text, STRD/CUR/reference); the others write the text alone."""
    found = re.match(r"(USTD|STRD)/([^/]*)/(.*)", value, re.DOTALL)
    if found:
        return found[1], found[3].strip().rstrip("/")
    return "", value.rstrip("/")

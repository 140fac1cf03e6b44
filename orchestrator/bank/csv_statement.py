"""A bank's CSV file: one row an entry, read as the mapping says."""

from __future__ import annotations

import csv
import hashlib
import re
from datetime import datetime
from typing import TYPE_CHECKING

from orchestrator.bank.csv_mapping import DEFAULT, REQUIRED, read_mapping
from orchestrator.bank.entries import Draft, Statement, cleaned, iban_or_none, numbered
from orchestrator.bank.references import reference_of, reference_or_none
from orchestrator.bank.values import THREE_DECIMALS, currency_code, decoded, exact_amount, iso_day, refusal
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from orchestrator.bank.csv_mapping import Mapping

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LONGEST_HEADER = 2**16
_DELIMITERS = (",", ";", "\t", "|")
_GROUPED = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?"),
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?"),
}
_THREE_DIGITS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
"""One separator and three digits behind it: thousands or decimals."""

Row = dict[str, str]


def read_csv(content: bytes, name: str, mapping_file: Path | None) -> Statement:
    """Read the rows of the whole file; the first bad one refuses it.

    No bank numbers such files, so its content names it: an entry without a reference that comes again with another file
    may be another payment.
    """
    mapping = DEFAULT if mapping_file is None else read_mapping(mapping_file)
    text = decoded(content, name, mapping.encoding)
    warnings: list[str] = []
    drafts = _once((_draft(row, mapping, name, line) for line, row in _rows(text, name, mapping)), warnings)
    entries = numbered(drafts, statement_id=hashlib.sha256(content).hexdigest()[:16])
    if not entries:
        warnings.append(f"{name} has a header and no entries.")
    return Statement(
        format="CSV",
        statement_id=name,
        entries=entries,
        warnings=tuple(warnings),
        pending_count=0,
    )


def _once(drafts: Iterable[Draft], warnings: list[str]) -> Iterator[Draft]:
    """Leave out what comes again under the bank's own reference with all else equal."""
    seen: dict[tuple[object, ...], int] = {}
    for draft in drafts:
        key = (draft.reference, draft.booked_on, draft.amount, draft.currency, draft.payer_name, draft.remittance)
        if draft.reference and key in seen:
            warnings.append(
                f"Entry {draft.reference} of {draft.booked_on}, {draft.amount} {draft.currency}, stands in line"
                f" {seen[key]} and again in line {draft.line}; it counts once."
            )
            continue
        seen[key] = draft.line
        yield draft


def _rows(text: str, name: str, mapping: Mapping) -> Iterator[tuple[int, Row]]:
    start = sum(map(len, text.splitlines(keepends=True)[: mapping.skip_lines])) if mapping.skip_lines else 0
    lines = (found[0] for found in _LINE.finditer(text, start))
    delimiter = mapping.delimiter or _delimiter("".join(text[start : start + _LONGEST_HEADER].splitlines()[:1]))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header, name, mapping)
        before = reader.line_num
        for cells in reader:
            line, before = mapping.skip_lines + before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise BillingError(f"{name}, line {line}: {len(cells)} cells, but the header names {len(header)}.")
            yield line, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise BillingError(f"{name}, line {mapping.skip_lines + reader.line_num}: not valid CSV ({error}).") from None


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _check_header(header: list[str], name: str, mapping: Mapping) -> None:
    needed = [column for key in REQUIRED for column in mapping.columns[key]]
    if mapping.currency is None:
        needed += mapping.columns["currency"]
    missing = [column for column in needed if column not in header]
    if missing:
        raise BillingError(
            f"{name} is neither CAMT.053 nor MT940, and as a CSV file it lacks the columns {', '.join(missing)}."
            " A mapping file can name others."
        )
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise BillingError(f"{name}: the header names {', '.join(twice)} more than once.")


def _draft(row: Row, mapping: Mapping, name: str, line: int) -> Draft:
    def cell(key: str) -> str:
        return row.get(mapping.columns[key][0], "").strip()

    def where(key: str) -> str:
        return f"{name}, line {line}, column {mapping.columns[key][0]}"

    booked_on = _day(cell("booked_on"), mapping, where("booked_on"))
    currency = currency_code(cell("currency") or mapping.currency or "", where("currency"))
    reference = reference_of(cleaned(cell("entry_id")))
    lines = tuple(text for column in mapping.columns["reference"] if (text := cleaned(row[column])))
    return Draft(
        account=iban_or_none(cell("account_iban") or mapping.account_iban),
        reference=reference.text,
        first_version_reference=reference.placeholder,
        booked_on=booked_on,
        value_on=_day(cell("value_on"), mapping, where("value_on")) if cell("value_on") else booked_on,
        amount=_amount(cell("amount"), currency, mapping, where("amount")),
        currency=currency,
        payer_name=cleaned(cell("payer")),
        payer_iban=iban_or_none(cell("payer_iban")) or cleaned(cell("payer_iban")),
        remittance=" ".join(lines),
        remittance_lines=lines,
        creditor_reference=cleaned(cell("creditor_reference")),
        end_to_end_id=reference_or_none(cleaned(cell("end_to_end_id"))),
        line=line,
    )


def _amount(text: str, currency: str, mapping: Mapping, place: str) -> Decimal:
    """Separators of thousands are taken out only where they stand as such: 1.234 is no 1234 by mistake.

    Where nobody named the decimal separator, 1,500 and 1.500 may be thousands or decimals. Only a currency that has
    three decimals tells for the point.
    """
    given, separator = text, mapping.decimal_separator or "."
    is_told = mapping.decimal_separator is not None or ("." in text and currency in THREE_DECIMALS)
    if not is_told and _THREE_DIGITS.fullmatch(text):
        raise BillingError(
            f"{place}: {text!r} may mean thousands or decimals. A mapping file with decimal_separator says which."
        )
    if _GROUPED[separator].fullmatch(text):
        text = text.replace("." if separator == "," else ",", "")
    if separator == ",":
        if "." in text:
            raise refusal(place, given, "an amount with a decimal comma")
        text = text.replace(",", ".")
    return exact_amount(text, place, shown=given)


def _day(text: str, mapping: Mapping, place: str) -> date:
    if mapping.date_format is None:
        return iso_day(text, place)
    try:
        return datetime.strptime(text, mapping.date_format).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise refusal(place, text, f"a date ({mapping.date_format})") from None

"""Amounts, dates and bytes of a statement, each refused with its place when it is not what it should be."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from orchestrator.errors import BillingError

_AMOUNT = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,5})?)")
THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies whose amounts have three decimals, like thousands."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_SHOWN = 60


def refusal(place: str, value: object, expected: str) -> BillingError:
    """One sentence for every value that cannot be read."""
    text = str(value)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return BillingError(f"{place}: {shown!r} is not {expected}.")


def exact_amount(text: str, place: str, *, shown: str | None = None) -> Decimal:
    """Read an amount with a point for the decimals and nothing between the thousands; `shown` is how it was written."""
    if not _AMOUNT.fullmatch(text) or not text.isascii():
        raise refusal(place, shown or text, "an amount")
    return Decimal(text)


@lru_cache(maxsize=1024)
def iso_day(text: str, place: str) -> date:
    """Read a date, or the date of a timestamp: the day on which the bank's own clock stood."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-01-31") else datetime.fromisoformat(text).date()
    except ValueError:
        xml_date_with_zone = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})", text)
        if xml_date_with_zone:
            return iso_day(xml_date_with_zone[1], place)
        raise refusal(place, text, "a date (YYYY-MM-DD)") from None


def currency_code(text: str, place: str) -> str:
    """Read an ISO 4217 code."""
    if not _CURRENCY.fullmatch(text):
        raise refusal(place, text, "a currency code of three letters")
    return text


def decoded(content: bytes, name: str, *encodings: str) -> str:
    """Decode by the first encoding that fits; the error names the line of the first byte that fits none."""
    failure: UnicodeDecodeError | None = None
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            failure = failure or error
            continue
        if "\0" in text:
            raise BillingError(f"{name} is not a text file: it contains zero bytes.")
        return text.removeprefix("\ufeff")
    line = content[: failure.start if failure else 0].count(b"\n") + 1
    raise BillingError(f"{name}, line {line}: the bytes are not {' or '.join(encodings)}.")

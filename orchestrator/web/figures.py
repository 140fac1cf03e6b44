"""How the pages write amounts, shares, changes and days. Formatting only: the numbers are the database's."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from babel.numbers import get_currency_precision, get_currency_symbol

from orchestrator.web.charts import share
from orchestrator.wording.money import decimals, exact, format_amount
from orchestrator.wording.words import format_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PLUS, _MINUS = "+", "\N{MINUS SIGN}"
_THOUSANDTHS = Decimal("0.001")


def amount(value: object, currency: str) -> str:
    """Write an amount with the decimals of its currency, and more if it has more."""
    number = exact(value)
    return format_amount(number, max(get_currency_precision(currency), decimals(number)))


def symbol(currency: str) -> str:
    """Return $ for USD; a currency without a sign of its own is written as its code with a space."""
    sign = str(get_currency_symbol(currency, "en"))
    return f"{sign}\N{NO-BREAK SPACE}" if sign.isalpha() else sign


def whole_and_cents(value: object, currency: str) -> tuple[str, str]:
    """Split an amount, so that the cents can be set smaller."""
    whole, point, cents = amount(value, currency).partition(".")
    return whole, point + cents


def percent(value: object, places: int = 1) -> str:
    """Write a fraction as percent: 0.042 is 4.2%."""
    return percent_points(exact(value) * 100, places)


def percent_points(value: object, places: int = 1) -> str:
    """Write percent that are percent already."""
    number = exact(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{number.copy_abs():,f}%" if number >= 0 else f"{_MINUS}{number.copy_abs():,f}%"


def signed_percent(value: object) -> str:
    """Write a fraction as percent with its sign: 0.042 is +4.2%."""
    return (_PLUS if exact(value) > 0 else "") + percent(value)


def signed_percent_points(value: object) -> str:
    """Write percent that are percent already, with their sign."""
    return (_PLUS if exact(value) > 0 else "") + percent_points(value)


def rate(value: object) -> str:
    """Write a tax rate with the decimals it has: 19%, 8.875%."""
    number = (exact(value) * 100).quantize(_THOUSANDTHS).normalize()
    return f"{number:f}%"


def signed(value: object, currency: str) -> str:
    """Write a change with its sign."""
    return (_PLUS if exact(value) > 0 else "") + amount(value, currency)


def direction(value: object) -> str:
    """Name the way a change goes, for its colour and its arrow."""
    number = exact(value)
    return "up" if number > 0 else "down" if number < 0 else "flat"


def month(value: str) -> str:
    """Write 2026-02 as Feb 2026."""
    year, number = value.split("-")
    return f"{_MONTHS[int(number) - 1]} {year}"


def short_day(value: str) -> str:
    """Write 2026-03-15 as 15 Mar 2026."""
    day = date.fromisoformat(value[:10])
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def words(value: str) -> str:
    """Write a state as words: manual_review is manual review."""
    return value.replace("_", " ")


WEB_FILTERS: Mapping[str, Callable[..., object]] = {
    "amount": amount,
    "symbol": symbol,
    "whole_and_cents": whole_and_cents,
    "percent": percent,
    "percent_points": percent_points,
    "signed_percent": signed_percent,
    "signed_percent_points": signed_percent_points,
    "rate": rate,
    "signed": signed,
    "direction": direction,
    "month": month,
    "short_day": short_day,
    "long_day": format_day,
    "words": words,
    "share": share,
}

"""Exact decimals as people read them: grouped, aligned, with a true minus sign.

Formatting only: amounts arrive rounded by the database, and a digit that would be lost here is an error.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

MINUS = "\N{MINUS SIGN}"

Exact = str | int | Decimal


def exact(value: object) -> Decimal:
    """Floats are refused: an amount that has been one cannot be trusted to the cent.

    The messages print the value itself: a field that the template lacks says its own name then.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise TypeError(f"expected an exact decimal as text, got {value} ({type(value).__name__})")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"expected an exact decimal, got {value!r}") from None
    if not number.is_finite():
        raise ValueError(f"expected a finite amount, got {value!r}")
    return number


def format_amount(value: Exact, exponent: int) -> str:
    """Money, always with the decimals of its currency (USD 2, JPY 0, KWD 3)."""
    number = exact(value)
    if decimals(number) > exponent:
        raise ValueError(f"amount {value} has more than {exponent} decimals; amounts are rounded by the database")
    return _grouped(number, exponent)


def format_unit_amount(value: Exact, exponent: int) -> str:
    """A price, which keeps every decimal it has (0.0005) and shows at least those of its currency."""
    number = exact(value)
    return _grouped(number, max(decimals(number), exponent))


def format_quantity(value: Exact) -> str:
    """A quantity without the zeros that a column type may have added (2.500000 is 2.5)."""
    number = exact(value)
    return _grouped(number, decimals(number))


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun: 1 invoice, 2 invoices, 2 entries."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def decimals(number: Decimal) -> int:
    """Count the significant decimals (1.50 has one, 1E+3 none)."""
    digits = number.as_tuple()
    fraction = -int(digits.exponent)
    trailing = 0
    for digit in reversed(digits.digits):
        if digit or trailing >= fraction:
            break
        trailing += 1
    return max(fraction - trailing, 0)


def _grouped(number: Decimal, places: int) -> str:
    text = f"{number.copy_abs():,.{places}f}"  # abs() would round to 28 digits
    return f"{MINUS}{text}" if number < 0 else text

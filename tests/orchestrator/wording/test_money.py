from __future__ import annotations

from decimal import Decimal

import pytest

from orchestrator.wording.money import counted, format_amount, format_quantity, format_unit_amount


@pytest.mark.parametrize(
    ("amount", "exponent", "printed"),
    [
        ("312.91", 2, "312.91"),
        ("1234567.5", 2, "1,234,567.50"),
        ("-31.82", 2, "\u221231.82"),
        ("0", 2, "0.00"),
        ("-0.00", 2, "0.00"),
        ("25080", 0, "25,080"),
        ("58.15", 3, "58.150"),
        ("1E+3", 2, "1,000.00"),
        ("49.9600", 2, "49.96"),
        ("99999999999999999999999999999999.99", 2, "99,999,999,999,999,999,999,999,999,999,999.99"),
        (Decimal("0.01"), 2, "0.01"),
        (7, 2, "7.00"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(amount: str, exponent: int, printed: str) -> None:
    assert format_amount(amount, exponent) == printed


def test_an_amount_that_would_lose_a_digit_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 2 decimals"):
        format_amount("0.005", 2)


@pytest.mark.parametrize(
    ("price", "exponent", "printed"),
    [
        ("0.0005", 2, "0.0005"),
        ("0.0010000000", 2, "0.001"),
        ("0", 2, "0.00"),
        ("99", 2, "99.00"),
        ("0.12", 0, "0.12"),
        ("12000", 0, "12,000"),
        ("-31.82", 2, "\u221231.82"),
        ("0.00000125", 2, "0.00000125"),
    ],
)
def test_unit_prices_keep_their_decimals(price: str, exponent: int, printed: str) -> None:
    assert format_unit_amount(price, exponent) == printed


@pytest.mark.parametrize(
    ("quantity", "printed"),
    [("10000", "10,000"), ("2.500000", "2.5"), ("0", "0"), ("100", "100"), ("1.0", "1"), ("-12", "\u221212")],
)
def test_quantities_lose_only_padding_zeros(quantity: str, printed: str) -> None:
    assert format_quantity(quantity) == printed


@pytest.mark.parametrize("value", [1.5, None, True])
def test_what_is_no_exact_decimal_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="exact decimal"):
        format_amount(value, 2)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["twelve", "", "NaN", "Infinity", "1,5"])
def test_text_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        format_amount(value, 2)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (1234, "1,234 entries")]
)
def test_a_number_agrees_with_its_noun(number: int, text: str) -> None:
    assert counted(number, "entry", "entries") == text
    assert counted(number, "invoice").endswith("invoice") == (number == 1)

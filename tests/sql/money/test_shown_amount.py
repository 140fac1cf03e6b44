from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("30", "EUR", "30.00"),
        ("0", "EUR", "0.00"),
        ("-1.5", "USD", "-1.50"),
        ("30.00", "JPY", "30"),
        ("1.5", "KWD", "1.500"),
        ("0.0005", "EUR", "0.0005"),
        ("30.0", "???", "30"),
        ("12.50", None, "12.5"),
        (None, "EUR", None),
    ],
)
def test_an_amount_has_at_least_the_decimals_of_its_currency(
    given: Given, amount: str | None, currency: str | None, shown: str | None
) -> None:
    assert given.value("select billing.shown_amount(%s, %s)::text", amount, currency) == shown

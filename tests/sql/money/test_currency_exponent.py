from __future__ import annotations

import psycopg
import pytest

EXPONENT = "select billing.currency_exponent(%s)"


@pytest.mark.parametrize(
    ("currency", "exponent"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("ISK", 0), ("TND", 3)]
)
def test_decimals_are_those_of_iso_4217(database: psycopg.Connection, currency: str, exponent: int) -> None:
    assert database.execute(EXPONENT, (currency,)).fetchone() == (exponent,)


@pytest.mark.parametrize("currency", ["EURO", "usd", "", None])
def test_another_code_is_refused(database: psycopg.Connection, currency: str | None) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="unknown currency"):
        database.execute(EXPONENT, (currency,))

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import reference

if TYPE_CHECKING:
    from tests.conftest import Connect

ROUND = "select billing.round_amount(%s, %s)"
amounts = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18, places=6),
    st.integers(-(10**6), 10**6).map(lambda units: Decimal(units) / 2000),
)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "USD", "0.01"),
        ("-0.005", "USD", "-0.01"),
        ("0.00499999999999999999999999999999", "USD", "0.00"),
        ("2.5", "JPY", "3"),
        ("-2.5", "JPY", "-3"),
        ("1.2345", "KWD", "1.235"),
        ("1.00005", "CLF", "1.0001"),
        ("123456789012345678901234567890.125", "EUR", "123456789012345678901234567890.13"),
        ("7", "EUR", "7.00"),
    ],
)
def test_half_a_minor_unit_rounds_away_from_zero(
    database: psycopg.Connection, amount: str, currency: str, expected: str
) -> None:
    row = database.execute(ROUND, (Decimal(amount), currency)).fetchone()
    assert row is not None
    assert str(row[0]) == expected


def test_no_amount_stays_none(database: psycopg.Connection) -> None:
    assert database.execute(ROUND, (None, "EUR")).fetchone() == (None,)


def test_an_unknown_currency_is_refused(database: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="unknown currency 'EURO'"):
        database.execute(ROUND, (1, "EURO"))


def test_analysts_can_round(connect: Connect) -> None:
    row = connect("billing_analyst").execute(ROUND, ("1.005", "EUR")).fetchone()
    assert row == (Decimal("1.01"),)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=st.lists(st.tuples(amounts, st.sampled_from(sorted(reference.DECIMALS))), min_size=20, max_size=60))
def test_rounding_agrees_with_fractions(database: psycopg.Connection, cases: list[tuple[Decimal, str]]) -> None:
    rows = database.execute(
        """
        select billing.round_amount(amount, currency)
        from unnest(%s::numeric[], %s::text[]) with ordinality as cases (amount, currency, ordinal) order by ordinal
        """,
        ([amount for amount, _ in cases], [currency for _, currency in cases]),
    ).fetchall()
    expected = [reference.rounded(Fraction(amount), reference.DECIMALS[currency]) for amount, currency in cases]
    assert [Fraction(amount) for (amount,) in rows] == expected

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import reference
from tests.worlds import decimals, text

PRORATE = "select billing.prorated_amount(%s, %s, %s, %s)"


@st.composite
def cases(draw: st.DrawFn) -> tuple[Fraction, int, int, str]:
    days = draw(st.integers(28, 31))
    amount = draw(decimals(low=-1000, high=10**9, places=8))
    return amount, draw(st.integers(0, days)), days, draw(st.sampled_from(sorted(reference.DECIMALS)))


@pytest.mark.parametrize(
    ("amount", "active", "days", "currency", "expected"),
    [
        ("99.00", 19, 28, "USD", "67.18"),
        ("99.00", 28, 28, "USD", "99.00"),
        ("99.00", 0, 28, "USD", "0.00"),
        ("1000", 1, 29, "JPY", "34"),
        ("10", 1, 31, "KWD", "0.323"),
        ("0.15", 1, 30, "USD", "0.01"),
        ("-0.15", 1, 30, "USD", "-0.01"),
        ("0.149999999999999999999999", 1, 30, "USD", "0.00"),
    ],
)
def test_the_share_of_the_active_days_is_rounded_once(  # noqa: PLR0913, PLR0917 - a table
    database: psycopg.Connection, amount: str, active: int, days: int, currency: str, expected: str
) -> None:
    row = database.execute(PRORATE, (Decimal(amount), active, days, currency)).fetchone()
    assert row is not None
    assert str(row[0]) == expected


@pytest.mark.parametrize(("active", "days"), [(29, 28), (-1, 28), (0, 0), (1, -1)])
def test_impossible_days_are_refused(database: psycopg.Connection, active: int, days: int) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=f"cannot prorate {active} of {days} days"):
        database.execute(PRORATE, (99, active, days, "USD"))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=st.lists(cases(), min_size=20, max_size=60))
def test_proration_agrees_with_fractions(
    database: psycopg.Connection, batch: list[tuple[Fraction, int, int, str]]
) -> None:
    amounts, active, days, currencies = zip(*batch, strict=True)
    rows = database.execute(
        """
        select billing.prorated_amount(amount, active, days, currency)
        from unnest(%s::numeric[], %s::integer[], %s::integer[], %s::text[]) with ordinality
            as cases (amount, active, days, currency, ordinal)
        order by ordinal
        """,
        ([text(amount) for amount in amounts], list(active), list(days), list(currencies)),
    ).fetchall()
    expected = [reference.prorated(a, n, d, reference.DECIMALS[c]) for a, n, d, c in batch]
    assert [Fraction(amount) for (amount,) in rows] == expected


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amount=st.integers(1, 10**8), days=st.integers(28, 31), data=st.data())
def test_two_parts_of_a_month_differ_from_the_whole_by_at_most_one_minor_unit(
    database: psycopg.Connection, amount: int, days: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, days))
    row = database.execute(
        f"{PRORATE}, billing.prorated_amount(%s, %s, %s, %s)",
        (Decimal(amount) / 100, first, days, "EUR", Decimal(amount) / 100, days - first, days, "EUR"),
    ).fetchone()
    assert row is not None
    assert abs(row[0] + row[1] - Decimal(amount) / 100) <= Decimal("0.01")

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

QUANTITY = "select trim_scale(billing.tier_quantity(%s, %s, %s, %s, %s))::text"


@pytest.mark.parametrize(
    ("model", "used", "tier", "expected"),
    [
        ("graduated", "5", ("0", "10"), "5"),
        ("graduated", "10", ("0", "10"), "10"),
        ("graduated", "10.5", ("0", "10"), "10"),
        ("graduated", "10", ("10", None), None),
        ("graduated", "10.5", ("10", None), "0.5"),
        ("volume", "10", ("0", "10"), "10"),
        ("volume", "10.5", ("0", "10"), None),
        ("volume", "10.5", ("10", None), "10.5"),
        ("flat", "7", ("0", None), "7"),
        ("flat", "0", ("0", None), None),
    ],
)
def test_units_of_a_tier_are_those_above_the_one_before_up_to_its_bound(
    database: psycopg.Connection, model: str, used: str, tier: tuple[str, str | None], expected: str | None
) -> None:
    assert database.execute(QUANTITY, (model, used, *tier, None)).fetchone() == (expected,)


@pytest.mark.parametrize(
    ("used", "size", "packages"),
    [("0", "10", None), ("0.000001", "10", "1"), ("10", "10", "1"), ("10.1", "10", "2"), ("1", "0.3", "4")],
)
def test_a_package_that_was_begun_counts(
    database: psycopg.Connection, used: str, size: str, packages: str | None
) -> None:
    assert database.execute(QUANTITY, ("package", used, "0", None, size)).fetchone() == (packages,)

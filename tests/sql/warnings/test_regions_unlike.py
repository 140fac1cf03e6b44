from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given


@pytest.mark.parametrize(
    ("rows", "region", "is_unlike"),
    [
        ("NY TX", "NY", False),
        ("NY TX", "OR", False),
        ("NSW VIC", "WA", False),
        ("NY TX", "ny", True),
        ("NY TX", "Ny", True),
        ("NY TX", "N.Y.", True),
        ("NY TX", "New York", True),
        ("NY TX", "NEW YORK", True),
        ("NY TX", "oregon", True),
        ("NY TX", "US-NY", True),
        ("NY TX", "US-OR", True),
        ("CA-ON CA-QC", "QC", True),
        ("CA-ON CA-QC", "CA-BC", False),
        ("Québec Ontario", "Quebec", True),
        ("Québec Ontario", "QUÉBEC", True),
        ("Québec Ontario", "QC", True),
        ("Québec Ontario", "Manitoba", False),
        ("NY Texas", "Oregon", False),
        ("NY Texas", "OR", False),
        ("東京 大阪", "京都", False),
        ("東京 大阪", "東京", False),
        ("NY TX", None, False),
        ("", "ny", False),
    ],
)
def test_a_region_is_unlike_the_rows_by_case_accent_or_form(
    given: Given, rows: str, region: str | None, *, is_unlike: bool
) -> None:
    for of in rows.split():
        given.tax_rate(country="US", region=of)
    given.tax_rate(country="US")
    given.tax_rate(country="CA", region="ny")
    found = given.value("select billing.regions_unlike('US', %s)", region)
    assert found == (", ".join(sorted(rows.split())) if is_unlike else None)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Load

LEAST = {
    "commitment_code": "C-1", "name": "Least", "account_number": "1001", "minimum": "300.00", "interval_months": "3",
    "starts_on": "2026-01-15", "plan_codes": "seat",
}  # fmt: skip


@pytest.fixture(autouse=True)
def catalog(given: Given) -> int:
    given.flat_plan(code="seat")
    given.flat_plan(code="year")
    given.connection.execute("update billing.pricing_plans set interval_months = 12 where plan_code = 'year'")
    given.customer("2001", currency="JPY")
    return given.customer("1001")


def test_the_same_rows_again_touch_nothing(load: Load, given: Given) -> None:
    assert load("load_commitments", LEAST)[0] == [1, 0, 0, 0]
    before = given.value("select xmin::text from billing.commitments")
    assert load("load_commitments", LEAST | {"minimum": "300"})[0] == [0, 0, 1, 0]
    assert given.value("select xmin::text from billing.commitments") == before
    assert load("load_commitments", LEAST | {"maximum": "400"})[0] == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (LEAST | {"commitment_code": None}, "commitment_code"),
        (LEAST | {"name": None}, "name"),
        (LEAST | {"account_number": "9999"}, "account_number"),
        (LEAST | {"minimum": None}, "minimum"),
        (LEAST | {"minimum": "1.005"}, "minimum"),
        (LEAST | {"minimum": "0.5", "account_number": "2001"}, "minimum"),
        (LEAST | {"maximum": "x"}, "maximum"),
        (LEAST | {"maximum": "299.99"}, "minimum"),
        (LEAST | {"interval_months": "2"}, "interval_months"),
        (LEAST | {"interval_months": None}, "interval_months"),
        (LEAST | {"starts_on": None}, "starts_on"),
        (LEAST | {"ends_on": "2026-01-14"}, "ends_on"),
        (LEAST | {"plan_codes": "none"}, "plan_codes"),
        (LEAST | {"plan_codes": "seat;year"}, "plan_codes"),
    ],
)
def test_a_bad_value_is_named_by_its_column(load: Load, row: dict[str, str], column: str) -> None:
    counts, problems = load("load_commitments", row)
    assert counts == [0, 0, 0, 1]
    assert [(line, name) for line, name, _ in problems] == [(2, column)]


def test_a_plan_is_named_that_is_billed_less_often(load: Load) -> None:
    assert load("load_commitments", LEAST | {"plan_codes": "year"})[1] == [
        (2, "plan_codes", "no plan with a longer interval than 3: year is billed every 12 months")
    ]
    assert load("load_commitments", LEAST | {"plan_codes": "year", "interval_months": "12"})[1] == []

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Load

LAUNCH = {
    "discount_code": "D-1", "name": "Launch", "account_number": "1001", "percent": "0.15", "starts_on": "2026-01-01",
    "ends_on": "2026-04-01", "plan_codes": "seat; api",
}  # fmt: skip
FIXED = LAUNCH | {"discount_code": "D-2", "percent": None, "amount": "10.50", "ends_on": None, "plan_codes": None}
STORED = """
select string_agg(
    concat_ws(' ', discount_code, trim_scale(percent), trim_scale(amount), starts_on, ends_on, plan_codes),
    ', ' order by discount_code
)
from billing.discounts
"""


@pytest.fixture(autouse=True)
def catalog(given: Given) -> int:
    given.plan("flat", code="api", unit_amount="0.5")
    given.flat_plan(code="seat")
    given.customer("2001", currency="JPY")
    return given.customer("1001")


def test_discounts_are_stored_in_the_currency_of_the_account(load: Load, given: Given) -> None:
    assert load("load_discounts", LAUNCH, FIXED)[0] == [2, 0, 0, 0]
    assert given.value(STORED) == "D-1 0.15 2026-01-01 2026-04-01 {api,seat}, D-2 10.5 2026-01-01 {}"
    assert given.value("select string_agg(currency || minor_units, ',') from billing.discounts") == "EUR2,EUR2"


def test_the_same_rows_again_touch_nothing(load: Load, given: Given) -> None:
    load("load_discounts", LAUNCH, FIXED)
    before = given.value("select string_agg(xmin::text, ',') from billing.discounts")
    again = LAUNCH | {"percent": "0.150", "plan_codes": "api;seat;api"}
    assert load("load_discounts", FIXED | {"amount": "10.5"}, again)[0] == [0, 0, 2, 0]
    assert given.value("select string_agg(xmin::text, ',') from billing.discounts") == before
    assert load("load_discounts", LAUNCH | {"ends_on": "2026-05-01"}, FIXED)[0] == [0, 1, 1, 0]


def test_a_code_is_unique_in_its_account_alone(load: Load) -> None:
    assert load("load_discounts", LAUNCH, LAUNCH | {"account_number": "2001"})[0] == [2, 0, 0, 0]
    problems = load("load_discounts", LAUNCH, LAUNCH | {"percent": "0.2"})[1]
    assert problems == [(3, "discount_code", "no other row for it than line 2")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (LAUNCH | {"discount_code": None}, "discount_code"),
        (LAUNCH | {"discount_code": "D\u200b"}, "discount_code"),
        (LAUNCH | {"name": None}, "name"),
        (LAUNCH | {"account_number": "9999"}, "account_number"),
        (LAUNCH | {"percent": None}, "percent"),
        (LAUNCH | {"amount": "5"}, "percent"),
        (LAUNCH | {"percent": "15"}, "percent"),
        (LAUNCH | {"percent": "1.01"}, "percent"),
        (LAUNCH | {"percent": "-0.1"}, "percent"),
        (FIXED | {"amount": "-1"}, "amount"),
        (FIXED | {"amount": "1.005"}, "amount"),
        (FIXED | {"amount": "0.5", "account_number": "2001"}, "amount"),
        (LAUNCH | {"starts_on": None}, "starts_on"),
        (LAUNCH | {"ends_on": "2025-12-31"}, "ends_on"),
        (LAUNCH | {"ends_on": "never"}, "ends_on"),
        (LAUNCH | {"plan_codes": "seat;none"}, "plan_codes"),
    ],
)
def test_a_bad_value_is_named_by_its_column(load: Load, row: dict[str, str], column: str) -> None:
    counts, problems = load("load_discounts", row)
    assert counts == [0, 0, 0, 1]
    assert [(line, name) for line, name, _ in problems] == [(2, column)]


@pytest.mark.parametrize("percent", ["0", "1", "1.000"])
def test_nothing_and_all_are_fractions_too(load: Load, percent: str) -> None:
    assert load("load_discounts", LAUNCH | {"percent": percent})[1] == []


@pytest.mark.parametrize(
    ("months", "ends_on", "is_told"),
    [(12, "2026-04-01", True), (12, "2027-01-01", False), (12, None, False), (1, "2026-01-15", False)],
)
def test_a_discount_shorter_than_an_interval_it_meets_is_a_warning(
    load: Load, given: Given, months: int, ends_on: str | None, *, is_told: bool
) -> None:
    given.connection.execute("update billing.pricing_plans set interval_months = %s where kind = 'flat'", (months,))
    row = {"account_number": "1001", "plan_code": "seat", "starts_on": "2025-03-01"}
    load("load_subscriptions", row)
    with given.connection.transaction():
        load("load_discounts", LAUNCH | {"ends_on": ends_on})
        warnings = given.connection.execute(
            "select line, warning from billing.load_warnings('2026-01-01') where file is not null"
        )
        assert [line for line, warning in warnings.fetchall() if "12 months of seat" in warning] == (
            [2] if is_told else []
        )

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Load

SETUP = {
    "charge_code": "X-1", "account_number": "1001", "description": "Set-up", "quantity": "2.5", "unit_amount": "33.355",
    "due_on": "2026-03-01",
}  # fmt: skip
SERVICE = {"service_start": "2026-03-01", "service_end": "2026-04-01"}


@pytest.fixture(autouse=True)
def customer(given: Given) -> int:
    return given.customer("1001")


def test_the_same_rows_again_touch_nothing(load: Load, given: Given) -> None:
    assert load("load_charges", SETUP, SETUP | SERVICE | {"charge_code": "X-2"})[0] == [2, 0, 0, 0]
    before = given.value("select string_agg(xmin::text, ',') from billing.charges")
    assert load("load_charges", SETUP | {"unit_amount": "33.3550"})[0] == [0, 0, 1, 0]
    assert given.value("select string_agg(xmin::text, ',') from billing.charges") == before
    assert load("load_charges", SETUP | {"description": "Training"})[0] == [0, 1, 0, 0]


@pytest.mark.parametrize("change", [{"unit_amount": "-17.10"}, {"quantity": None}, SERVICE])
def test_a_charge_may_be_in_favour_of_the_customer_or_have_days(load: Load, change: dict[str, str]) -> None:
    assert load("load_charges", SETUP | change)[1] == []


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (SETUP | {"charge_code": None}, "charge_code"),
        (SETUP | {"account_number": "9999"}, "account_number"),
        (SETUP | {"description": None}, "description"),
        (SETUP | {"description": "a\nb"}, "description"),
        (SETUP | {"quantity": "0"}, "quantity"),
        (SETUP | {"quantity": "-1"}, "quantity"),
        (SETUP | {"unit_amount": None}, "unit_amount"),
        (SETUP | {"unit_amount": "--5"}, "unit_amount"),
        (SETUP | {"unit_amount": "1e3"}, "unit_amount"),
        (SETUP | {"due_on": "2026-02-30"}, "due_on"),
        (SETUP | {"due_on": None}, "due_on"),
        (SETUP | {"service_start": "2026-03-01"}, "service_end"),
        (SETUP | {"service_end": "2026-03-01"}, "service_end"),
        (SETUP | SERVICE | {"service_end": "2026-03-01"}, "service_end"),
        (SETUP | SERVICE | {"service_start": "March"}, "service_start"),
    ],
)
def test_a_bad_value_is_named_by_its_column(load: Load, row: dict[str, str], column: str) -> None:
    counts, problems = load("load_charges", row)
    assert counts == [0, 0, 0, 1]
    assert [(line, name) for line, name, _ in problems] == [(2, column)]

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Load

BASIC = {"account_number": "1001", "plan_code": "basic", "starts_on": "2026-01-01"}
PRO = {"account_number": "1001", "plan_code": "pro", "starts_on": "2026-03-01"}
SUPPORT = {"account_number": "1001", "plan_code": "support", "quantity": "2", "starts_on": "2026-01-01"}
STORED = """
select string_agg(concat_ws(' ', plan_code, trim_scale(quantity), starts_on, ends_on), ', ' order by plan_code)
from billing.subscriptions inner join billing.pricing_plans using (plan_id)
"""


@pytest.fixture(autouse=True)
def catalog(given: Given) -> int:
    given.plan("flat", code="basic", unit_amount="0.5")
    given.plan("flat", code="pro", unit_amount="0.4")
    given.flat_plan(code="support")
    given.flat_plan(code="dollars", currency="USD")
    return given.customer("1001")


def test_the_same_rows_again_touch_nothing(load: Load, given: Given) -> None:
    assert load("load_subscriptions", BASIC, SUPPORT)[0] == [2, 0, 0, 0]
    before = given.value("select string_agg(xmin::text, ',') from billing.subscriptions")
    assert load("load_subscriptions", BASIC | {"quantity": "1"}, SUPPORT)[0] == [0, 0, 2, 0]
    assert given.value("select string_agg(xmin::text, ',') from billing.subscriptions") == before


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (BASIC | {"account_number": "9999"}, "account_number"),
        (BASIC | {"plan_code": "none"}, "plan_code"),
        (BASIC | {"plan_code": "dollars"}, "plan_code"),
        (BASIC | {"quantity": "0"}, "quantity"),
        (BASIC | {"quantity": "-1"}, "quantity"),
        (BASIC | {"starts_on": None}, "starts_on"),
        (BASIC | {"starts_on": "2026-13-01"}, "starts_on"),
        (BASIC | {"ends_on": "2025-12-31"}, "ends_on"),
        (BASIC | {"ends_on": "tomorrow"}, "ends_on"),
    ],
)
def test_a_bad_value_is_named_by_its_column(load: Load, row: dict[str, str], column: str) -> None:
    assert [(line, name) for line, name, _ in load("load_subscriptions", row)[1]] == [(2, column)]


def test_a_subscription_may_end_the_day_it_starts(load: Load) -> None:
    assert load("load_subscriptions", BASIC | {"ends_on": "2026-01-01"}, PRO | {"starts_on": "2026-01-01"})[1] == []


def test_two_usage_subscriptions_for_a_metric_at_a_time_are_refused(load: Load) -> None:
    other = "basic from 2026-01-01 until further notice (line 2)"
    assert load("load_subscriptions", BASIC, PRO)[1] == [
        (3, "starts_on", f"no other usage subscription for api_calls at the time: {other}")
    ]


def test_a_stored_usage_subscription_counts_too(load: Load) -> None:
    load("load_subscriptions", BASIC)
    problems = load("load_subscriptions", PRO)[1]
    assert [(line, name) for line, name, _ in problems] == [(2, "starts_on")]


def test_a_change_of_plan_moves_the_border_in_one_file(load: Load, given: Given) -> None:
    load("load_subscriptions", BASIC | {"ends_on": "2026-03-01"}, PRO)
    load("load_subscriptions", PRO | {"ends_on": "2026-06-01"}, BASIC | {"ends_on": "2026-02-01"})
    assert given.value(STORED) == "basic 1 2026-01-01 2026-02-01, pro 1 2026-03-01 2026-06-01"


def test_a_border_may_move_both_ways(load: Load) -> None:
    third = BASIC | {"starts_on": "2026-04-01"}
    load("load_subscriptions", BASIC | {"ends_on": "2026-02-01"}, PRO | {"ends_on": "2026-04-01"}, third)
    counts, problems = load(
        "load_subscriptions", BASIC | {"ends_on": "2026-03-01"}, PRO | {"ends_on": "2026-03-15"}, third
    )
    assert (counts, problems) == ([0, 2, 1, 0], [])


class TestBilledHistory:
    @pytest.fixture(autouse=True)
    def billed(self, load: Load, given: Given) -> None:
        load("load_subscriptions", SUPPORT)
        given.run("2026-01")
        assert given.value("select count(*) from billing.invoices") == 1

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            (SUPPORT | {"ends_on": "2026-01-20"}, "ends_on"),
            (SUPPORT | {"quantity": "3"}, "quantity"),
            (BASIC | {"starts_on": "2026-01-31"}, "starts_on"),
        ],
    )
    def test_days_that_are_billed_stand(self, load: Load, row: dict[str, str], column: str) -> None:
        counts, problems = load("load_subscriptions", row)
        assert counts[3] == 1
        assert problems == [(2, column, "no change to billed days: INV-2026-01-0001 bills 2026-01")]

    @pytest.mark.parametrize(
        "row", [SUPPORT | {"ends_on": "2026-02-01"}, PRO, BASIC | {"starts_on": "2025-12-01", "ends_on": "2026-01-01"}]
    )
    def test_other_days_are_free(self, load: Load, row: dict[str, str]) -> None:
        assert load("load_subscriptions", row)[1] == []

    def test_a_void_invoice_is_no_history(self, load: Load, given: Given) -> None:
        given.deliver()
        given.connection.execute("select billing.void_invoice('INV-2026-01-0001', 'wrong', '2026-02-05', false)")
        assert load("load_subscriptions", SUPPORT | {"quantity": "3"})[0] == [0, 1, 0, 0]

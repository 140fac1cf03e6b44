from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Load

BASIC = {"account_number": "1001", "plan_code": "basic", "starts_on": "2026-01-01"}
PRO = {"account_number": "1001", "plan_code": "pro", "starts_on": "2026-03-01"}
SUPPORT = {"account_number": "1001", "plan_code": "support", "quantity": "2", "starts_on": "2026-01-01"}
SEATS = {"account_number": "1001", "subscription": "seats", "plan_code": "seat", "starts_on": "2026-01-10"}
FEE = "flat, billed in arrears, every month"
STORED = """
select string_agg(
    concat_ws(' ', plan_code, trim_scale(quantity), phases.starts_on, ends_on, case when is_trial then 'trial' end),
    ', ' order by plan_code, phases.starts_on
)
from billing.subscription_phases as phases inner join billing.pricing_plans using (plan_id)
"""
NUMBERS = "select string_agg(subscription_id || ' ' || xmin, ',') from billing.subscription_phases"


@pytest.fixture(autouse=True)
def catalog(given: Given) -> int:
    given.plan("flat", code="basic", unit_amount="0.5")
    given.plan("flat", code="pro", unit_amount="0.4")
    given.flat_plan(code="support")
    given.flat_plan(code="dollars", currency="USD")
    given.flat_plan("12.00", code="seat")
    given.flat_plan("15.00", code="desk")
    return given.customer("1001")


def test_the_same_rows_again_touch_nothing(load: Load, given: Given) -> None:
    assert load("load_subscriptions", BASIC, SUPPORT)[0] == [2, 0, 0, 0]
    before = given.value(NUMBERS)
    assert load("load_subscriptions", BASIC | {"quantity": "1"}, SUPPORT)[0] == [0, 0, 2, 0]
    assert given.value(NUMBERS) == before


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
        (BASIC | {"subscription": "api\u200b"}, "subscription"),
        (BASIC | {"subscription": "x" * 101}, "subscription"),
        (BASIC | {"anchor_on": "31"}, "anchor_on"),
        (BASIC | {"is_trial": "maybe"}, "is_trial"),
        (BASIC | {"prices_as_of": "2026"}, "prices_as_of"),
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


def test_a_plan_without_a_price_in_the_currency_of_the_customer_is_refused(load: Load, given: Given) -> None:
    given.customer("2001", currency="USD")
    dollars = SEATS | {"account_number": "2001"}
    assert load("load_subscriptions", dollars)[1] == [
        (2, "plan_code", "a plan with a price in USD, the currency of the customer (prices.csv)")
    ]
    price = {"plan_code": "seat", "valid_from": "2026-01-01", "pricing_model": "flat", "unit_amount": "13.00"}
    load("load_prices", price | {"currency": "USD"})
    assert load("load_subscriptions", dollars)[0] == [1, 0, 0, 0]


class TestPhases:
    def test_the_rows_of_a_code_are_the_phases_of_one_subscription(self, load: Load, given: Given) -> None:
        more = SEATS | {"starts_on": "2026-02-15", "quantity": "8"}
        trial = SEATS | {"ends_on": "2026-02-01", "is_trial": "TRUE"}
        assert load("load_subscriptions", more, trial)[0] == [2, 0, 0, 0]
        assert given.value("select count(*) from billing.subscriptions") == 1
        assert given.value(STORED) == "seat 1 2026-01-10 2026-02-01 trial, seat 8 2026-02-15"

    def test_the_same_phases_again_touch_nothing(self, load: Load, given: Given) -> None:
        rows = [SEATS | {"ends_on": "2026-02-01"}, SEATS | {"plan_code": "desk", "starts_on": "2026-02-01"}]
        load("load_subscriptions", *rows)
        before = given.value(NUMBERS)
        assert load("load_subscriptions", *reversed(rows))[0] == [0, 0, 2, 0]
        assert given.value(NUMBERS) == before

    def test_a_phase_that_is_missing_is_gone(self, load: Load, given: Given) -> None:
        load("load_subscriptions", SEATS | {"ends_on": "2026-02-01"}, SEATS | {"starts_on": "2026-03-01"})
        assert load("load_subscriptions", SEATS | {"ends_on": "2026-02-01"})[0] == [0, 1, 0, 0]
        assert given.value(STORED) == "seat 1 2026-01-10 2026-02-01"

    def test_a_border_between_phases_moves_both_ways(self, load: Load, given: Given) -> None:
        def with_border(day: str) -> list[dict[str, str]]:
            return [BASIC | {"subscription": "u", "ends_on": day}, PRO | {"subscription": "u", "starts_on": day}]

        for day in ("2026-03-01", "2026-02-01", "2026-04-01"):
            load("load_subscriptions", *with_border(day))
            assert given.value(STORED) == f"basic 1 2026-01-01 {day}, pro 1 {day}"

    def test_a_subscription_becomes_another_kind_of_thing(self, load: Load, given: Given) -> None:
        load("load_subscriptions", SEATS, SEATS | {"subscription": "other"})
        assert load("load_subscriptions", BASIC | {"subscription": "seats"})[0] == [1, 0, 0, 0]
        assert given.value(STORED) == "basic 1 2026-01-01, seat 1 2026-01-10"

    def test_a_phase_without_days_is_nothing_beside_others(self, load: Load, given: Given) -> None:
        empty = SEATS | {"plan_code": "desk", "ends_on": "2026-01-10"}
        assert load("load_subscriptions", empty, SEATS)[1] == []
        assert given.value(STORED) == "seat 1 2026-01-10"
        assert load("load_subscriptions", empty)[1] == []
        assert given.value(STORED) == "desk 1 2026-01-10 2026-01-10"

    @pytest.mark.parametrize("column", ["anchor_on", "prices_as_of"])
    def test_what_all_phases_share_is_stored_once(self, load: Load, given: Given, column: str) -> None:
        load("load_subscriptions", SEATS)
        assert load("load_subscriptions", SEATS | {column: "2026-01-10"})[0] == [0, 1, 0, 0]
        assert given.value(f"select {column}::text from billing.subscriptions") == "2026-01-10"

    @pytest.mark.parametrize(
        ("change", "column", "expected"),
        [
            ({"anchor_on": "2026-01-31"}, "anchor_on", "the same as in line 2: nothing"),
            ({"prices_as_of": "2026-01-31"}, "prices_as_of", "the same as in line 2: nothing"),
            ({"plan_code": "basic"}, "plan_code", f"a plan like seat (line 2): {FEE}"),
            ({"plan_code": "year"}, "plan_code", f"a plan like seat (line 2): {FEE}"),
            (
                {"starts_on": "2026-01-31"},
                "starts_on",
                "no other phase of seats at the time: seat from 2026-01-10 until",
            ),
            ({"quantity": "0"}, "quantity", "a number above 0, or nothing for 1"),
        ],
    )
    def test_phases_that_do_not_agree_are_refused_and_their_subscription_with_them(
        self, load: Load, given: Given, change: dict[str, str], column: str, expected: str
    ) -> None:
        given.flat_plan("120.00", code="year")
        given.connection.execute("update billing.pricing_plans set interval_months = 12 where plan_code = 'year'")
        second = SEATS | {"starts_on": "2026-02-01"} | change
        counts, problems = load("load_subscriptions", SEATS | {"ends_on": "2026-02-01"}, second, SUPPORT, skip_bad=True)
        assert counts == [1, 0, 0, 2]
        assert (3, column) == problems[-1][:2]
        assert problems[-1][2].startswith(expected)
        assert (2, "subscription", "a subscription without bad rows: see line 3") in problems
        assert given.value(STORED) == "support 2 2026-01-01"

    def test_usage_of_a_metric_is_in_one_subscription_at_a_time(self, load: Load) -> None:
        load("load_subscriptions", BASIC)
        rows = [
            PRO | {"subscription": "u", "ends_on": "2026-06-01"},
            PRO | {"subscription": "u", "starts_on": "2026-07-01"},
        ]
        problems = load("load_subscriptions", *rows)[1]
        other = "no other usage subscription for api_calls at the time: basic from 2026-01-01 until further notice"
        assert problems == [(2, "starts_on", other), (3, "starts_on", other)]
        assert load("load_subscriptions", *rows, BASIC | {"ends_on": "2026-03-01"})[1] == []

    def test_a_code_is_unique_in_its_account_alone(self, load: Load, given: Given) -> None:
        given.customer("1002")
        load("load_subscriptions", SEATS, SEATS | {"account_number": "1002"})
        assert given.value("select count(*) from billing.subscriptions") == 2

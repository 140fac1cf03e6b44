"""Whatever changes what was agreed notes from which day on something else may be owed, by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.given import Given

    Noted = Callable[..., list[str]]

SHOWN = """
select account_number || ' ' || from_on
from billing.contract_changes inner join billing.customers using (customer_id)
where contract_change_id > %s
order by contract_change_id
"""


@pytest.fixture
def noted(given: Given) -> Noted:
    """Run a statement, and show what it notes."""

    def call(statement: str, *values: object) -> list[str]:
        latest = given.value("select coalesce(max(contract_change_id), 0) from billing.contract_changes")
        given.connection.execute(statement.encode(), values)
        return [text for (text,) in given.connection.execute(SHOWN, (latest,)).fetchall()]

    return call


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    """A has usage from 10 February 2025 and seats from 5 March to 1 June; B has usage; C nothing."""
    a, b, _ = [given.customer(account) for account in "ABC"]
    usage = given.plan("graduated", code="api", tiers=[(None, "0.5")])
    seats = given.flat_plan("12.00", code="seat")
    given.subscription(a, usage, starts="2025-02-10")
    given.subscription(a, seats, starts="2025-03-05", ends="2025-06-01")
    given.subscription(b, usage, starts="2025-04-01")


OF = "(select {0}_id from billing.{1} where {2} = '{3}')"
A = OF.format("customer", "customers", "account_number", "A")
API = OF.format("plan", "pricing_plans", "plan_code", "api")
SEAT = OF.format("plan", "pricing_plans", "plan_code", "seat")
LIST = "insert into billing.prices (plan_id, currency, customer_id, valid_from, pricing_model) "
DISCOUNT = """
insert into billing.discounts (
    customer_id, discount_code, name, percent, currency, minor_units, starts_on, ends_on
)
select customer_id, account_number, 'Launch', 0.1, 'EUR', 2, '2025-03-15', '2025-09-15'
from billing.customers where account_number in ('A', 'C')
"""
COMMITMENT = """
insert into billing.commitments (
    customer_id, commitment_code, name, minimum, currency, minor_units, interval_months, starts_on, ends_on
)
select customer_id, 'C-1', 'Least', 100, 'EUR', 2, 3, '2025-02-15', '2026-02-01'
from billing.customers where account_number = 'A'
"""
LATER_PHASE = f"""
insert into billing.subscription_phases (
    subscription_id, starts_on, customer_id, plan_id, interval_months, billed_in, quantity
)
select subscription_id, '2025-08-01', customer_id, plan_id, interval_months, billed_in, quantity
from billing.subscription_phases where plan_id = {SEAT}
"""
CHARGE = """
insert into billing.charges (customer_id, charge_code, description, quantity, unit_amount, currency, due_on)
select customer_id, 'X-' || n, 'Set-up', 1, 10, 'EUR', date '2025-05-01' + n
from billing.customers cross join generate_series(1, 3) as n where account_number = 'A'
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("set ends_on = '2025-05-10'", ["A 2025-05-09"]),
        ("set ends_on = '2025-08-01'", ["A 2025-05-31"]),
        ("set ends_on = null", ["A 2025-05-31"]),
        ("set quantity = 2", ["A 2025-03-05"]),
        ("set is_trial = true", ["A 2025-03-05"]),
        ("set starts_on = '2025-03-20'", ["A 2025-03-05"]),
        ("set starts_on = '2025-02-20'", ["A 2025-02-20"]),
        ("set updated_at = now()", []),
    ],
)
def test_a_phase_is_noted_from_the_first_day_that_differs(noted: Noted, change: str, expected: list[str]) -> None:
    """Or from the last one, where an end moves: an end on 1 June is due in May."""
    assert noted(f"update billing.subscription_phases {change} where plan_id = {SEAT}") == expected


def test_phases_that_come_and_go_are_noted_from_their_first_day_once_a_customer(noted: Noted) -> None:
    assert noted("delete from billing.subscription_phases") == ["A 2025-02-10", "B 2025-04-01"]


def test_a_phase_after_a_pause_is_noted_from_the_last_day_of_the_one_before(noted: Noted) -> None:
    assert noted(LATER_PHASE) == ["A 2025-05-31"]


def test_so_is_one_that_loses_its_days(noted: Noted) -> None:
    noted(LATER_PHASE)
    emptied = "update billing.subscription_phases set ends_on = starts_on where starts_on = '2025-08-01'"
    assert noted(emptied) == ["A 2025-05-31"]


def test_a_phase_without_days_is_nothing(noted: Noted) -> None:
    noted(f"update billing.subscription_phases set ends_on = starts_on where plan_id = {SEAT}")
    assert noted(f"delete from billing.subscription_phases where plan_id = {SEAT}") == []


@pytest.mark.parametrize("column", ["anchor_on", "prices_as_of"])
def test_what_holds_for_a_whole_subscription_is_noted_from_its_first_day(noted: Noted, column: str) -> None:
    assert noted(f"update billing.subscriptions set {column} = '2025-05-05' where plan_id = {SEAT}") == ["A 2025-03-05"]
    assert noted("update billing.subscriptions set updated_at = now()") == []


def test_a_price_of_the_list_is_noted_for_all_with_its_plan_from_its_day(noted: Noted) -> None:
    assert noted(f"{LIST} values ({API}, 'EUR', null, '2025-03-01', 'flat')") == ["A 2025-03-01", "B 2025-04-01"]
    assert noted(f"{LIST} values ({SEAT}, 'EUR', null, '2025-06-01', 'flat')") == []
    assert noted(f"{LIST} values ({API}, 'USD', null, '2025-03-01', 'flat')") == []


def test_an_own_price_is_noted_for_its_customer(noted: Noted) -> None:
    assert noted(f"{LIST} values ({API}, 'EUR', {A}, '2025-03-01', 'flat')") == ["A 2025-03-01"]
    assert noted("update billing.prices set valid_to = '2025-04-01' where customer_id is not null") == ["A 2025-03-01"]
    assert noted("delete from billing.prices where customer_id is not null") == ["A 2025-03-01"]


def test_where_the_price_day_is_fixed_a_price_is_noted_from_the_first_day(noted: Noted) -> None:
    noted("update billing.subscriptions set prices_as_of = '2025-12-31'")
    assert noted(f"{LIST} values ({API}, 'EUR', null, '2025-12-01', 'flat')") == ["A 2025-02-10", "B 2025-04-01"]


@pytest.mark.parametrize(
    "statement",
    [
        "update billing.price_tiers set unit_amount = 0.6 where unit_amount = 0.5",
        'update billing.price_cells set conditions = \'{"region": "eu"}\'',
        "delete from billing.price_tiers where unit_amount = 0.5",
        "insert into billing.price_tiers select price_id, 1, 2, 'More', 9, 1 from billing.price_tiers where tier <> ''",
    ],
)
def test_the_tiers_and_cells_of_a_price_are_noted_as_it_is(noted: Noted, statement: str) -> None:
    assert noted(statement) == ["A 2025-02-10", "B 2025-04-01"]


def test_a_discount_is_noted_from_its_first_day(noted: Noted) -> None:
    assert noted(DISCOUNT) == ["A 2025-03-15", "C 2025-03-15"]
    assert noted("delete from billing.discounts where discount_code = 'C'") == ["C 2025-03-15"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("set ends_on = '2025-08-01'", ["A 2025-08-01"]),
        ("set ends_on = null", ["A 2025-09-15"]),
        ("set percent = 0.2", ["A 2025-03-15"]),
        ("set plan_codes = '{api}'", ["A 2025-03-15"]),
        ("set starts_on = '2025-01-15'", ["A 2025-01-15"]),
        ("set name = 'Start'", []),
    ],
)
def test_a_discount_that_changes_is_noted_from_the_first_day_that_differs(
    noted: Noted, change: str, expected: list[str]
) -> None:
    noted(DISCOUNT)
    assert noted(f"update billing.discounts {change} where discount_code = 'A'") == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("set ends_on = '2025-06-20'", ["A 2025-05-01"]),
        ("set ends_on = null", ["A 2026-02-01"]),
        ("set ends_on = '2025-04-30'", ["A 2025-02-01"]),
        ("set minimum = 90", ["A 2025-02-01"]),
        ("set interval_months = 1", ["A 2025-02-01"]),
        ("set starts_on = '2024-12-20'", ["A 2024-12-01"]),
        ("set name = 'Start'", []),
    ],
)
def test_a_commitment_is_noted_from_the_beginning_of_its_period(noted: Noted, change: str, expected: list[str]) -> None:
    assert noted(COMMITMENT) == ["A 2025-02-01"]
    assert noted(f"update billing.commitments {change}") == expected


def test_a_charge_is_noted_on_the_day_it_is_due(noted: Noted) -> None:
    assert noted(CHARGE) == ["A 2025-05-02"]
    assert noted("update billing.charges set due_on = '2025-04-01' where charge_code = 'X-3'")[-1] == "A 2025-04-01"
    assert noted("delete from billing.charges where charge_code = 'X-2'") == ["A 2025-05-03"]


def test_other_dimensions_of_a_metric_are_noted_from_the_first_day(noted: Noted) -> None:
    assert noted("update billing.metrics set dimensions = '{region}'") == ["A 2025-02-10", "B 2025-04-01"]
    assert noted("update billing.metrics set dimensions = '{region}'") == []


def test_a_transaction_notes_no_day_twice(given: Given, noted: Noted) -> None:
    with given.connection.transaction():
        assert noted(CHARGE) == ["A 2025-05-02"]
        assert noted(DISCOUNT) == ["A 2025-03-15", "C 2025-03-15"]
        assert noted("delete from billing.charges") == []


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("update billing.price_tiers set unit_amount = 0.6 where unit_amount = 0.5", "2025-01"),
        (
            f"update billing.subscription_phases set ends_on = '2025-04-20' where plan_id = {API}",
            "2025-01, 2025-02, 2025-03",
        ),
        ("update billing.subscriptions set prices_as_of = '2025-05-05'", "2025-01"),
        ("update billing.metrics set dimensions = '{region}'", "2025-01"),
        (
            f"update billing.subscription_phases set quantity = 2 where plan_id = {SEAT}",
            "2025-01, 2025-02, 2025-03, 2025-04",
        ),
        (CHARGE, "2025-01, 2025-02, 2025-03, 2025-04"),
    ],
)
def test_what_months_accrued_of_usage_is_forgotten_where_it_may_differ(given: Given, statement: str, kept: str) -> None:
    given.connection.execute("""
        insert into billing.accrued_weeks (period_start, week, currency, is_of_new_customers, amount)
        select month, date_trunc('week', month), 'EUR', false, 1
        from generate_series(timestamp '2025-01-01', '2025-04-01', interval '1 month') as month
    """)
    given.connection.execute(statement.encode())
    shown = "select string_agg(to_char(period_start, 'YYYY-MM'), ', ' order by period_start) from billing.accrued_weeks"
    assert given.value(shown) == kept

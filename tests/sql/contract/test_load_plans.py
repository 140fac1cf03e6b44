from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

    from tests.given import Given
    from tests.sql.contract.conftest import Load

FLAT = {
    "plan_code": "support", "name": "Support", "kind": "flat", "pricing_model": "flat", "currency": "EUR",
    "unit_amount": "99.00",
}  # fmt: skip
GRADUATED = {
    "plan_code": "api", "name": "API", "kind": "usage", "pricing_model": "graduated", "metric": "calls",
    "currency": "EUR",
}  # fmt: skip
PACKAGE = GRADUATED | {"pricing_model": "package", "unit_amount": "5", "package_size": "100"}
PRICE = {
    "plan_code": "api", "currency": "USD", "valid_from": "2026-01-01", "pricing_model": "flat", "unit_amount": "0.1",
}  # fmt: skip


def test_the_same_plans_again_touch_nothing(load: Load, database: psycopg.Connection) -> None:
    query = "select xmin::text, plan_code from billing.pricing_plans order by plan_code"
    assert load("load_plans", FLAT, GRADUATED)[0] == [2, 0, 0, 0]
    before = database.execute(query).fetchall()
    assert load("load_plans", FLAT | {"unit_amount": "99"}, GRADUATED)[0] == [0, 0, 2, 0]
    assert database.execute(query).fetchall() == before


@pytest.mark.parametrize("unit_amount", ["0", "0.00", None])
def test_a_tiered_plan_has_no_price_of_its_own(load: Load, database: psycopg.Connection, unit_amount: str) -> None:
    assert load("load_plans", GRADUATED | {"unit_amount": unit_amount})[1] == []
    assert database.execute("select count(*) from billing.price_tiers").fetchone() == (0,)


def test_a_flat_plan_ignores_a_metric(load: Load, database: psycopg.Connection) -> None:
    assert load("load_plans", FLAT | {"metric": "calls"})[1] == []
    assert database.execute("select metric_id from billing.pricing_plans").fetchone() == (None,)
    assert database.execute("select count(*) from billing.metrics").fetchone() == (0,)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (FLAT | {"kind": "recurring"}, "kind"),
        (FLAT | {"kind": None}, "kind"),
        (FLAT | {"pricing_model": "graduated", "unit_amount": None}, "pricing_model"),
        (FLAT | {"unit_amount": None}, "unit_amount"),
        (FLAT | {"unit_amount": "-1"}, "unit_amount"),
        (FLAT | {"unit_amount": "1e3"}, "unit_amount"),
        (FLAT | {"unit_amount": "NaN"}, "unit_amount"),
        (FLAT | {"unit_amount": "1,50"}, "unit_amount"),
        (FLAT | {"package_size": "10"}, "package_size"),
        (FLAT | {"currency": "XXX"}, "currency"),
        (FLAT | {"currency": None}, "unit_amount"),
        (PACKAGE | {"currency": None, "unit_amount": None}, "package_size"),
        (FLAT | {"interval_months": "2"}, "interval_months"),
        (FLAT | {"billed_in": "later"}, "billed_in"),
        (GRADUATED | {"interval_months": "3"}, "interval_months"),
        (GRADUATED | {"billed_in": "advance"}, "billed_in"),
        (GRADUATED | {"metric": None}, "metric"),
        (GRADUATED | {"unit_amount": "0.5"}, "unit_amount"),
        (GRADUATED | {"package_size": "10"}, "package_size"),
        (PACKAGE | {"package_size": None}, "package_size"),
        (PACKAGE | {"package_size": "0.0"}, "package_size"),
    ],
)
def test_a_bad_value_is_named_by_its_column(load: Load, row: dict[str, str], column: str) -> None:
    counts, problems = load("load_plans", row)
    assert counts == [0, 0, 0, 1]
    assert [(line, name) for line, name, _ in problems] == [(2, column)]


def test_a_price_may_change_until_it_is_billed(load: Load, given: Given) -> None:
    load("load_plans", FLAT)
    plan = int(str(given.value("select plan_id from billing.pricing_plans")))
    given.subscription(given.customer(), plan)
    assert load("load_plans", FLAT | {"unit_amount": "89.00"})[0] == [0, 1, 0, 0]
    given.run("2026-01")
    counts, problems = load("load_plans", FLAT)
    assert counts[3] == 1
    assert problems == [(2, "unit_amount", "no change of a billed price: INV-2026-01-0001 was computed with it")]
    assert load("load_plans", FLAT | {"unit_amount": "89.00", "name": "Premium support"})[0] == [0, 1, 0, 0]


@pytest.mark.parametrize("is_waived", [False, True])
def test_a_price_that_only_a_void_invoice_used_is_billed(load: Load, given: Given, *, is_waived: bool) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan(code="support"))
    given.run("2026-01")
    given.void(given.invoice(customer, "2026-01"), is_waived=is_waived)
    problems = load("load_plans", FLAT | {"unit_amount": "89.00"})[1]
    assert problems == [(2, "unit_amount", "no change of a billed price: INV-2026-01-0001 was computed with it")]


def test_a_void_month_is_billed_with_the_right_price_by_a_plan_of_its_own(load: Load, given: Given) -> None:
    customer = given.customer("1001")
    given.subscription(customer, given.plan("package", code="api", unit_amount="5", package_size="100"))
    for month in ("2026-01", "2026-02"):
        given.usage(customer, 250, on=f"{month}-10")
        given.run(month)
    given.void(given.invoice(customer), on="2026-03-02")
    load("load_plans", PACKAGE | {"plan_code": "api-2", "unit_amount": "4"} | {"metric": "api_calls"})
    old = {"account_number": "1001", "plan_code": "api", "starts_on": "2025-01-01", "ends_on": "2026-02-01"}
    new = {"account_number": "1001", "plan_code": "api-2", "starts_on": "2026-02-01"}
    assert load("load_subscriptions", old, new)[1] == []
    given.run("2026-02")
    assert [f"{invoice.status} {invoice.total}" for invoice in given.invoices(customer)] == [
        "draft 15.00", "void 15.00", "draft 12.00"
    ]  # fmt: skip
    assert given.broken() == []


@pytest.mark.parametrize(
    ("plan", "change", "stored"),
    [
        (PACKAGE, {"metric": "bytes"}, "calls"),
        (PACKAGE, {"currency": "USD"}, "EUR"),
        (FLAT, {"interval_months": "12"}, "1"),
        (FLAT, {"billed_in": "advance"}, "arrears"),
    ],
)
def test_what_ties_subscriptions_to_a_plan_stands(
    load: Load, given: Given, plan: dict[str, str], change: dict[str, str], stored: str
) -> None:
    load("load_plans", plan)
    given.subscription(given.customer(), int(str(given.value("select plan_id from billing.pricing_plans"))))
    assert load("load_plans", plan | change)[1] == [(2, *change, f"{stored} as before: the plan has subscriptions")]


def test_a_plan_with_prices_of_its_own_file_stays_what_it_is(load: Load) -> None:
    load("load_plans", PACKAGE)
    load("load_prices", PRICE)
    assert load("load_plans", PACKAGE | {"metric": "bytes"})[1] == [
        (2, "metric", "calls as before: the plan has prices in prices.csv")
    ]


def test_an_interval_longer_than_that_of_a_commitment_for_the_plan_is_refused(load: Load, given: Given) -> None:
    load("load_plans", FLAT)
    given.customer("1001")
    load("load_commitments", {
        "commitment_code": "C-1", "name": "Least", "account_number": "1001", "minimum": "5", "interval_months": "3",
        "starts_on": "2026-01-01", "plan_codes": "support",
    })  # fmt: skip
    assert load("load_plans", FLAT | {"interval_months": "3"})[1] == []
    assert load("load_plans", FLAT | {"interval_months": "12"})[1] == [
        (2, "interval_months", "at most 3: commitment C-1 is for it")
    ]


def test_a_plan_without_a_currency_has_no_price_from_the_beginning(load: Load, given: Given) -> None:
    bare = FLAT | {"currency": None, "unit_amount": None, "pricing_model": None}
    assert load("load_plans", bare)[0] == [1, 0, 0, 0]
    assert given.value("select count(*) from billing.prices") == 0
    assert load("load_plans", FLAT)[0] == [0, 1, 0, 0]
    assert given.value("select currency from billing.prices where valid_from = '-infinity'") == "EUR"
    assert load("load_plans", bare)[0] == [0, 1, 0, 0]
    assert given.value("select count(*) from billing.prices") == 0


def test_a_plan_that_stops_having_tiers_loses_them(load: Load, given: Given) -> None:
    given.plan("graduated", code="api", metric="calls", tiers=[(None, "0.5")])
    assert load("load_plans", PACKAGE)[0] == [0, 1, 0, 0]
    assert given.value("select string_agg(coalesce(tier, 'one'), ',') from billing.price_tiers") == "one"

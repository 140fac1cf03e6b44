from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given

TAMPERINGS = {
    "a daily sum": "update billing.daily_usage set quantity = quantity + 1 where usage_day = '2026-02-10'",
    "a day that is missing": "delete from billing.daily_usage where usage_day = '2026-02-11'",
    "a price": "update billing.price_tiers set unit_amount = 0.002 where up_to is null",
    "a bound": "update billing.price_tiers set up_to = 99 where up_to is not null",
    "a discount": """
        insert into billing.discounts (
            customer_id, discount_code, name, percent, currency, minor_units, starts_on
        )
        select customer_id, 'D', 'Discount', 0.5, currency, 2, '2026-01-01' from billing.customers
    """,
    "a flat amount": "update billing.price_tiers set flat_amount = 4 where flat_amount = 3",
    "a monthly price": "update billing.price_tiers set unit_amount = 98 where unit_amount = 99",
    "an event that is gone": "delete from billing.billing_events where quantity = 50",
    "an event that changed": "update billing.billing_events set quantity = 51 where quantity = 50",
    "an event of another day": "update billing.billing_events set occurred_at = '2026-03-01Z' where quantity = 50",
    "an end of a subscription": "update billing.subscription_phases set ends_on = '2026-02-20' where metric_id is null",
}
LINE_TAMPERINGS = {
    "a line that is gone": "delete from billing.invoice_line_items where position = 2",
    "an amount": "update billing.invoice_line_items set amount = amount + 0.01 where position = 2",
    "an amount before discounts": "update billing.invoice_line_items set gross_amount = 5 where position = 2",
    "a charge": "update billing.invoice_line_items set charge_key = charge_key || 'x' where position = 2",
    "a day that is taxed": "update billing.invoice_line_items set taxed_on = '2026-02-27' where position = 2",
    "a month that is not due": """
        update billing.invoice_line_items
        set
            service_key = replace(service_key, '2026-02', '2026-03'),
            charge_key = replace(charge_key, '2026-02', '2026-03'),
            service_period_start = '2026-03-01', service_period_end = '2026-04-01'
        where kind = 'subscription'
    """,
    "a quantity": "update billing.invoice_line_items set quantity = quantity + 1 where position = 1",
    "a flat price": "update billing.invoice_line_items set amount = amount - 1 where kind = 'subscription'",
    "a sum": "update billing.invoices set subtotal = subtotal + 1, total = total + 1",
    "a tax": "update billing.invoices set tax = tax + 1, total = total + 1",
    "a tax of a rate": "update billing.invoice_taxes set taxable = 0, tax = 0",
    "a rate": "update billing.invoice_line_items set tax_rate = 0.07",
}


@pytest.fixture
def customer(given: Given) -> int:
    """Has 150 calls in two tiers, and a flat plan, all rolled up."""
    customer = given.customer("4711")
    given.tax_rate()
    given.subscription(customer, given.plan(code="api", tiers=[(100, "0.01", 3), (None, "0.001")]))
    given.subscription(customer, given.flat_plan(code="support"))
    given.usage(customer, 100, on="2026-02-10")
    given.usage(customer, 50, on="2026-02-11")
    given.roll_up()
    return customer


def refused(given: Given) -> str:
    with pytest.raises(psycopg.Error) as refusal:
        given.verify("2026-02")
    assert refusal.value.sqlstate == "UB008"
    assert refusal.value.diag.message_detail is not None
    return refusal.value.diag.message_detail


def differences(given: Given, *, until: str = "2026-02") -> list[tuple[object, ...]]:
    query = "select * from billing.rating_differences('2026-02-01', %s)"
    return given.connection.execute(query, (f"{until}-01",)).fetchall()


def test_drafts_that_equal_their_recomputation_are_counted(given: Given, customer: int) -> None:
    assert given.draft("2026-02") == 1
    assert given.verify("2026-02") == 1
    assert given.amounts(customer) == ["1.00", "3.00", "0.05", "99.00"]


@pytest.mark.parametrize("tampering", TAMPERINGS)
@pytest.mark.usefixtures("customer")
def test_what_changes_between_draft_and_verification_stops_the_run(given: Given, tampering: str) -> None:
    if "daily" in TAMPERINGS[tampering]:
        given.connection.execute(TAMPERINGS[tampering].encode())
    given.draft("2026-02")
    if "daily" not in TAMPERINGS[tampering]:
        given.connection.execute(TAMPERINGS[tampering].encode())
        given.connection.execute("delete from billing.contract_changes")
    assert "account 4711" in refused(given)


@pytest.mark.usefixtures("customer")
def test_what_was_agreed_after_the_draft_is_left_to_the_next_run(given: Given) -> None:
    given.draft("2026-02")
    given.connection.execute(TAMPERINGS["a monthly price"].encode())
    assert given.verify("2026-02") == 1


@pytest.mark.parametrize("tampering", LINE_TAMPERINGS)
@pytest.mark.usefixtures("customer")
def test_a_draft_that_was_tampered_with_stops_the_run(given: Given, tampering: str) -> None:
    given.draft("2026-02")
    given.connection.execute(LINE_TAMPERINGS[tampering].encode())
    assert "account 4711" in refused(given)


@pytest.mark.usefixtures("customer")
def test_a_stopped_run_numbers_nothing_and_leaves_no_draft(given: Given) -> None:
    given.connection.execute(TAMPERINGS["a daily sum"].encode())
    with pytest.raises(psycopg.Error, match="drafts of 2026-02 differ from their recomputation, nothing was numbered"):
        given.run("2026-02")
    assert given.value("select count(*) from billing.invoices") == 0
    assert given.value("select count(*) from billing.document_series") == 0


@pytest.mark.usefixtures("customer")
def test_the_list_says_what_is_billed_and_what_should_be(given: Given) -> None:
    given.connection.execute(TAMPERINGS["a daily sum"].encode())
    given.draft("2026-02")
    assert re.fullmatch(
        r"account 4711, 2026-02, api, Tier 2: billed 0.05 for 51(\.0+)? units, recomputed 0.05 for 50(\.0+)?",
        refused(given),
    )


def test_late_usage_is_verified_in_its_own_month(given: Given, customer: int) -> None:
    given.run("2026-02")
    given.usage(customer, 1000, on="2026-02-12")
    given.roll_up()
    given.connection.execute("update billing.daily_usage set quantity = 999 where quantity = 1000")
    given.draft("2026-03")
    with pytest.raises(psycopg.Error, match="drafts of 2026-03 differ") as refusal:
        given.verify("2026-03")
    assert "2026-02, api, Tier 2" in str(refusal.value.diag.message_detail)


def test_late_usage_that_a_draft_leaves_out_is_noticed(given: Given, customer: int) -> None:
    given.run("2026-02")
    given.usage(customer, 1000, on="2026-02-12")
    given.roll_up()
    given.connection.execute("update billing.usage_months set last_txid = 0")
    given.draft("2026-03")
    with pytest.raises(psycopg.Error, match="drafts of 2026-03 differ"):
        given.verify("2026-03")


def test_what_a_void_invoice_billed_is_not_missed_before_its_month_is_run_again(given: Given, customer: int) -> None:
    given.run("2026-02")
    given.deliver()
    given.void(given.invoice(customer))
    assert (
        given.connection.execute("select * from billing.rating_differences('2026-02-01', '2026-02-01')").fetchall()
        == []
    )
    given.run("2026-02")
    assert (
        given.connection.execute("select * from billing.rating_differences('2026-02-01', '2026-02-01')").fetchall()
        == []
    )


def test_usage_that_no_run_has_seen_is_no_difference(given: Given, customer: int) -> None:
    given.run("2026-02")
    given.usage(customer, 1000, on="2026-02-12")
    assert (
        given.connection.execute("select * from billing.rating_differences('2026-02-01', '2026-02-01')").fetchall()
        == []
    )


def test_a_month_that_was_never_run_owes_nobody(given: Given, customer: int) -> None:
    given.run("2026-02")
    given.run("2026-04")
    assert (
        given.connection.execute("select * from billing.rating_differences('2026-02-01', '2026-04-01')").fetchall()
        == []
    )
    assert given.amounts(customer, "2026-04") == ["99.00"]


def test_what_is_billed_twice_is_named_with_its_month(given: Given, customer: int) -> None:
    given.run("2026-02")
    given.usage(customer, 10, on="2026-03-02")
    given.roll_up()
    given.draft("2026-03")
    given.connection.execute(
        """
        insert into billing.invoice_line_items
        select (jsonb_populate_record(l, jsonb_build_object('position', 99, 'invoice_id', drafts.invoice_id))).*
        from billing.invoice_line_items as l, billing.invoices as drafts
        where l.kind = 'subscription' and l.service_period_start = '2026-02-01' and drafts.invoice_number is null
        """
    )
    assert "account 4711, 2026-02, support, 2026-02-01, subscription: billed 198.00 for 2 units" in refused(given)

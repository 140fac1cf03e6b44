from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestrator.embedded import server

if TYPE_CHECKING:
    from tests.conftest import Clone, Connect
    from tests.given import Given


def test_the_sample_of_the_contract(given: Given) -> None:
    given.tax_rate("0.19")
    customer = given.customer()
    calls = given.plan(code="api", tiers=[(10000, 0), (100000, "0.001"), (None, "0.0005")])
    given.subscription(customer, calls)
    given.subscription(customer, given.flat_plan("99.00", code="premium"))
    given.usage(customer, 247891)
    given.run("2026-02")
    invoice = given.invoice(customer)
    assert given.amounts(customer) == ["0.00", "90.00", "73.95", "99.00"]
    assert (str(invoice.subtotal), str(invoice.tax), str(invoice.total)) == ("262.95", "49.96", "312.91")


def test_lines_are_usage_then_flat_by_plan_and_start_each_proration_after_its_own(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan("9", code="b-flat"), starts="2026-02-15")
    given.subscription(customer, given.flat_plan("8", code="A-flat"))
    usage = given.plan("graduated", code="z-usage", tiers=[(10, 1, 5), (None, 2, 7)])
    given.subscription(customer, usage, starts="2026-02-11")
    given.subscription(customer, usage, ends="2026-02-11")
    given.subscription(customer, given.plan("flat", code="a-usage", unit_amount=1, metric="storage"))
    given.usage(customer, 12, on="2026-02-05")
    given.usage(customer, 3, on="2026-02-20")
    given.usage(customer, 4, on="2026-02-20", metric="storage")
    given.run("2026-02")
    assert [(line.kind, line.plan_code, str(line.amount)) for line in given.lines(customer)] == [
        ("usage", "a-usage", "4.00"),
        ("usage", "z-usage", "10.00"),
        ("usage", "z-usage", "5.00"),
        ("usage", "z-usage", "4.00"),
        ("usage", "z-usage", "7.00"),
        ("usage", "z-usage", "3.00"),
        ("usage", "z-usage", "5.00"),
        ("subscription", "A-flat", "8.00"),
        ("subscription", "b-flat", "9.00"),
        ("proration", "b-flat", "-4.50"),
    ]


def test_tax_is_rounded_once_on_the_sum_of_the_lines(given: Given) -> None:
    given.tax_rate("0.1")
    customer = given.customer()
    for _ in range(3):
        given.subscription(customer, given.flat_plan("0.05"))
    given.run("2026-02")
    assert given.invoice(customer).tax == Decimal("0.02")


def test_the_rate_is_that_of_the_last_day_of_the_month(given: Given) -> None:
    given.tax_rate("0.19", valid_to="2026-02-28")
    given.tax_rate("0.21", valid_from="2026-02-28")
    customer = given.customer()
    given.subscription(customer, given.flat_plan("100"))
    given.run("2026-02")
    assert (given.invoice(customer).tax, given.invoice(customer).tax_rate) == (Decimal(21), Decimal("0.21"))


def test_late_usage_is_taxed_at_the_rate_of_its_own_month(given: Given) -> None:
    given.tax_rate("0.19", valid_to="2026-02-01")
    given.tax_rate("0.21", valid_from="2026-02-01")
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount=1))
    given.usage(customer, 100, on="2026-01-10")
    given.run("2026-01")
    given.usage(customer, 100, on="2026-01-11")
    given.usage(customer, 100, on="2026-02-11")
    given.run("2026-02")
    assert given.invoice(customer).tax == Decimal("40.00")
    taxes = given.connection.execute("select tax_rate, taxable from billing.invoice_taxes order by invoice_id, 1")
    assert taxes.fetchall()[1:] == [(Decimal("0.19"), Decimal(100)), (Decimal("0.21"), Decimal(100))]


def test_whoever_has_no_line_is_skipped(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount=1))
    assert given.run("2026-02") == 0
    assert given.value("select outcome from billing.billing_run_customers") == "skipped"


def test_free_usage_makes_an_invoice_of_nothing(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan(tiers=[(10, 0), (None, 1)]))
    given.usage(customer, 3)
    assert given.run("2026-02") == 1
    assert (str(given.invoice(customer).total), given.amounts(customer)) == ("0.00", ["0.00"])


@pytest.mark.parametrize("as_of", ["2026-02-28", "2026-01-31", "2025-12-31"])
def test_a_month_that_has_not_ended_is_refused(given: Given, as_of: str) -> None:
    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match=f"the period 2026-02 has not ended on {as_of}"
    ):
        given.draft("2026-02", as_of=as_of)


def test_a_month_can_be_run_on_the_day_after_it(given: Given) -> None:
    assert given.draft("2026-02", as_of="2026-03-01") == 0


def test_without_a_seller_nothing_is_billed(given: Given) -> None:
    given.connection.execute("delete from billing.seller_profiles")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="no seller is loaded"):
        given.draft("2026-02")


def test_usage_that_is_not_rolled_up_holds_the_run_back(given: Given, connect: Connect) -> None:
    customer = given.customer()
    given.metric()
    with connect() as holder, holder.transaction():
        holder.execute("select pg_current_xact_id()")
        given.usage(customer, 5)
        given.connection.execute("select billing.roll_up_usage()")
        with pytest.raises(psycopg.Error, match="events of 2026-02 are not rolled up yet") as refusal:
            given.draft("2026-02")
        assert refusal.value.sqlstate == "UB007"
        given.draft("2026-01")


def test_a_run_that_is_held_back_says_by_whom_and_how_to_end_it(given: Given, connect: Connect) -> None:
    customer = given.customer()
    given.metric()
    with connect("billing_reader") as reader, reader.transaction():
        reader.execute("set application_name = 'a chart'; select pg_current_xact_id()")
        pid = reader.info.backend_pid
        given.usage(customer, 5)
        given.connection.execute("select billing.roll_up_usage()")
        with pytest.raises(psycopg.Error) as refusal:
            given.draft("2026-02")
    session = rf"{pid} \(user billing_reader, application a chart, since 20.* UTC\)"
    assert re.search(session, refusal.value.diag.message_detail or "")
    assert f"select pg_terminate_backend({pid});" in (refusal.value.diag.message_hint or "")


def test_a_transaction_in_another_database_holds_no_run_back(given: Given, clone: Clone) -> None:
    customer = given.customer()
    given.metric()
    with psycopg.connect(server.address(clone.server, "billing_reader", "postgres")) as elsewhere:
        elsewhere.execute("select pg_current_xact_id()")
        given.usage(customer, 5)
        assert given.value("select billing.roll_up_usage()") == 1
        given.draft("2026-02")


def test_a_second_run_bills_only_who_was_parked_or_is_new(given: Given) -> None:
    billed, parked = given.customer("1"), given.customer("2")
    given.subscription(billed, given.flat_plan("10"))
    plan = given.plan("flat", currency="USD")
    given.subscription(parked, plan)
    given.usage(parked, 5)
    assert (given.run("2026-02"), given.run("2026-02")) == (1, 0)
    given.price(plan, unit_amount=2, valid_from="2025-01-01")
    new = given.customer("0")
    given.subscription(new, given.flat_plan("20"), starts="2026-02-01")
    assert given.run("2026-02", as_of="2026-03-09") == 2
    numbers = {given.invoice(one).invoice_number: given.amounts(one) for one in (billed, new, parked)}
    assert numbers == {
        "INV-2026-02-0001": ["10.00"],
        "INV-2026-02-0002": ["20.00"],
        "INV-2026-02-0003": ["10.00"],
    }
    assert [str(given.invoice(one).issued_on) for one in (billed, new)] == ["2026-03-01", "2026-03-09"]
    given.deliver()
    assert given.broken() == []


def test_usage_of_the_transaction_that_was_the_oldest_when_its_month_was_run_is_late_usage(
    given: Given, connect: Connect
) -> None:
    """Its number is the watermark that the run saw."""
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount=1))
    ingest = connect()
    with ingest.transaction():
        ingest.execute(
            "insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity)"
            " select %s, '2026-02-10 12:00Z', gen_random_uuid(), metric_id, 5 from billing.metrics",
            (customer,),
        )
        given.run("2026-02")
    given.run("2026-03")
    assert [(line.kind, line.month, str(line.amount)) for line in given.lines(customer, "2026-03")] == [
        ("late_usage", "2026-02", "5.00")
    ]


def test_currencies_do_not_mix(given: Given) -> None:
    totals = {}
    given.tax_rate("0.1")
    for currency in ("EUR", "JPY", "KWD"):
        customer = given.customer(currency=currency)
        given.subscription(customer, given.flat_plan("10.5555", currency=currency))
        totals[currency] = customer
    given.run("2026-02")
    assert {currency: str(given.invoice(customer).total) for currency, customer in totals.items()} == {
        "EUR": "11.62",
        "JPY": "12",
        "KWD": "11.612",
    }


def test_two_runs_at_once_bill_once(given: Given, connect: Connect) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan())
    other = connect()
    with given.connection.transaction():
        assert given.draft("2026-02") == 1
        other.execute("set lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("select billing.draft_invoices('2026-02-01', '2026-03-01')")
        given.close("2026-02")
    assert other.execute("select billing.draft_invoices('2026-02-01', '2026-03-01')").fetchone() == (0,)

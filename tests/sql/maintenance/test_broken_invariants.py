from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

    from tests.given import Given

LINES = "lines add up to invoices"
EVENTS = "stored invoices equal their recomputation from events"
NUMBERS = "numbers are gapless"
CHAIN = "the audit log's hash chain is unbroken"
ROLL_UP = "usage roll-ups equal the raw events"

FIRST = "where invoice_number = 'INV-2026-02-0001'"
OF_FIRST = f"where invoice_id = (select invoice_id from billing.invoices {FIRST})"
PAYMENT = """
    insert into billing.payments (customer_id, amount, currency, minor_units, method, received_on, booked_on, reference)
    select customer_id, 10, 'EUR', 2, 'other', '2026-03-05', '2026-03-05', 'x'
    from billing.customers where account_number = '1'
"""
APPLY = """
    insert into billing.payment_applications (payment_id, invoice_id, minor_units, amount, applied_on)
    select payment_id, invoices.invoice_id, 2, {amount}, '2026-03-05' from billing.payments, billing.invoices {first}
"""

BREAKAGES = [
    (LINES, "update billing.invoices set subtotal = subtotal + 1, total = total + 1"),
    (LINES, "update billing.invoices set tax = tax + 1, total = total + 1"),
    (LINES, "update billing.invoice_line_items set amount = amount + 1 where kind = 'usage'"),
    (LINES, "update billing.invoice_line_items set tax_rate = 0.07"),
    (LINES, "update billing.invoice_taxes set taxable = 0, tax = 0"),
    (LINES, f"delete from billing.invoice_line_items {OF_FIRST}"),
    (EVENTS, "update billing.invoice_line_items set quantity = quantity + 1 where kind = 'usage'"),
    (EVENTS, "update billing.price_tiers set unit_amount = 2"),
    (EVENTS, "update billing.subscription_phases set quantity = 2 where metric_id is null"),
    (EVENTS, "delete from billing.billing_events"),
    (EVENTS, "update billing.billing_events set quantity = quantity + 1"),
    (ROLL_UP, "update billing.daily_usage set quantity = quantity + 1"),
    (ROLL_UP, "update billing.daily_usage set events = events + 1"),
    (ROLL_UP, "delete from billing.daily_usage"),
    (ROLL_UP, "update billing.billing_events set occurred_at = occurred_at + interval '1 day'"),
    (NUMBERS, f"delete from billing.invoices {FIRST}"),
    (
        NUMBERS,
        "update billing.invoices set invoice_number = 'INV-2026-02-0009' where invoice_number = 'INV-2026-02-0002'",
    ),
    (NUMBERS, "update billing.document_series set last_number = last_number + 1"),
    (NUMBERS, "delete from billing.document_series"),
    ("issued invoices have their document", f"delete from billing.documents {OF_FIRST}"),
    (
        "no draft outlives its run",
        (
            f"update billing.invoices set invoice_number = null, issued_on = null, "
            f"due_on = null, customer_snapshot = null, seller_snapshot = null, status = 'draft' {FIRST}"
        ),
    ),
    ("payments applied are not more than received", PAYMENT + ";" + APPLY.format(amount=20, first=FIRST)),
    (
        "payments applied are not more than owed",
        PAYMENT.replace("10,", "1000,") + ";" + APPLY.format(amount=1000, first=FIRST),
    ),
    ("states agree with money", f"update billing.invoices set status = 'paid', paid_on = '2026-03-05' {FIRST}"),
    (CHAIN, "update billing.audit_log set reason = 'other' where entry = 2"),
    (CHAIN, "update billing.audit_log set business_date = business_date + 1 where entry = 1"),
    (CHAIN, "update billing.audit_log set actor = 'somebody' where entry = 1"),
    (CHAIN, "update billing.audit_log set recorded_at = recorded_at + interval '1 us' where entry = 1"),
    (CHAIN, "delete from billing.audit_log where entry = 2"),
    (CHAIN, "delete from billing.audit_log where entry = 1"),
    (
        CHAIN,
        (
            "update billing.audit_log set entry = 100 where entry = 1; "
            "update billing.audit_log set entry = 1 where entry = 2; "
            "update billing.audit_log set entry = 2 where entry = 100"
        ),
    ),
    (
        "no overlapping subscriptions",
        """
        alter table billing.subscription_phases drop constraint no_two_phases_for_one_metric_at_a_time;
        alter table billing.subscription_phases drop constraint phases_of_a_subscription_do_not_overlap;
        insert into billing.subscription_phases
        select (jsonb_populate_record(p, '{"starts_on": "2026-02-05"}')).* from billing.subscription_phases as p
        where metric_id is not null limit 1
     """,
    ),
    (
        "no overlapping tax rates",
        """
        alter table billing.tax_rates drop constraint no_two_tax_rates_at_a_time;
        insert into billing.tax_rates (country, name, rate, valid_from) values ('DE', 'Other', 0.2, '2026-01-01')
     """,
    ),
    (
        "an event name is stored once",
        """
        drop index billing.billing_events_default_name_key;
        insert into billing.billing_events_default select * from billing.billing_events_default limit 1
     """,
    ),
]


@pytest.fixture
def billed(given: Given) -> Given:
    """Two customers, each with a usage and a flat plan, invoiced and issued for February."""
    given.tax_rate()
    for account in ("1", "2"):
        customer = given.customer(account)
        given.subscription(customer, given.plan(tiers=[(None, 1)]))
        given.subscription(customer, given.flat_plan())
        given.usage(customer, 5, on="2026-02-10")
    given.run("2026-02")
    given.deliver()
    return given


def test_nothing_is_broken_in_an_empty_database(given: Given) -> None:
    assert given.broken() == []


def test_nothing_is_broken_after_a_run(billed: Given) -> None:
    assert billed.broken() == []


@pytest.mark.parametrize(("invariant", "breakage"), BREAKAGES)
def test_each_breakage_is_found(billed: Given, admin: psycopg.Connection, invariant: str, breakage: str) -> None:
    admin.execute("set session_replication_role = replica")
    for statement in breakage.split(";"):
        admin.execute(statement.encode())
    assert invariant in {found for found, _, _ in billed.broken()}


def test_a_breakage_is_named_so_that_somebody_can_act(billed: Given, admin: psycopg.Connection) -> None:
    admin.execute("set session_replication_role = replica")
    admin.execute(
        "update billing.billing_events set quantity = 6 "
        "where customer_id = (select customer_id from billing.customers where account_number = '2')"
    )
    ((_, subject, detail),) = (row for row in billed.broken() if row[0] == EVENTS)
    assert subject == "account 2, 2026-02"
    assert "billed 5.00 for" in detail
    assert "recomputed 6.00 for" in detail


def test_events_that_are_not_rolled_up_yet_break_nothing(billed: Given) -> None:
    billed.usage(billed.customer("3"), 7)
    assert billed.broken() == []

"""A cent that leaks is found by the assurance, and named: each leak here is planted past every guard of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

    from tests.dbt.conftest import Dbt
    from tests.given import Given

SINGULAR = "--select=test_type:singular"

FIND = """
create temporary table found as
select i.invoice_id, l.position, l.amount, l.subscription_id, i.customer_id
from billing.invoices as i inner join billing.invoice_line_items as l using (invoice_id)
where i.invoice_number = 'INV-{number}' and l.kind = '{kind}' and l.amount <> 0
order by l.position limit 1
"""
CARRY = """
update billing.invoices as i
set subtotal = s.amount, tax = s.tax, total = s.amount + s.tax
from (
    select invoice_id, sum(taxable) as amount, sum(tax) as tax
    from billing.invoice_taxes inner join found using (invoice_id) group by invoice_id
) as s
where i.invoice_id = s.invoice_id
"""
CARRY_LINES = f"""
update billing.invoice_taxes as t
set taxable = s.amount, tax = round(s.amount * t.tax_rate, 2)
from (
    select invoice_id, sum(l.amount) as amount
    from billing.invoice_line_items as l inner join found using (invoice_id) group by invoice_id
) as s
where t.invoice_id = s.invoice_id;
{CARRY}
"""
LINE = "from found where l.invoice_id = found.invoice_id and l.position = found.position"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A wrong that a bug, a bad restore or a hand in the tables could do, all sums made to agree with it."""

    sql: str
    test: str
    said: tuple[str, ...]
    number: str = "2026-01-0001"
    kind: str = "usage"


RERATING = "assert_invoices_equal_their_rerating"
ROLL_UP = "assert_usage_roll_up_equals_events"

LEAKS = {
    "a changed tier": Leak(
        sql="update billing.price_tiers set unit_amount = 0.011 where unit_amount = 0.01",
        test=RERATING,
        said=("account_number DE, period 2025-12", "due 9.9000, invoiced 9.0000, difference -0.9000"),
    ),
    "a tier that ends one unit later": Leak(
        sql="update billing.price_tiers set up_to = 101 where up_to = 100",
        test=RERATING,
        said=("account_number DE, period 2025-12", "difference 0.0100"),
    ),
    "a lost event": Leak(
        sql="""
            delete from billing.billing_events where quantity = 777;
            delete from billing.daily_usage where usage_day = '2026-01-20'
        """,
        test=RERATING,
        said=("account_number DE, period 2026-01", "difference 7.7700"),
    ),
    "an event lost from the raw events alone": Leak(
        sql="delete from billing.billing_events where quantity = 777",
        test=ROLL_UP,
        said=("account_number DE, period 2026-01, usage_day 2026-01-20", "quantity 0, rolled_up_quantity 777"),
    ),
    "a doubled line": Leak(
        sql=f"""
            drop index billing.one_line_per_charge_and_invoice;
            insert into billing.invoice_line_items
            select (jsonb_populate_record(l, jsonb_build_object('position', 90))).*
            from billing.invoice_line_items as l inner join found using (invoice_id, position);
            {CARRY_LINES}
        """,
        test=RERATING,
        said=("account_number DE, period 2025-12", "due 9.0000, invoiced 18.0000, difference 9.0000"),
        number="2025-12-0001",
    ),
    "a lost line": Leak(
        sql=f"""
            delete from billing.invoice_line_items as l using found
            where l.invoice_id = found.invoice_id and l.kind = 'usage';
            {CARRY_LINES}
        """,
        test="assert_settled_usage_is_billed_or_free",
        said=("account_number DE, period 2025-12, metric api_calls, events 1",),
        number="2025-12-0001",
    ),
    "one cent": Leak(
        sql=f"update billing.invoice_line_items as l set amount = l.amount + 0.01 {LINE}; {CARRY_LINES}",
        test=RERATING,
        said=("account_number DE, period 2026-01", "difference 0.0100"),
    ),
    "a wrong proration": Leak(
        sql=f"update billing.invoice_line_items as l set amount = l.amount + 3.19 {LINE}; {CARRY_LINES}",
        test=RERATING,
        said=("account_number DE, period 2026-01", "kind proration", "due -44.7100, invoiced -41.5200"),
        kind="proration",
    ),
    "a subscription that starts a day later": Leak(
        sql="update billing.subscription_phases set starts_on = '2026-01-16' where starts_on = '2026-01-15'",
        test=RERATING,
        said=("account_number DE, period 2026-01", "kind proration", "due -47.9000, invoiced 0"),
    ),
    "a discount that is not taken": Leak(
        sql="""
            insert into billing.discounts (
                customer_id, discount_code, name, percent, currency, minor_units, starts_on
            )
            select customer_id, 'D', 'Tenth', 0.1, 'EUR', 2, '2026-02-01' from found
        """,
        test=RERATING,
        said=("account_number DE, period 2026-02", "kind subscription", "due 89.1000, invoiced 99.0000"),
    ),
    "a minimum that is not charged": Leak(
        sql="""
            insert into billing.commitments (
                customer_id, commitment_code, name, minimum, currency, minor_units, interval_months, starts_on
            )
            select customer_id, 'M', 'Minimum', 500, 'EUR', 2, 1, '2026-02-01' from found
        """,
        test=RERATING,
        said=("account_number DE, period 2026-02, kind minimum",),
    ),
    "a one-off charge that no invoice has": Leak(
        sql="""
            insert into billing.charges (
                customer_id, charge_code, description, quantity, unit_amount, currency, due_on
            )
            select customer_id, 'C', 'Set-up', 3, 33.335, 'EUR', '2026-02-28' from found
        """,
        test=RERATING,
        said=("account_number DE, period 2026-02, kind charge", "due 100.0100, invoiced 0"),
    ),
    "a wrong tax": Leak(
        sql=f"""
            update billing.invoice_taxes as t set tax_rate = 0.16, tax = round(t.taxable * 0.16, 2)
            from found where t.invoice_id = found.invoice_id;
            {CARRY}
        """,
        test="assert_tax_equals_its_rerating",
        said=("account_number DE, period 2026-01, invoice_number INV-2026-01-0001",),
    ),
    "a tax owed to another country": Leak(
        sql="""
            update billing.invoice_taxes as t set tax_country = 'FR' from found where t.invoice_id = found.invoice_id
        """,
        test="assert_tax_equals_its_rerating",
        said=("account_number DE, period 2026-01", "tax_country FR"),
    ),
    "a tax that is charged although it is the customer's own": Leak(
        sql="""
            update billing.invoices as i
            set customer_snapshot = customer_snapshot || '{"is_tax_id_valid": true, "country": "FR"}'
            from found where i.invoice_id = found.invoice_id
        """,
        test="assert_tax_equals_its_rerating",
        said=("tax_treatment reverse_charge",),
    ),
    "an event moved to another day": Leak(
        sql="update billing.billing_events set occurred_at = occurred_at + interval '1 day' where quantity = 777",
        test=ROLL_UP,
        said=("account_number DE, period 2026-01, usage_day 2026-01-21",),
    ),
    "an event moved to a day without subscription": Leak(
        sql="""
            update billing.billing_events as e set occurred_at = '2026-02-21T12:00Z'
            where e.occurred_at::date = '2026-02-10'
        """,
        test=RERATING,
        said=("account_number DE, period 2026-02", "due_quantity 0, invoiced_quantity 100"),
    ),
    "a kept week that is not what it cost": Leak(
        sql="update billing.accrued_weeks set amount = amount + 0.01 where week = '2026-01-26' and amount <> 0",
        test="assert_accrued_weeks_equal_their_rerating",
        said=("period 2026-01, week 2026-01-26, currency EUR", "difference 0.0100"),
    ),
    "a kept week that is lost": Leak(
        sql="delete from billing.accrued_weeks where week = '2026-01-26' and period_start = '2026-01-01'",
        test="assert_accrued_weeks_equal_their_rerating",
        said=("period 2026-01, week 2026-01-26, currency EUR",),
    ),
    "a lost invoice": Leak(
        sql="""
            delete from billing.invoice_line_items where invoice_id in (select invoice_id from found);
            delete from billing.invoice_taxes where invoice_id in (select invoice_id from found);
            delete from billing.documents where invoice_id in (select invoice_id from found);
            delete from billing.invoices where invoice_id in (select invoice_id from found)
        """,
        test="assert_run_outcomes_agree_with_invoices",
        said=("account_number DE, period 2026-01, outcome invoiced, invoices 0",),
    ),
    "a customer who is skipped by mistake": Leak(
        sql="""
            delete from billing.invoice_line_items where invoice_id in (select invoice_id from found);
            delete from billing.invoice_taxes where invoice_id in (select invoice_id from found);
            delete from billing.documents where invoice_id in (select invoice_id from found);
            delete from billing.invoices where invoice_id in (select invoice_id from found);
            update billing.billing_run_customers as c set outcome = 'skipped'
            from billing.billing_runs as r
            where c.billing_run_id = r.billing_run_id and r.period_start = '2025-12-01'
        """,
        test=RERATING,
        said=("account_number DE, period 2025-12", "due 9.0000, invoiced 0", "difference -9.0000"),
        number="2025-12-0001",
    ),
    "two subscriptions for one event": Leak(
        sql="""
            alter table billing.subscription_phases drop constraint no_two_phases_for_one_metric_at_a_time;
            alter table billing.subscription_phases drop constraint phases_of_a_subscription_do_not_overlap;
            insert into billing.subscription_phases (
                subscription_id, starts_on, ends_on, customer_id, plan_id, metric_id, interval_months, billed_in,
                quantity
            )
            select
                subscription_id, '2025-02-01', '2026-01-01', customer_id, plan_id, metric_id, interval_months,
                billed_in, 1
            from billing.subscription_phases where metric_id is not null
        """,
        test="assert_every_event_has_one_fate",
        said=("period 2025-12, events 1, events_difference 1",),
    ),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_leak_is_found_and_named(books: Given, admin: psycopg.Connection, dbt: Dbt, leak: Leak) -> None:
    del books
    admin.execute("set session_replication_role = replica")
    admin.execute(FIND.format(number=leak.number, kind=leak.kind).encode())
    assert admin.execute("select count(*) from found").fetchone() == (1,)
    admin.execute(leak.sql.encode())
    tested = dbt("test", SINGULAR)
    assert leak.test in tested.failed
    assert [text for text in leak.said if text not in tested.said] == [], tested.said


def test_books_without_a_leak_pass(books: Given, dbt: Dbt) -> None:
    del books
    assert dbt("test", SINGULAR).failed == {}


def test_late_usage_that_is_taxed_as_its_month_was_is_no_leak(books: Given, dbt: Dbt) -> None:
    moved = books.value("update billing.customers set country = 'FR' where account_number = 'DE' returning customer_id")
    assert isinstance(moved, int)
    books.usage(moved, 400, on="2026-01-21")
    books.run("2026-03")
    books.deliver()
    assert books.value("select count(distinct tax_country) from billing.invoice_taxes") == 3
    assert dbt("test", SINGULAR).failed == {}


def test_every_fate_of_an_event_is_counted_as_the_engine_counts_it(
    given: Given, admin: psycopg.Connection, dbt: Dbt
) -> None:
    plan = given.plan(tiers=((100, "0"), (1000, "0.01")))
    billed, free, parked, voided, late, pending = (given.customer(name) for name in "ABCDEF")
    for customer in (billed, free, parked, voided, late):
        given.subscription(customer, plan, starts="2026-02-05")
    for customer, quantity in ((billed, 500), (free, 50), (parked, 5000), (voided, 300), (late, 200)):
        given.usage(customer, quantity)
    given.usage(billed, 7, on="2026-02-04")
    given.run("2026-02")
    given.deliver()
    given.void(given.invoice(voided), on="2026-03-02")
    given.usage(late, 11)
    given.subscription(pending, plan, starts="2026-03-01")
    given.usage(pending, 13, on="2026-03-10")
    given.usage(billed, 17, on="2026-02-04", metric="nobody_counts")
    given.subscription(late, plan, starts="2025-12-01", ends="2026-01-01")
    given.usage(late, 19, on="2025-12-10")
    given.run("2025-11")
    own: dict[str, int] = dict(
        admin.execute(
            """
            select state || coalesce(' ' || reason, ''), sum(quantity)::integer
            from reporting_models.assurance_events_classified group by 1
            """
        ).fetchall()
    )
    assert own == {
        "billed": 700,
        "free": 50,
        "late": 11,
        "pending": 13,
        "unbilled customer_parked": 5000,
        "unbilled metric_without_plan": 17,
        "unbilled month_not_run": 19,
        "unbilled invoice_voided": 300,
        "unbilled no_active_subscription": 7,
    }
    assert (
        admin.execute(
            """
            select m.month, b.state, b.events, b.quantity
            from (values (date '2025-12-01'), (date '2026-02-01'), (date '2026-03-01')) as m (month)
            cross join lateral billing.event_balance(m.month) as b
            except
            select period_start, state, sum(events), sum(quantity)
            from reporting_models.assurance_events_classified group by period_start, state
            """
        ).fetchall()
        == []
    )
    assert dbt("test", SINGULAR).failed == {}


def test_a_subscription_that_no_run_has_looked_at_waits_for_the_next(given: Given, dbt: Dbt) -> None:
    customer = given.customer("A")
    given.usage(customer, 5)
    given.run("2026-02")
    given.subscription(customer, given.plan("flat", unit_amount="1.00"))
    given.subscription(customer, given.flat_plan("99.00"))
    assert dbt("test", SINGULAR).failed == {}
    given.run("2026-02")
    assert given.amounts(customer) == ["5.00", "99.00"]
    assert dbt("test", SINGULAR).failed == {}


def test_a_month_stays_settled_through_late_usage_and_voids(given: Given, dbt: Dbt) -> None:
    """Late usage billed on a later invoice, that invoice void, a run after it, and all of it billed again."""
    customer = given.customer("A")
    given.subscription(customer, given.plan(tiers=((100, "0.10"), (None, "0.01"))))
    given.usage(customer, 90, on="2025-12-10")
    given.run("2025-12")
    given.usage(customer, 20, on="2025-12-11")
    given.run("2026-01")
    given.deliver()
    assert dbt("test", SINGULAR).failed == {}
    given.usage(customer, 5, on="2025-12-12")
    given.void(given.invoice(customer, "2026-01"), on="2026-02-02")
    assert dbt("test", SINGULAR).failed == {}
    given.run("2026-02")
    assert dbt("test", SINGULAR).failed == {}
    given.run("2026-01", as_of="2026-03-02")
    assert dbt("test", SINGULAR).failed == {}
    assert given.broken() == []

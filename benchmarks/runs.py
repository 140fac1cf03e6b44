"""Measures three months of a company that has just moved in: each run bills late usage of the month before, too.

usage: benchmarks/runs.py DATABASE_URL [CUSTOMERS]

Each customer has a graduated plan and a flat one. The database must be deployed and empty, and is written to: use one
of your own. Prints the seconds of each step of each run.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from psycopg import Connection

MONTHS = ("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01")
COMPANY = """
insert into billing.seller_profiles (
    name, address_line1, postal_code, city, country, email, billing_timezone, payment_terms_days, invoice_prefix
)
values ('Northgate API', 'Street 1', '10115', 'Berlin', 'DE', 'billing@northgate.example', 'UTC', 30, 'INV');
insert into billing.tax_rates (country, name, rate, valid_from) values ('DE', 'VAT 19%', 0.19, '2020-01-01');
insert into billing.metrics (metric) values ('api_calls');
insert into billing.pricing_plans (plan_code, name, kind, pricing_model, metric_id, currency, unit_amount)
select 'usage', 'Calls', 'usage', 'graduated', metric_id, 'EUR', null from billing.metrics
union all
select 'flat', 'Support', 'flat', 'flat', null, 'EUR', 99;
insert into billing.price_tiers (plan_id, tier_position, tier, up_to, unit_amount)
select plan_id, position, 'Tier ' || position, up_to, tiers.unit_amount
from billing.pricing_plans
cross join (values (1, 1000, 0), (2, null, 0.01)) as tiers (position, up_to, unit_amount)
where kind = 'usage';
"""
CUSTOMERS = """
insert into billing.customers (
    account_number, name, billing_email, country, currency, collection_method, signed_up_on
)
select 'A-' || n, 'Customer ' || n, 'mail@customer.example', 'DE', 'EUR', 'send_invoice', '2020-01-01'
from generate_series(1, %s) as n
"""
SUBSCRIPTIONS = """
insert into billing.subscriptions (customer_id, plan_id, currency, metric_id, quantity, starts_on)
select customer_id, plan_id, pricing_plans.currency, metric_id, 1, '2025-01-01'
from billing.customers, billing.pricing_plans
"""
USAGE = """
insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity)
select customer_id, %s::timestamptz + interval '9 days', gen_random_uuid(), metric_id, 1000
from billing.customers, billing.metrics
"""


def main(url: str, customers: int = 20_000) -> None:
    """Bill January to March."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(COMPANY.encode())
        connection.execute(CUSTOMERS.encode(), (customers,))
        connection.execute(SUBSCRIPTIONS.encode())
        connection.execute("select billing.maintain_partitions('2026-01-01', 3)")
        for place, (month, following) in enumerate(pairwise(MONTHS)):
            for used in MONTHS[max(place - 1, 0) : place + 1]:
                connection.execute(USAGE.encode(), (used,))
            print(month[:7], end="")
            _run(connection, month, following)


def _run(connection: Connection, month: str, following: str) -> None:
    steps = (
        ("roll_up_usage", ()),
        ("draft_invoices", (month, following)),
        ("verify_run", (month,)),
        ("close_run", (month, following, False)),
    )
    with connection.transaction():
        for name, arguments in steps:
            began = time.monotonic()
            connection.execute(f"select billing.{name}({', '.join(['%s'] * len(arguments))})".encode(), arguments)
            print(f"  {name} {time.monotonic() - began:.1f} s", end="")
    print()


if __name__ == "__main__":
    main(sys.argv[1], *(int(argument) for argument in sys.argv[2:]))

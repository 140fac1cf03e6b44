"""What a run costs, as a multiple of its floor: the bare insert of the same invoices and lines.

    python benchmarks/run.py [--customers 2000 20000 200000] [--rounds 3] [--url URL]

Each customer has two usage metrics, ten events each, whose quantity reaches three tiers, and a flat price: seven lines.
A server and a database of its own are made for each size and removed; with --url the given database is used, which must
be deployed and empty, for one size. Floor and run are measured in the same round; the ratios are the medians.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from orchestrator.config import Settings
from orchestrator.deployment.deploy import OWNER, deploy
from orchestrator.embedded import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

MONTH, NEXT_MONTH = "2026-01-01", "2026-02-01"
COMPANY = """
insert into billing.seller_profiles (
    name, address_line1, postal_code, city, country, email, billing_timezone, payment_terms_days, invoice_prefix
)
values ('Northgate API', 'Street 1', '10115', 'Berlin', 'DE', 'billing@northgate.example', 'UTC', 30, 'INV');
insert into billing.tax_rates (country, name, rate, valid_from) values ('DE', 'VAT 19%', 0.19, '2020-01-01');
insert into billing.metrics (metric) values ('api_calls'), ('egress');
insert into billing.pricing_plans (plan_code, name, kind, metric_id)
select metric, metric, 'usage', metric_id from billing.metrics
union all
select 'support', 'Support', 'flat', null;
insert into billing.prices (plan_id, currency, valid_from, pricing_model)
select plan_id, 'EUR', '-infinity', case kind when 'usage' then 'graduated' else 'flat' end from billing.pricing_plans;
insert into billing.price_cells (price_id, cell_position) select price_id, 1 from billing.prices;
insert into billing.price_tiers (price_id, cell_position, tier_position, tier, up_to, unit_amount)
select price_id, 1, position, 'Tier ' || position, up_to, unit_amount
from billing.prices
cross join (values (1, 1000, 0), (2, 5000, 0.001), (3, null, 0.0005)) as tiers (position, up_to, unit_amount)
where pricing_model = 'graduated'
union all
select price_id, 1, 1, null, null, 99 from billing.prices where pricing_model = 'flat';
select billing.maintain_partitions('2026-01-01', 1);
"""
CUSTOMERS = """
insert into billing.customers (
    account_number, name, billing_email, country, currency, collection_method, signed_up_on
)
select 'A-' || n, 'Customer ' || n, 'mail@customer.example', 'DE', 'EUR', 'send_invoice', '2020-01-01'
from generate_series(1, %s) as n
"""
CONTRACTS = """
insert into billing.subscriptions (
    customer_id, plan_id, currency, metric_id, starts_on, interval_months, billed_in
)
select customer_id, plan_id, currency, metric_id, '2025-01-01', interval_months, billed_in
from billing.customers cross join billing.pricing_plans;
insert into billing.subscription_phases (
    subscription_id, starts_on, customer_id, plan_id, metric_id, interval_months, billed_in, quantity
)
select subscription_id, starts_on, customer_id, plan_id, metric_id, interval_months, billed_in, 1
from billing.subscriptions;
"""
USAGE = """
insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity)
select customer_id, '2026-01-01 12:00Z'::timestamptz + interval '3 days' * n, gen_random_uuid(), metric_id, 1000
from billing.customers cross join billing.metrics cross join generate_series(0, 9) as n
"""
FLOOR = """
create table billing.benchmark_invoices (like billing.invoices including all);
alter table billing.benchmark_invoices
add foreign key (billing_run_id) references billing.billing_runs (billing_run_id),
add foreign key (customer_id) references billing.customers (customer_id),
add foreign key (currency, minor_units) references billing.currencies (currency, exponent);
create table billing.benchmark_lines (like billing.invoice_line_items including all);
alter table billing.benchmark_lines add foreign key (invoice_id, minor_units)
references billing.benchmark_invoices (invoice_id, minor_units);
"""
STEPS = (
    ("draft", "select billing.draft_invoices(%s, %s)", (MONTH, NEXT_MONTH)),
    ("verify", "select billing.verify_run(%s)", (MONTH,)),
    ("number", "select billing.close_run(%s, %s, false)", (MONTH, NEXT_MONTH)),
)
RATING = """
select billing.begin_rating();
insert into pg_temp.rating_scopes select customer_id, '2026-01-01' from billing.customers;
select billing.rate('2026-02-01');
"""
RAW_MONTH = """
select customer_id, metric_id, sum(quantity) from billing.billing_events
where occurred_at >= '2026-01-01Z' and occurred_at < '2026-02-01Z' group by customer_id, metric_id
"""


@dataclass(kw_only=True)
class Round:
    """Seconds of each step, and of what they are compared with."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note how long it takes."""
        began = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - began

    @property
    def run(self) -> float:
        """Draft, verify and number."""
        return sum(self.seconds[name] for name, _, _ in STEPS)

    @property
    def run_by_floor(self) -> float:
        """How many times the bare insert."""
        return self.run / self.seconds["floor"]

    @property
    def verify_by_reading(self) -> float:
        """How many times one GROUP BY over the raw month and the rating."""
        return self.seconds["verify"] / (self.seconds["group by"] + self.seconds["rating"])


def prepared(url: str, customers: int) -> None:
    """Fill an empty database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(COMPANY.encode())
        connection.execute(CUSTOMERS.encode(), (customers,))
        connection.execute(CONTRACTS.encode())
        connection.execute(USAGE.encode())
        began = time.perf_counter()
        connection.execute("select billing.roll_up_usage()")
        print(f"{customers} customers, {customers * 20} events: rolled up in {time.perf_counter() - began:.1f} s")


def measured(connection: Connection) -> Round:
    """Run the month and take it back; what is left of it in the tables is vacuumed away."""
    result = Round()
    with connection.transaction(force_rollback=True):
        for name, statement, arguments in STEPS:
            with result.timed(name):
                connection.execute(statement.encode(), arguments)
        connection.execute(FLOOR.encode())
        with result.timed("floor"):
            connection.execute(
                "insert into billing.benchmark_invoices overriding system value select * from billing.invoices"
            )
            connection.execute("insert into billing.benchmark_lines select * from billing.invoice_line_items")
        with result.timed("group by"):
            connection.execute(RAW_MONTH.encode())
        with result.timed("rating"):
            connection.execute(RATING.encode())
    return result


def report(url: str, customers: int, rounds: int) -> None:
    """Print each round, and the medians of the ratios."""
    results = []
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(rounds):
            results.append(measured(connection))
            connection.execute("vacuum")
            steps = "  ".join(f"{name} {seconds:.2f}" for name, seconds in results[-1].seconds.items())
            print(f"  {steps}", flush=True)
    run = statistics.median(result.run for result in results)
    by_floor = statistics.median(result.run_by_floor for result in results)
    by_reading = statistics.median(result.verify_by_reading for result in results)
    print(
        f"{customers} customers: run {run:.1f} s, {by_floor:.1f} x the floor, "
        f"verification {by_reading:.1f} x reading and rating, "
        f"{customers / run * 3600 / 1e6:.1f} million invoices an hour",
        flush=True,
    )


def main() -> None:
    """Measure each size in a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, nargs="+", default=[2_000, 20_000, 200_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--url", help="a deployed and empty database")
    options = parser.parse_args()
    if options.url:
        prepared(options.url, options.customers[0])
        report(options.url, options.customers[0], options.rounds)
        return
    for customers in options.customers:
        with tempfile.TemporaryDirectory(prefix="billing-benchmark-") as home:
            settings = Settings(home=Path(home))
            server.ensure_running(settings)
            try:
                deploy(settings, with_dbt=False)
                url = server.address(settings, OWNER)
                prepared(url, customers)
                report(url, customers, options.rounds)
            finally:
                server.stop(settings)


if __name__ == "__main__":
    main()

"""Measures ingest: 500,000 synthetic events as CSV through `ingest_file`, once new and once again as repeats.

usage: benchmarks/ingest_events.py DATABASE_URL [EVENTS] [MONTHS]

The database must be deployed and is written to: use one of your own. MONTHS is how many monthly partitions exist, each
of which every event name is looked up in. Read the ratios, not the numbers.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from orchestrator.files.ingest import ingest_file

CUSTOMERS = 200
HEADER = "event_id,account_number,metric,quantity,occurred_at\n"


def write_events(path: Path, events: int) -> None:
    """Spread the events over two months and all customers, in the random order of the real world."""
    source = random.Random(time.time_ns())  # noqa: S311 - test data; new names in every run
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for _ in range(events):
            month, day, hour = source.randint(1, 2), source.randint(1, 28), source.randint(0, 23)
            file.write(
                f"evt-{source.getrandbits(60)},bench-{source.randint(1, CUSTOMERS)},api_calls,"
                f"{source.randint(1, 999)},2026-{month:02}-{day:02}T{hour:02}:00:00Z\n"
            )


def prepare(connection: psycopg.Connection, months: int) -> None:
    """Make a seller, without whom nothing is rolled up, customers and partitions."""
    connection.execute(
        """
        insert into billing.seller_profiles (
            name, address_line1, postal_code, city, country, email, billing_timezone, payment_terms_days, invoice_prefix
        )
        values ('Bench', 'Street 1', '10115', 'Berlin', 'DE', 'a@seller.example', 'Europe/Berlin', 30, 'INV')
        on conflict do nothing
        """
    )
    connection.execute(
        """
        insert into billing.customers (
            account_number, name, billing_email, country, currency, collection_method, signed_up_on
        )
        select 'bench-' || n, 'n', 'a@customer.example', 'DE', 'EUR', 'send_invoice', '2025-01-01'
        from generate_series(1, %s) as n
        on conflict do nothing
        """,
        (CUSTOMERS,),
    )
    connection.execute(
        "select billing.maintain_partitions((date '2026-02-01' - make_interval(months => %(ahead)s))::date, %(ahead)s)",
        {"ahead": months - 1},
    )


def main(url: str, events: int = 500_000, months: int = 2) -> None:
    """Print events a second and the memory of the process."""
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(url, autocommit=True) as connection:
        path = Path(folder) / "events.csv"
        write_events(path, events)
        prepare(connection, months)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for what in ("new", "repeated"):
            started = time.perf_counter()
            counts = ingest_file(connection, path).counts
            seconds = time.perf_counter() - started
            print(f"{what}: {events / seconds:,.0f} events/s ({seconds:.1f} s) {counts}")
        started = time.perf_counter()
        rolled = connection.execute("select billing.roll_up_usage()").fetchall()[0][0]
        print(f"roll-up of {rolled:,}: {time.perf_counter() - started:.2f} s")
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(f"memory of the process: {before // 1024} MB, grown by {grown // 1024} MB")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

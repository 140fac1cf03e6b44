"""How long every report takes: 20,000 customers with 24 closed months on the embedded server, medians in milliseconds.

    python benchmarks/reports.py [--customers 20000] [--rounds 3] [--home DIR] [--explain VIEW]

The database is made once, by benchmarks/report_data.sql, in a billing home of its own under the temporary directory,
and kept for the next time. Each view is copied out by the reader's role, as an export does: all of it as of 2026-03-15,
one month of it, and all of it as of a year earlier.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.sql import SQL, Identifier

from orchestrator.config import Settings
from orchestrator.deployment.deploy import ensure_deployed
from orchestrator.embedded import server

if TYPE_CHECKING:
    from psycopg.sql import Composed

AS_OF, EARLIER, PERIOD = "2026-03-15", "2025-03-15", "2026-01-01"
PERIODS = ("period_start", "week")
"""Columns by which a report is asked for a month."""


def make(settings: Settings, customers: int) -> None:
    """Deploy, and write two years of books unless they are there."""
    ensure_deployed(settings)
    with psycopg.connect(server.ensure_running(settings), autocommit=True) as connection:
        if connection.execute("select 1 from billing.customers limit 1").fetchone():
            return
        script = Path(__file__).with_name("report_data.sql").read_text(encoding="utf-8")
        with connection.transaction():
            connection.execute(script.replace(":customers", str(customers)).encode())
        connection.execute("vacuum analyze")


def views(connection: psycopg.Connection) -> dict[str, str | None]:
    """Return the reports, each with the column that names its period."""
    rows = connection.execute(
        """
        select c.relname, min(a.attname) filter (where a.attname = any(%s))
        from pg_class as c inner join pg_attribute as a on a.attrelid = c.oid
        where c.relnamespace = 'reporting'::regnamespace
        group by c.relname order by c.relname
        """,
        (list(PERIODS),),
    ).fetchall()
    return dict(rows)


def query(view: str, column: str | None = None) -> Composed:
    """Copy the report out, as an export does; a mere count would let the planner leave columns out."""
    asked = SQL("select * from reporting.{0}").format(Identifier(view))
    if column:
        in_month = "{0} >= {1} and {0} < {1}::date + interval '1 month'" if column == "week" else "{0} = {1}"
        asked += SQL(" where ") + SQL(in_month).format(Identifier(column), PERIOD)
    return SQL("copy ({}) to stdout").format(asked)


def median(connection: psycopg.Connection, asked: Composed, as_of: str, rounds: int) -> float:
    """Return milliseconds, after one round that does not count."""
    connection.execute("select set_config('billing.as_of', %s, false)", (as_of,))
    times = []
    for _round in range(rounds + 1):
        start = time.perf_counter()
        with connection.cursor() as cursor, cursor.copy(asked) as rows:
            for _row in rows:
                pass
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:]) * 1000


def main() -> None:
    """Print a line per report, or the plan of one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "billing-benchmark-reports")
    parser.add_argument("--explain", metavar="VIEW")
    options = parser.parse_args()
    settings = Settings(home=options.home)
    make(settings, options.customers)
    with psycopg.connect(server.address(settings, "billing_reader"), autocommit=True) as connection:
        if options.explain:
            connection.execute("select set_config('billing.as_of', %s, false)", (AS_OF,))
            asked = SQL("explain (analyze, buffers, costs off) select * from reporting.{}").format(
                Identifier(options.explain)
            )
            print("\n".join(line for (line,) in connection.execute(asked).fetchall()))
            return
        print(f"{'report':22}{'all':>9}{'a month':>9}{'as of a year ago':>18}")
        for view, column in views(connection).items():
            whole = median(connection, query(view), AS_OF, options.rounds)
            month = f"{median(connection, query(view, column), AS_OF, options.rounds):9.0f}" if column else " " * 9
            earlier = median(connection, query(view), EARLIER, options.rounds)
            print(f"{view:22}{whole:9.0f}{month}{earlier:18.0f}", flush=True)


if __name__ == "__main__":
    main()

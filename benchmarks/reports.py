"""How long every report takes: 20,000 customers with 24 closed months on the embedded server, medians in milliseconds.

    python benchmarks/reports.py [--customers 20000] [--rounds 3] [--home DIR] [--explain] [VIEW ...]

The database is made once, by benchmarks/report_data.sql, in a billing home of its own under the temporary directory,
and kept for the next time; what changed of the code is deployed first. Each view is copied out by the reader's role, as
an export does: all of it as of 2026-03-15, one month of it, and all of it as of a year earlier. A report is slow that
takes more than 300 ms for its month or, where it is not asked for by month, for its date: * marks those times.
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
SLOW = 300
"""Milliseconds that a report may take."""
PERIODS = ("period_start", "week", "day")
"""Columns by which a report is asked for a month; it has one of them."""


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


def views(connection: psycopg.Connection, names: list[str]) -> dict[str, str | None]:
    """Return the reports, or those that were named, each with the column that names its period."""
    rows = connection.execute(
        """
        select c.relname, max(a.attname) filter (where a.attname = any(%(periods)s))
        from pg_class as c inner join pg_attribute as a on a.attrelid = c.oid
        where c.relnamespace = 'reporting'::regnamespace and (c.relname = any(%(names)s) or %(names)s = '{}')
        group by c.relname order by c.relname
        """,
        {"periods": list(PERIODS), "names": names},
    ).fetchall()
    return dict(rows)


def query(view: str, column: str | None = None) -> Composed:
    """Ask for the report, or for a month of it."""
    asked = SQL("select * from reporting.{0}").format(Identifier(view))
    if column:
        in_month = "{0} = {1}" if column == "period_start" else "{0} >= {1} and {0} < {1}::date + interval '1 month'"
        asked += SQL(" where ") + SQL(in_month).format(Identifier(column), PERIOD)
    return asked


def median(connection: psycopg.Connection, asked: Composed, as_of: str, rounds: int) -> float:
    """Return milliseconds of copying it out, after one round that does not count.

    As an export does: a mere count would let the planner leave columns out.
    """
    connection.execute("select set_config('billing.as_of', %s, false)", (as_of,))
    copied = SQL("copy ({}) to stdout").format(asked)
    times = []
    for _round in range(rounds + 1):
        start = time.perf_counter()
        with connection.cursor() as cursor, cursor.copy(copied) as rows:
            for _row in rows:
                pass
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:]) * 1000


def marked(milliseconds: float | None, *, counts: bool) -> str:
    """Return a cell of the table."""
    if milliseconds is None:
        return " " * 12
    return f"{milliseconds:11.0f}{'*' if counts and milliseconds > SLOW else ' '}"


def explain(connection: psycopg.Connection, view: str, column: str | None) -> None:
    """Print the plans of all of it and of a month."""
    connection.execute("select set_config('billing.as_of', %s, false)", (AS_OF,))
    for asked in [query(view), *([query(view, column)] if column else [])]:
        plan = connection.execute(SQL("explain (analyze, buffers, costs off) ") + asked).fetchall()
        print("\n".join(line for (line,) in plan), end="\n\n")


def main() -> None:
    """Print a line per report, or its plans."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("views", nargs="*", metavar="VIEW", help="only these reports")
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "billing-benchmark-reports")
    parser.add_argument("--explain", action="store_true")
    options = parser.parse_args()
    settings = Settings(home=options.home)
    make(settings, options.customers)
    with psycopg.connect(server.address(settings, "billing_reader"), autocommit=True) as connection:
        chosen = views(connection, options.views)
        if options.explain:
            for view, column in chosen.items():
                explain(connection, view, column)
            return
        print(f"{'report':22}{'all':>11} {'a month':>11} {'a year ago':>11}")
        for view, column in chosen.items():
            whole = median(connection, query(view), AS_OF, options.rounds)
            month = median(connection, query(view, column), AS_OF, options.rounds) if column else None
            earlier = median(connection, query(view), EARLIER, options.rounds)
            cells = marked(whole, counts=not column), marked(month, counts=True), marked(earlier, counts=not column)
            print(f"{view:22}{''.join(cells)}".rstrip(), flush=True)


if __name__ == "__main__":
    main()

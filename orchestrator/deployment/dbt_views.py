"""Builds the views of dbt_billing/, driving dbt in process: five times as fast as its command line.

dbt is imported inside the function only: it takes more than a second, and most commands never need it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_REASONS = 5
_QUIET = (
    "--quiet",
    "--log-level=none",
    "--log-level-file=none",
    "--no-use-colors",
    "--no-send-anonymous-usage-stats",
    "--no-version-check",
)


def build_views(project: Path, *, url: str, role: str, working_directory: Path) -> list[str]:
    """Create or replace every view of the project as the given role, and name them; the project stays as it is."""
    working_directory.mkdir(parents=True, exist_ok=True)
    arguments = [
        *_QUIET,
        "run",
        f"--project-dir={project}",
        f"--profiles-dir={project}",
        "--target=billing",
        f"--target-path={working_directory / 'target'}",
        f"--log-path={working_directory / 'logs'}",
    ]
    with _environment(connection_variables(url, role)):
        return _invoke(arguments)


def connection_variables(url: str, role: str) -> dict[str, str]:
    """Spell a connection string as the variables that libpq and dbt_billing/profiles.yml read."""
    variables = {
        option.envvar.decode(): option.val.decode()
        for option in psycopg.pq.Conninfo.parse(url.encode())
        if option.envvar and option.val is not None
    }
    with psycopg.connect(url) as connection:
        info = connection.info
        variables |= {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user, "PGDATABASE": info.dbname}
    return {**variables, "BILLING_DBT_ROLE": role, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}


def _invoke(arguments: list[str]) -> list[str]:
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - slow to import

    outcome = dbtRunner().invoke(arguments)
    results = getattr(outcome.result, "results", None) or ()
    if outcome.success:
        return [f"{result.node.schema}.{result.node.alias}" for result in results]
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    reasons = [f"{result.node.name}: {_reason(result.message)}" for result in results if result.status == "error"]
    reasons = reasons or [_reason(str(outcome.exception or "dbt gave no reason."))]
    more = f" And {len(reasons) - _REASONS} more." if len(reasons) > _REASONS else ""
    message = f"The reporting views could not be built. {' '.join(reasons[:_REASONS])}{more}"
    raise BillingError(message)


def _reason(text: str) -> str:
    """Put dbt's message on one line, without the path of the compiled file."""
    lines = (line.strip() for line in text.splitlines())
    return " ".join(line for line in lines if line and not line.startswith("compiled code at"))


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Lend variables to dbt, which can be told its connection in no other way that keeps passwords off the disk."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

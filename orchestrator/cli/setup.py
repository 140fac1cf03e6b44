"""billing up, down, url, demo: the database and the story."""

from __future__ import annotations

from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict

from orchestrator.cli.app import app
from orchestrator.config import Settings
from orchestrator.console import print_line, say
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.deployment import deploy
from orchestrator.embedded import server
from orchestrator.engine.database import Database, opened
from orchestrator.errors import NEEDS_PERSON, BillingError
from orchestrator.wording.money import counted

PIECE = 2_000
"""Records that are sealed at a time: less than a second."""


@app.command()
def up() -> None:
    """Make the database ready. Server, migrations, functions, reporting views; re-runnable."""
    settings = Settings.from_environment()
    for remark in [*deploy.ensure_deployed(settings), *deploy.settle_access(settings)]:
        say(remark)
    is_other = _put_back(settings)
    _seal(settings)
    say(
        f"The database is ready: {deploy.connection_url(settings)}"
        if settings.is_embedded
        else "The database is ready."
    )
    if is_other:
        raise typer.Exit(NEEDS_PERSON)


def _put_back(settings: Settings) -> bool:
    """Deploy again where somebody has changed what is declared; whether a person has to do the rest."""
    changed = deploy.differing(settings)
    if not changed:
        return False
    for remark in deploy.deploy(settings):
        say(remark)
    rest = deploy.differing(settings)
    for each in changed:
        say(f"{'Cannot be put back' if each in rest else 'Put back'}: {each.aspect.object}: {each.detail}.")
    return bool(rest)


def _seal(settings: Settings) -> None:
    """Seal what an earlier version numbered, in pieces: each is a transaction that others wait for."""
    sealed = 0
    with opened(settings, WORKER_ROLE, name="seal") as connection:
        database = Database(connection)
        while number := database.seal_records(limit=PIECE):
            sealed += number
    if sealed:
        say(f"Sealed as they are: {counted(sealed, 'record')} that an earlier version made final.")


@app.command()
def down() -> None:
    """Stop the embedded server; the data stays."""
    settings = Settings.from_environment()
    if not settings.is_embedded:
        raise BillingError("DATABASE_URL is set: that server is not ours to stop.")
    say("The server is stopped." if server.stop(settings) else "The server was not running.")


@app.command()
def url(
    role: Annotated[
        str | None, typer.Option(help="Connect as this role, such as billing_reader (default: the owner).")
    ] = None,
) -> None:
    """Print the connection string, for psql, dbt and BI tools."""
    settings = Settings.from_environment()
    connection_string = deploy.shown_url(settings, role)
    deploy.ensure_deployed(settings)
    print_line(connection_string)
    if role is not None and not settings.is_embedded:
        database = conninfo_to_dict(connection_string).get("dbname") or "billing"
        say(
            f"It has no password: that of DATABASE_URL opens more than {role}. Give each program a login of its own: "
            f"create role bi login password '...' in role {role}; grant connect on database {database} to bi;"
        )


@app.command()
def demo(
    *,
    fast: Annotated[bool, typer.Option("--fast", help="Leave no server running at the end.")] = False,
    step: Annotated[bool, typer.Option("--step", help="Wait for Enter before each step.")] = False,
) -> None:
    """Tell the story of a first quarter with 200 customers. On the embedded server."""
    from orchestrator.demo.story import tell  # noqa: PLC0415 - nobody else needs it

    tell(Settings.from_environment(), is_fast=fast, is_stepwise=step)

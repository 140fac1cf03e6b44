"""billing access: the people and programs that may use billing serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.app import app
from orchestrator.config import Settings
from orchestrator.console import print_line, print_table, say
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.engine.access import WebDatabase
from orchestrator.engine.database import connected
from orchestrator.web.access import hashed, new_secret

if TYPE_CHECKING:
    from datetime import datetime

access = typer.Typer(help="People and programs that may use `billing serve`.", no_args_is_help=True)
app.add_typer(access, name="access")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Of a person or a program.", show_default=False)]


@access.command()
def add(
    name: Name,
    role: Annotated[
        str, typer.Option(help="reader: reports; finance and approver: customers' documents too.", show_default=False)
    ],
) -> None:
    """Let somebody in. The secret is shown this once: password of the pages, and bearer token of the API."""
    secret = new_secret()
    with connected(Settings.from_environment(), WORKER_ROLE, name="access") as connection:
        WebDatabase(connection).add_access(name=name, role=role, token_sha256=hashed(secret))
    print_line(secret)
    say(f"{name} may use billing serve as {role}. The secret is shown this once.")


@access.command("list")
def list_() -> None:
    """List who has access, as what, and when last seen."""
    with connected(Settings.from_environment(), WORKER_ROLE, name="access") as connection:
        rows = WebDatabase(connection).standing_access()
    if not rows:
        say("Nobody has access.")
        return
    print_table(
        "Access to billing serve",
        ("name", "role", "since", "last seen"),
        [(each.name, each.role, _minute(each.created_at), _minute(each.last_used_at)) for each in rows],
    )


@access.command()
def revoke(name: Name) -> None:
    """Take the access away, at once and with every session."""
    with connected(Settings.from_environment(), WORKER_ROLE, name="access") as connection:
        WebDatabase(connection).revoke_access(name=name)
    say(f"{name} has no access any more.")


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M %Z}" if moment else "never"

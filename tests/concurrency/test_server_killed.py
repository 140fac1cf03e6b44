"""Kill -9 of the PostgreSQL server below `billing run` and `billing deliver`: exit 3, and the same command finishes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestrator.config import Settings
from orchestrator.deployment.deploy import OWNER, deploy
from orchestrator.embedded import cluster, server
from orchestrator.embedded.postmaster import recorded_postmaster
from stripe_sandbox import Sandbox
from tests.collection import Collection
from tests.month import AS_OF, PERIOD, Month, add_cards, with_sandbox, write_down

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 60
BILLING = Path(sys.executable).with_name("billing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command, running."""

    process: subprocess.Popen[str]

    def end(self) -> tuple[int, str]:
        """Wait for it: exit code and what it said on stderr."""
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said


def begin(settings: Settings, *arguments: str) -> Command:
    environment = {
        "BILLING_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url or "",
        "STRIPE_API_KEY": settings.stripe_api_key or "",
        "STRIPE_API_BASE": settings.stripe_api_base or "",
        "SMTP_URL": settings.smtp_url or "",
        "BILLING_PUBLIC_URL": settings.public_url,
    }
    command = [str(BILLING), *arguments, f"--as-of={AS_OF}"]
    return Command(
        process=subprocess.Popen(
            command, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    )


@pytest.fixture(scope="module")
def home() -> Iterator[Settings]:
    """An embedded server of the test's own, with January numbered."""
    directory = Path(tempfile.mkdtemp(prefix="billing-"))
    settings = Settings(home=directory / "home")
    deploy(settings)
    with psycopg.connect(server.address(settings, OWNER), autocommit=True) as connection:
        write_down(Collection(connection))
    yield settings
    server.stop(settings)
    shutil.rmtree(directory)


@pytest.fixture
def undisturbed_end(home: Settings) -> dict[str, object]:
    """What two commands bring on a copy of the database."""
    with psycopg.connect(server.address(home, cluster.SUPERUSER, "postgres"), autocommit=True) as admin:
        admin.execute(f"create database undisturbed template {cluster.DATABASE}".encode())
    url = server.address(home, cluster.SUPERUSER, "undisturbed")
    with Sandbox.start() as sandbox:
        month = Month(settings=with_sandbox(replace(home, database_url=url), sandbox), sandbox=sandbox)
        add_cards(sandbox)
        assert begin(month.settings, "run", PERIOD).end()[0] == 0
        return month.outcome()


@contextmanager
def held_at(settings: Settings, table: str) -> Iterator[psycopg.Connection]:
    """Nobody gets past this table as long as the block lasts, at whose end the server may be gone."""
    with suppress(psycopg.OperationalError), psycopg.connect(server.address(settings, cluster.SUPERUSER)) as connection:
        connection.execute(f"lock table billing.{table} in access exclusive mode".encode())
        yield connection


def kill_the_server_once_somebody_waits(settings: Settings, holder: psycopg.Connection) -> None:
    waiting = "select count(*) from pg_locks where not granted"
    deadline = time.monotonic() + PATIENCE
    while holder.execute(waiting).fetchone() == (0,):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    recorded = recorded_postmaster(settings.home / "postgres")
    assert recorded is not None
    os.kill(recorded.pid, signal.SIGKILL)


def test_the_server_is_killed_in_the_middle(home: Settings, undisturbed_end: dict[str, object]) -> None:
    with Sandbox.start() as sandbox:
        settings = with_sandbox(home, sandbox)
        add_cards(sandbox)
        for command, table in [
            (("run", PERIOD), "billing_runs"),
            (("run", PERIOD), "invoice_line_items"),
            (("run", PERIOD), "dunning_cases"),
            (("deliver",), "payment_applications"),
            (("deliver",), "email_attempts"),
        ]:
            server.ensure_running(home)
            with held_at(home, table) as holder:
                running = begin(settings, *command)
                kill_the_server_once_somebody_waits(home, holder)
                code, said = running.end()
                assert (code, "Traceback" in said) == (3, False), said
                assert said.splitlines()[-1].startswith("billing: The database did not answer as expected. ")
        code, said = begin(settings, "deliver").end()
        assert code == 0, said
        found = Month(settings=replace(home, database_url=server.address(home, cluster.SUPERUSER)), sandbox=sandbox)
        assert found.outcome() == undisturbed_end

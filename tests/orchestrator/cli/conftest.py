"""The command as a user types it: a process, its exit code, what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from orchestrator.deployment.database_access import close_to_public
from orchestrator.deployment.deploy import ROLES
from tests.given import Given

if TYPE_CHECKING:
    import psycopg

    from orchestrator.config import Settings

PROGRAM = Path(sys.executable).with_name("billing")


class Billing(Protocol):
    """Runs `billing` with arguments; `environment` adds variables."""

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def given(database: psycopg.Connection) -> Given:
    """A factory on the test's database, with a seller in Germany who bills in UTC."""
    return Given(database)


@pytest.fixture
def environment(settings: Settings, given: Given, admin: psycopg.Connection, tmp_path: Path) -> dict[str, str]:
    """The test's database as `billing up` leaves it, and a home of its own."""
    close_to_public(admin, roles=ROLES, are_logins=True, was_in_use=False)
    given.seller()
    return os.environ | {"DATABASE_URL": settings.database_url or "", "BILLING_HOME": str(tmp_path / "home")}


@pytest.fixture
def billing(environment: dict[str, str]) -> Billing:
    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [str(PROGRAM), *arguments]
        result = subprocess.run(command, env=environment | more, check=False, capture_output=True, text=True)
        assert "Traceback" not in result.stderr
        return result

    return run

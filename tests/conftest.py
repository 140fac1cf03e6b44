"""The database of the tests: one server for the whole run, deployed once, cloned for each test.

The server is made, started and deployed by the code under test. Its database `billing` is the template; a clone takes
about 40 ms. With xdist all workers share the server: the process that started pytest names its directory and ends it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from pytest_postgresql.janitor import DatabaseJanitor

from orchestrator.config import Settings
from orchestrator.deployment.deploy import OWNER, ROLES, deploy
from orchestrator.embedded import cluster, server

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
HOME = pytest.StashKey[Path]()
UNSAFE_BUT_FAST = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")

IS_CI = bool(os.environ.get("CI"))
"""There examples are the same each time: no commit fails for what another one did. Elsewhere they are new ones."""
hypothesis_settings.register_profile("billing", deadline=None, database=None, derandomize=IS_CI)
hypothesis_settings.load_profile("billing")


MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of our own is made in it
ENOUGH = 4 * 2**30


def _fast_directory() -> Path | None:
    """Memory, where there is enough of it: a database is cloned twenty times as fast there; else the usual place."""
    is_roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    return MEMORY if is_roomy else None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pg-bin", type=Path, help="bin directory of the PostgreSQL to test on (default: the embedded one)"
    )
    parser.addoption("--no-dbt", action="store_true", help="leave the reporting views out, for quick work on sql/")


def _require_own_tree() -> None:
    """The tests run the installed program, too: that of another checkout would be tested in half."""
    asked = [sys.executable, "-P", "-c", "import orchestrator; print(orchestrator.__file__)"]
    found = subprocess.run(asked, check=True, capture_output=True, text=True, cwd=tempfile.gettempdir()).stdout.strip()
    if not Path(found).is_relative_to(ROOT):
        raise pytest.UsageError(f"These are the tests of {ROOT}, but {sys.executable} runs {found}: make install.")


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", None)
    if given is None:
        _require_own_tree()
    home = given["home"] if given else tempfile.mkdtemp(prefix="billing-tests-", dir=_fast_directory())
    config.stash[HOME] = Path(home)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: pytest.Session) -> None:
    node.workerinput["home"] = str(node.config.stash[HOME])  # type: ignore[attr-defined] # a node of xdist


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or HOME not in config.stash:
        return
    home = config.stash[HOME]
    server.stop(Settings(home=home, postgres_bin=config.getoption("--pg-bin")))
    shutil.rmtree(home)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """A database of one test."""

    server: Settings
    name: str

    def url(self, user: str) -> str:
        return server.address(self.server, user, self.name)


class Connect(Protocol):
    """Opens one more connection to the test's database, as a role; closed when the test ends."""

    def __call__(self, role: str = OWNER) -> psycopg.Connection: ...


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Settings:
    """The running, deployed server of the whole test run."""
    settings = Settings(home=pytestconfig.stash[HOME], postgres_bin=pytestconfig.getoption("--pg-bin"))
    deployed = settings.home / "deployed"
    with _only_one(settings.home / "deploy.lock"):
        if not deployed.exists():
            with psycopg.connect(server.ensure_running(settings), autocommit=True) as connection:
                for setting in UNSAFE_BUT_FAST:
                    connection.execute(f"alter system set {setting} = off".encode())
                connection.execute("select pg_reload_conf()")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of dbt's and yoyo's own dependencies
                deploy(settings, with_dbt=not pytestconfig.getoption("--no-dbt"))
            deployed.touch()
    return settings


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


_numbers = count(1)


@pytest.fixture
def clone(postgres: Settings, worker_id: str) -> Iterator[Clone]:
    """A fresh copy of the deployed database, dropped after the test with whoever is still connected."""
    name = f"billing_{worker_id}_{next(_numbers)}"
    with DatabaseJanitor(
        user=cluster.SUPERUSER,
        host=str(server.socket_directory(postgres)),
        port=server.PORT,
        dbname=name,
        template_dbname=cluster.DATABASE,
    ):
        yield Clone(server=postgres, name=name)


@pytest.fixture
def settings(clone: Clone, tmp_path: Path) -> Settings:
    """Settings of a command under test: the clone as DATABASE_URL, and a home of its own."""
    return Settings(home=tmp_path / "home", database_url=clone.url(cluster.SUPERUSER))


@pytest.fixture
def database_url(clone: Clone) -> str:
    """The owner's connection string of the test's database."""
    return clone.url(OWNER)


@pytest.fixture
def connect(clone: Clone) -> Iterator[Connect]:
    with ExitStack() as opened:

        def open_one(role: str = OWNER) -> psycopg.Connection:
            assert role in {*ROLES, cluster.SUPERUSER}
            return opened.enter_context(psycopg.connect(clone.url(role), autocommit=True))

        yield open_one


@pytest.fixture
def database(connect: Connect) -> psycopg.Connection:
    """A connection as billing_owner, in autocommit, as every command has it."""
    return connect()


@pytest.fixture
def admin(connect: Connect) -> psycopg.Connection:
    """A connection as the superuser to the same database."""
    return connect(cluster.SUPERUSER)

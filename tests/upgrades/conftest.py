"""Databases as releases left them."""

from __future__ import annotations

import gzip
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_postgresql.janitor import DatabaseJanitor

from orchestrator.config import Settings
from orchestrator.embedded import cluster, server

if TYPE_CHECKING:
    from collections.abc import Iterator

DUMPS = sorted(Path(__file__).parent.glob("*.sql.gz"))


@contextmanager
def restored(dump: Path, postgres: Settings, worker_id: str, home: Path) -> Iterator[Settings]:
    """Restore a dump; the settings of its database."""
    name = f"upgrade_{worker_id}"
    host = str(server.socket_directory(postgres))
    with DatabaseJanitor(user=cluster.SUPERUSER, host=host, port=server.PORT, dbname=name):
        url = server.address(postgres, cluster.SUPERUSER, name)
        command = [str(server.binaries(postgres) / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", url]
        subprocess.run(command, check=True, input=gzip.decompress(dump.read_bytes()))
        yield Settings(home=home, database_url=url)


@pytest.fixture(params=DUMPS, ids=lambda path: path.name.removesuffix(".sql.gz"))
def released(request: pytest.FixtureRequest, postgres: Settings, worker_id: str, tmp_path: Path) -> Iterator[Settings]:
    """A database as a release left it."""
    with restored(request.param, postgres, worker_id, tmp_path / "home") as settings:
        yield settings

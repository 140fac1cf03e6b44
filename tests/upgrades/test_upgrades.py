"""A database of each release becomes that of this version: the same objects, the same books."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from pytest_postgresql.janitor import DatabaseJanitor

from orchestrator.config import Settings
from orchestrator.deployment.deploy import OWNER, deploy, differing
from orchestrator.embedded import cluster, server

if TYPE_CHECKING:
    from collections.abc import Iterator

DUMPS = sorted(Path(__file__).parent.glob("*.sql.gz"))
BOOKS = """
    select invoice_number, invoices.status, invoices.total::text, outstanding::text
    from billing.invoices inner join billing.invoice_balances using (invoice_id)
    order by invoice_id
"""


@pytest.fixture(params=DUMPS, ids=lambda path: path.name.removesuffix(".sql.gz"))
def released(request: pytest.FixtureRequest, postgres: Settings, worker_id: str, tmp_path: Path) -> Iterator[Settings]:
    """A database as a release left it."""
    name = f"upgrade_{worker_id}"
    host = str(server.socket_directory(postgres))
    with DatabaseJanitor(user=cluster.SUPERUSER, host=host, port=server.PORT, dbname=name):
        url = server.address(postgres, cluster.SUPERUSER, name)
        command = [str(server.binaries(postgres) / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", url]
        subprocess.run(command, check=True, input=gzip.decompress(request.param.read_bytes()))
        yield Settings(home=tmp_path / "home", database_url=url)


def test_an_upgraded_database_is_a_fresh_one_with_its_books(released: Settings) -> None:
    assert released.database_url is not None
    with psycopg.connect(released.database_url, autocommit=True) as connection:
        before = connection.execute(BOOKS).fetchall()
        assert len(before) > 5
        deploy(released)
        connection.execute(f"set role {OWNER}".encode())
        assert connection.execute(BOOKS).fetchall() == before
        assert connection.execute("select * from billing.broken_invariants()").fetchall() == []
    assert [(each.aspect.object, each.detail) for each in differing(released)] == []


def test_there_is_a_release_to_upgrade_from() -> None:
    assert DUMPS

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Protocol

import psycopg
import pytest

from orchestrator.deployment.deploy import OWNER
from orchestrator.embedded import cluster, server
from tests.given import Given

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from orchestrator.config import Settings

_numbers = count(1)


class Fresh(Protocol):
    """Opens a factory on a database of its own, for each example of a property."""

    def __call__(self) -> AbstractContextManager[Given]: ...


@pytest.fixture
def given(database: psycopg.Connection) -> Given:
    """A factory on the test's database, with a seller in Germany who bills in UTC."""
    return Given(database)


@pytest.fixture
def fresh(postgres: Settings, worker_id: str) -> Iterator[Fresh]:
    """Databases for the examples of a property: each example needs one, each test gets many."""
    with psycopg.connect(server.address(postgres, cluster.SUPERUSER, "postgres"), autocommit=True) as admin:

        @contextmanager
        def one() -> Iterator[Given]:
            name = f"example_{worker_id}_{next(_numbers)}"
            admin.execute(f"create database {name} template {cluster.DATABASE} strategy file_copy".encode())
            try:
                with psycopg.connect(server.address(postgres, OWNER, name), autocommit=True) as connection:
                    yield Given(connection)
            finally:
                admin.execute(f"drop database {name} with (force)".encode())

        yield one

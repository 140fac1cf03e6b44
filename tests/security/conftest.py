from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.given import Given

if TYPE_CHECKING:
    import psycopg


@pytest.fixture
def given(database: psycopg.Connection) -> Given:
    """A factory on the test's database, with a seller in Germany who bills in UTC."""
    return Given(database)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg


@pytest.fixture
def given(database: psycopg.Connection) -> Collection:
    """A factory on the test's database, with a seller in Germany whose invoices begin with INV."""
    return Collection(database)

"""A database of each release becomes that of this version: the same objects, the same books."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from orchestrator.deployment.deploy import OWNER, deploy, differing
from tests.upgrades.conftest import DUMPS

if TYPE_CHECKING:
    from orchestrator.config import Settings

BOOKS = """
    select invoice_number, invoices.status, invoices.total::text, outstanding::text
    from billing.invoices inner join billing.invoice_balances using (invoice_id)
    order by invoice_id
"""


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

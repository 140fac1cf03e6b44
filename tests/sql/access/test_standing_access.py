from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.web.access import hashed

if TYPE_CHECKING:
    import psycopg

    from orchestrator.engine.access import WebDatabase


def test_it_names_who_may_come_in_and_when_they_last_did(web: WebDatabase, database: psycopg.Connection) -> None:
    for name, role in (("ben", "reader"), ("anna", "approver"), ("gone", "reader")):
        web.add_access(name=name, role=role, token_sha256=hashed(name))
    database.execute("update billing.api_tokens set created_at = '2020-01-01', expires_at = now() where name = 'gone'")
    web.authenticate_api_token(token_sha256=hashed("ben"))
    found = [(each.name, each.role, each.last_used_at is not None) for each in web.standing_access()]
    assert found == [("anna", "approver", False), ("ben", "reader", True)]

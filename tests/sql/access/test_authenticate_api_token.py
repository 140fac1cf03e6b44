from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.web.access import hashed

if TYPE_CHECKING:
    import psycopg

    from orchestrator.engine.access import WebDatabase


def test_an_unknown_secret_opens_nothing(web: WebDatabase) -> None:
    assert web.authenticate_api_token(token_sha256=hashed("nobody")) is None


def test_an_expired_secret_opens_nothing(web: WebDatabase, database: psycopg.Connection) -> None:
    web.add_access(name="api", role="reader", token_sha256=hashed("secret"))
    database.execute("update billing.api_tokens set created_at = '2020-01-01', expires_at = '2020-01-02'")
    assert web.authenticate_api_token(token_sha256=hashed("secret")) is None


def test_the_time_of_use_is_noted_at_most_once_a_minute(web: WebDatabase, database: psycopg.Connection) -> None:
    web.add_access(name="api", role="reader", token_sha256=hashed("secret"))
    seen = []
    for _ in range(2):
        web.authenticate_api_token(token_sha256=hashed("secret"))
        row = database.execute("select last_used_at from billing.api_tokens").fetchone()
        assert row is not None
        seen.append(row[0])
    assert seen[0] is not None
    assert seen[0] == seen[1]

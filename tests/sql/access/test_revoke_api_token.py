from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.web.access import hashed

if TYPE_CHECKING:
    from orchestrator.web.functions import WebDatabase


def test_a_revoked_secret_opens_nothing(web: WebDatabase) -> None:
    web.create_api_token(name="api", role="reader", token_sha256=hashed("secret"), expires_at=None)
    assert web.revoke_api_token(name="api")
    assert web.authenticate_api_token(token_sha256=hashed("secret")) is None


def test_a_second_revocation_changes_nothing(web: WebDatabase) -> None:
    web.create_api_token(name="api", role="reader", token_sha256=hashed("secret"), expires_at=None)
    assert [web.revoke_api_token(name="api") for _ in range(2)] == [True, False]

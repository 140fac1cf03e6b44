from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError
from orchestrator.web.access import hashed

if TYPE_CHECKING:
    import psycopg

    from orchestrator.web.functions import WebDatabase


def create(web: WebDatabase, secret: str, *, name: str = "api", role: str = "reader") -> None:
    web.create_api_token(name=name, role=role, token_sha256=hashed(secret), expires_at=None)


def test_a_renewed_secret_replaces_the_one_before(web: WebDatabase) -> None:
    create(web, "first")
    create(web, "second", role="finance")
    assert web.authenticate_api_token(token_sha256=hashed("first")) is None
    found = web.authenticate_api_token(token_sha256=hashed("second"))
    assert found is not None
    assert (found.name, found.role, found.database_role) == ("api", "finance", "billing_worker")


def test_other_names_keep_their_secrets(web: WebDatabase) -> None:
    create(web, "one", name="one")
    create(web, "two", name="two")
    assert web.authenticate_api_token(token_sha256=hashed("one")) is not None


def test_an_unknown_role_is_refused(web: WebDatabase) -> None:
    with pytest.raises(BillingError, match="There is no role admin"):
        create(web, "secret", role="admin")


@pytest.mark.parametrize("name", ["", " api", "x" * 101])
def test_a_name_is_a_name(web: WebDatabase, name: str) -> None:
    with pytest.raises(BillingError, match="token_name_is_not_blank"):
        create(web, "secret", name=name)


def test_what_is_not_a_hash_is_refused(web: WebDatabase) -> None:
    with pytest.raises(BillingError, match="token_sha256_has_32_bytes"):
        web.create_api_token(name="api", role="reader", token_sha256=b"secret", expires_at=None)


def test_revoked_rows_stay(web: WebDatabase, database: psycopg.Connection) -> None:
    create(web, "first")
    create(web, "second")
    rows = database.execute("select name, revoked_at is not null from billing.api_tokens order by api_token_id")
    assert rows.fetchall() == [("api", True), ("api", False)]

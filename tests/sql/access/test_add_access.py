from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError
from orchestrator.web.access import hashed

if TYPE_CHECKING:
    import psycopg

    from orchestrator.engine.access import WebDatabase


def add(web: WebDatabase, secret: str, *, name: str = "anna", role: str = "reader") -> None:
    web.add_access(name=name, role=role, token_sha256=hashed(secret))


@pytest.mark.parametrize(
    ("role", "database_role"),
    [("reader", "billing_reader"), ("finance", "billing_worker"), ("approver", "billing_worker")],
)
def test_a_secret_is_its_owners_with_a_role(web: WebDatabase, role: str, database_role: str) -> None:
    add(web, "secret", role=role)
    found = web.authenticate_api_token(token_sha256=hashed("secret"))
    assert found is not None
    assert (found.name, found.role, found.database_role) == ("anna", role, database_role)


def test_a_name_that_has_access_is_not_given_another(web: WebDatabase) -> None:
    add(web, "first")
    with pytest.raises(BillingError, match="Access named anna is there already"):
        add(web, "second")
    assert web.authenticate_api_token(token_sha256=hashed("first")) is not None


def test_an_unknown_role_is_refused(web: WebDatabase) -> None:
    with pytest.raises(BillingError, match=r"There is no role admin\. Roles are finance, approver and reader\."):
        add(web, "secret", role="admin")


@pytest.mark.parametrize("name", ["", " anna", "x" * 101])
def test_a_name_is_a_name(web: WebDatabase, name: str) -> None:
    with pytest.raises(BillingError, match="token_name_is_not_blank"):
        add(web, "secret", name=name)


def test_what_is_not_a_hash_is_refused(web: WebDatabase) -> None:
    with pytest.raises(BillingError, match="token_sha256_has_32_bytes"):
        web.add_access(name="anna", role="reader", token_sha256=b"secret")


def test_who_was_revoked_may_be_added_again_and_the_row_stays(web: WebDatabase, database: psycopg.Connection) -> None:
    add(web, "first")
    web.revoke_access(name="anna")
    add(web, "second", role="finance")
    assert web.authenticate_api_token(token_sha256=hashed("first")) is None
    rows = database.execute("select role, revoked_at is not null from billing.api_tokens order by api_token_id")
    assert rows.fetchall() == [("reader", True), ("finance", False)]

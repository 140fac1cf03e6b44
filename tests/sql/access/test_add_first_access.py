from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.web.access import hashed
from orchestrator.web.serve import first_secret

if TYPE_CHECKING:
    from orchestrator.engine.access import WebDatabase


def test_the_first_start_makes_access_and_later_ones_change_nothing(web: WebDatabase) -> None:
    secret = first_secret(web)
    assert secret is not None
    assert first_secret(web) is None
    found = web.authenticate_api_token(token_sha256=hashed(secret))
    assert found is not None
    assert (found.name, found.role) == ("admin", "approver")


def test_access_that_was_there_before_or_was_taken_away_is_not_replaced(web: WebDatabase) -> None:
    web.add_access(name="anna", role="reader", token_sha256=hashed("secret"))
    assert first_secret(web) is None
    web.revoke_access(name="anna")
    assert first_secret(web) is None
    assert web.standing_access() == []

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError
from orchestrator.web.access import hashed

if TYPE_CHECKING:
    from orchestrator.engine.access import WebDatabase


def test_it_is_taken_from_one_and_others_keep_theirs(web: WebDatabase) -> None:
    for name in ("anna", "ben"):
        web.add_access(name=name, role="finance", token_sha256=hashed(name))
    web.revoke_access(name="anna")
    assert web.authenticate_api_token(token_sha256=hashed("anna")) is None
    assert [each.name for each in web.standing_access()] == ["ben"]


def test_who_has_none_is_named(web: WebDatabase) -> None:
    with pytest.raises(BillingError, match="Nobody named anna has access"):
        web.revoke_access(name="anna")

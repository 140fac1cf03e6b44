from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given

pytestmark = pytest.mark.usefixtures("numbered")


@pytest.mark.parametrize(
    "change",
    [
        "update billing.documents set pdf = 'x', pdf_sha256 = sha256('x')",
        "update billing.documents set rendered_at = now()",
        "delete from billing.documents",
    ],
)
def test_a_stored_pdf_does_not_change(given: Given, change: str) -> None:
    with pytest.raises(psycopg.Error, match="is final") as refusal:
        given.connection.execute(change.encode())
    assert refusal.value.sqlstate == "UB002"


def test_a_document_that_is_to_be_rendered_may_change(given: Given) -> None:
    given.run("2026-03")
    given.connection.execute("update billing.documents set prepaid_amount = 1 where pdf is null")

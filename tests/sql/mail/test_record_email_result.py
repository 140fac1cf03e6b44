from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    from psycopg import Connection

CLAIM = (
    "select subject_id, claim from billing.claim_emails('given', 1, interval '1 hour', 'infinity', false, 'infinity')"
)


@pytest.mark.parametrize("result", ["sent", "refused", "failed", "unknown"])
def test_whoever_lost_the_claim_says_nothing_of_the_mail(database: Connection, result: str) -> None:
    given = Collection(database)
    given.issued("100.00")
    email, late = given.connection.execute(CLAIM).fetchone() or ()
    given.connection.execute("update billing.work_items set claim_expires_at = now() - interval '1 minute'")
    assert given.connection.execute(CLAIM).fetchone() == (email, late + 1)
    error = None if result == "sent" else "too late"
    with pytest.raises(psycopg.Error, match="was lost") as refusal:
        given.connection.execute("select billing.record_email_result(%s, %s, %s, %s)", (email, late, result, error))
    assert refusal.value.sqlstate == "UB003"
    assert given.value("select state from billing.emails") == "queued"

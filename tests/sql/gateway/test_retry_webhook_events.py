"""What earlier versions called failed, and the migration that puts right what a lock had stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator import resources

if TYPE_CHECKING:
    from tests.collection import Collection


def migrate(given: Collection) -> None:
    (migration,) = resources.folder("migrations").glob("*_retry_webhook_events.sql")
    _, update, rest = migration.read_text(encoding="utf-8").partition("update billing.webhook_events")
    given.connection.execute((update + rest).encode())


@pytest.mark.parametrize(
    ("outcome", "becomes"),
    [
        ("failed: canceling statement due to lock timeout", "waiting"),
        ("failed: canceling statement due to statement timeout", "waiting"),
        ("failed: could not extend file: No space left on device", "waiting"),
        ("failed: invoice INV-1 is in EUR, the payment in USD", "failed"),
        ("failed: what it refers to never came", "as it was"),
        ("paid INV-1", "as it was"),
    ],
)
def test_what_a_lock_had_stopped_goes_back_into_the_inbox(given: Collection, outcome: str, becomes: str) -> None:
    given.event("payment_intent.succeeded", {"id": "pi_1"})
    given.connection.execute("alter table billing.webhook_events drop constraint outcomes_have_a_kind")
    given.connection.execute("update billing.webhook_events set processed_at = now(), outcome = %s", (outcome,))
    migrate(given)
    assert becomes == given.value(
        "select case when processed_at is null then 'waiting' when failed_at is not null then 'failed' "
        "else 'as it was' end from billing.webhook_events"
    )

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.rows import dict_row

from orchestrator.engine.database import Database
from orchestrator.engine.webhooks import DisputeStatus, EventKind, WebhookEvent
from orchestrator.gateway.port import NoEventError
from orchestrator.gateway.stripe.events import declined, translated
from tests.orchestrator.gateway.stripe.told import EVENTS, told

if TYPE_CHECKING:
    import psycopg


def test_each_kind_of_event_is_told_by_one_of_stripe() -> None:
    assert {translated(event).kind for event in EVENTS} == set(get_args(EventKind))


def test_an_event_is_stored_as_it_was_translated(database: psycopg.Connection) -> None:
    for event in map(translated, EVENTS):
        Database(database).receive_webhook_event(event)
        with database.cursor(row_factory=dict_row) as cursor:
            query = "select * from billing.webhook_events where webhook_event_id = %s"
            stored = cursor.execute(query, (event.webhook_event_id,)).fetchone()
        assert stored is not None
        assert {name: stored[name] for name in asdict(event)} == asdict(event)


@pytest.mark.parametrize(
    ("constraint", "words"),
    [("event_kind_is_known", EventKind), ("told_dispute_status_is_known", DisputeStatus)],
)
def test_the_database_knows_the_same_words(database: psycopg.Connection, constraint: str, words: object) -> None:
    query = "select pg_get_constraintdef(oid) from pg_constraint where conname = %s"
    (definition,) = database.execute(query, (constraint,)).fetchone() or ("",)
    assert {part for part in definition.split("'") if part.isidentifier()} == set(get_args(words))


@pytest.mark.parametrize(
    ("advice", "kind"),
    [
        ("confirm_card_data", "hard"),
        ("do_not_try_again", "hard"),
        ("try_again_later", "soft"),
        ("never_heard_of", None),
        (None, None),
    ],
)
def test_the_advice_of_stripe_is_a_kind_of_failure(advice: str | None, kind: str | None) -> None:
    assert declined(code="card_declined", decline_code="expired_card", advice_code=advice).failure_kind == kind


@pytest.mark.parametrize(
    ("code", "decline_code", "reason"),
    [
        ("card_declined", "expired_card", "expired_card"),
        ("card_declined", "generic_decline", "card_declined"),
        ("authentication_required", None, "authentication_required"),
        (None, None, "card_declined"),
        (None, "generic_decline", "card_declined"),
    ],
)
def test_a_decline_has_the_most_telling_reason(code: str | None, decline_code: str | None, reason: str) -> None:
    assert declined(code=code, decline_code=decline_code, advice_code=None).code == reason


@pytest.mark.parametrize("missing", ["id", "type", "created"])
def test_without_id_type_or_time_it_is_no_event(missing: str) -> None:
    with pytest.raises(NoEventError):
        translated({name: value for name, value in EVENTS[0].items() if name != missing})


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=3)
NAMES = ["id", "object", "amount", "status", "metadata", "currency", "last_payment_error", "invoice_settings", "charge"]


@given(
    kind=st.sampled_from(sorted({str(event["type"]) for event in EVENTS})),
    thing=JSON | st.dictionaries(st.sampled_from(NAMES), JSON),
)
def test_what_is_not_as_stripe_writes_it_is_left_out(kind: str, thing: object) -> None:
    event = translated(told(kind, "x") | {"data": {"object": thing}})
    assert isinstance(event, WebhookEvent)
    assert event.amount is None or isinstance(event.amount, int)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("failed", "refund_failed"),
        ("canceled", "refund_failed"),
        ("succeeded", "refund_pending"),
        ("pending", "refund_pending"),
    ],
)
def test_a_refund_that_came_to_nothing_has_failed(status: str, kind: str) -> None:
    assert translated(told("refund.updated", "refund", status=status)).kind == kind

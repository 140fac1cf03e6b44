"""What Stripe had told, and what was spelled in references, is in columns after an upgrade."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from orchestrator.deployment.deploy import deploy
from orchestrator.gateway.stripe.events import translated
from tests.orchestrator.gateway.stripe.told import EVENTS, told
from tests.upgrades.conftest import DUMPS, restored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.config import Settings

REVERSALS = """
    insert into billing.disputes (dispute_id, stripe_payment_intent_id, status)
    values ('du_1', 'pi_4', 'needs_response'), ('du_2', 'pi_4', 'warning_needs_response');
    insert into billing.payment_reversals (payment_id, minor_units, amount, kind, reference, reversed_on)
    values
    (3, 2, 5, 'chargeback', 'du_1', '2026-03-12'),
    (3, 2, 5, 'chargeback', 'du_1-3', '2026-03-12'),
    (3, 2, 1, 'refund', 'ch_1-refunded-100', '2026-03-12'),
    (3, 2, 1, 'refund', 'ch_1-refunded-100-3-2', '2026-03-12'),
    (1, 2, 119, 'bank_return', 'bank-transaction-2-1', '2026-03-12'),
    (1, 2, -119, 'bank_return', 'bank-transaction-2-1-undone', '2026-03-12');
    insert into billing.payments (customer_id, amount, currency, minor_units, method, received_on, reference)
    values (4, 1, 'EUR', 2, 'card', '2026-03-12', 'ch_1-refunded-100')
"""
CAUSES = """
    select reference, dispute_id, provider_charge_id, refunded_so_far, bank_transaction_id,
    (select undone.reference from billing.payment_reversals as undone
    where undone.payment_reversal_id = reversals.undoes_reversal_id)
    from billing.payment_reversals as reversals order by payment_reversal_id
"""


OUTCOMES = {
    "paid INV-2026-02-0001": "done",
    "refund failed: 30.00": "done",
    "ignored: known before": "known",
    "ignored: it is for none of our invoices": "ignored",
    "ignored": "ignored",
    "failed: what it refers to never came": "failed",
}
WON = told("charge.dispute.closed", "dispute", id="du_1", payment_intent="pi_4", amount=1000, status="won")


@pytest.fixture(scope="module")
def connection(
    postgres: Settings, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[psycopg.Connection]:
    """A database of 0.2.0 to which Stripe had told much, upgraded."""
    (dump,) = (each for each in DUMPS if each.name.startswith("0.2.0"))
    with restored(dump, postgres, worker_id, tmp_path_factory.mktemp("home")) as settings:
        assert settings.database_url is not None
        with psycopg.connect(settings.database_url, autocommit=True) as connected:
            connected.execute(REVERSALS)
            for event in (*EVENTS, WON):
                store(connected, event)
            for outcome in OUTCOMES:
                store(connected, told("customer.created", "customer"), outcome)
            deploy(settings, with_dbt=False)
            yield connected


def store(connection: psycopg.Connection, event: Mapping[str, object], outcome: str | None = None) -> None:
    """Store an event as 0.2.0 did."""
    at = translated(event)
    connection.execute(
        "insert into billing.webhook_events (webhook_event_id, event_type, occurred_at, stripe_payment_intent_id, "
        "stripe_customer_id, payload, processed_at, outcome) values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(at.webhook_event_id, at.event_type, at.occurred_at, at.provider_intent_id, at.provider_customer_id),
            *(Jsonb(event), at.occurred_at if outcome else None, outcome),
        ),
    )


def test_stored_events_read_as_if_they_came_today(connection: psycopg.Connection) -> None:
    with connection.cursor(row_factory=dict_row) as cursor:
        stored = {row["webhook_event_id"]: row for row in cursor.execute("select * from billing.webhook_events")}
    for event in map(translated, EVENTS):
        columns = asdict(event)
        assert {name: stored[event.webhook_event_id][name] for name in columns} == columns


def test_outcomes_have_their_kind(connection: psycopg.Connection) -> None:
    query = "select outcome, outcome_kind from billing.webhook_events where event_type = 'customer.created'"
    assert dict(connection.execute(query).fetchall()) == OUTCOMES


def test_what_took_money_back_is_in_columns(connection: psycopg.Connection) -> None:
    assert connection.execute(CAUSES).fetchall() == [
        ("du_1", "du_1", None, None, None, None),
        ("du_1-3", "du_1", None, None, None, None),
        ("ch_1-refunded-100", None, "ch_1", 100, None, None),
        ("ch_1-refunded-100-3-2", None, "ch_1", 100, None, None),
        ("bank-transaction-2-1", None, None, None, 2, None),
        ("bank-transaction-2-1-undone", None, None, None, None, "bank-transaction-2-1"),
    ]


def test_money_that_came_back_is_known_by_what_had_taken_it(connection: psycopg.Connection) -> None:
    query = (
        "select reversals.reference from billing.payments inner join billing.payment_reversals as reversals "
        "using (payment_reversal_id) where payments.reference = 'ch_1-refunded-100'"
    )
    assert connection.execute(query).fetchall() == [("ch_1-refunded-100",)]


def test_what_still_waits_is_processed_after_the_upgrade(connection: psycopg.Connection) -> None:
    statuses = "select status from billing.disputes order by dispute_id"
    assert connection.execute(statuses).fetchall() == [("open",), ("warning",)]
    process = "select billing.process_webhook_event(%s, '2026-03-20')"
    assert connection.execute(process, (WON["id"],)).fetchall() == [("dispute won",)]
    returned = "select count(*), sum(amount) from billing.payments where reference in ('du_1', 'du_1-3')"
    assert connection.execute(returned).fetchall() == [(2, 10)]

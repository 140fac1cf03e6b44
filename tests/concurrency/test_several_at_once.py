"""Several processes with the same idea: everything happens once, and nobody waits for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.engine.database import Database, opened
from orchestrator.gateway.events import process_inbox
from orchestrator.gateway.stripe.gateway import StripeGateway
from tests.at_once import at_once
from tests.month import AS_OF, deliver, number

if TYPE_CHECKING:
    from orchestrator.config import Settings
    from tests.concurrency.fixtures import Crowd

DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"
"""None, although each would be tried again: locks are taken in one order."""


def test_runs_of_one_month_at_once_bill_it_once(crowd: Crowd) -> None:
    month = crowd({None: 60})
    assert sorted(at_once(*[lambda: number(month.settings)] * 3)) == [0, 0, 60]
    numbers = "select array_agg(right(invoice_number, 4)::integer order by customer_id) from billing.invoices"
    assert month.value(numbers) == list(range(1, 61))
    assert month.value(DEADLOCKS) == 0


def test_deliveries_of_ten_workers_at_once_do_everything_once(crowd: Crowd) -> None:
    month = crowd({"ok": 25, "insufficient_funds": 5, None: 30})
    number(month.settings)
    month.refuse_second_claims()
    deliveries = at_once(*[lambda: deliver(month.settings, workers=10)] * 2)
    assert [delivery.failed for delivery in deliveries] == [{}, {}]
    assert sum((delivery.done for delivery in deliveries), start=type(deliveries[0].done)()) == {
        "PDFs": 60,
        "charges": 30,
        "e-mails": 60,
    }
    assert [amount for _, amount in month.charged()] == [100_00] * 25
    assert len(dict(month.charged())) == 25
    assert set(month.mails().values()) == {1}
    assert month.value(DEADLOCKS) == 0
    assert month.outcome()["broken"] == []


def test_events_that_come_twice_backwards_and_before_the_answer(crowd: Crowd) -> None:
    month = crowd({"ok": 12, "insufficient_funds": 12})
    number(month.settings)
    is_over = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        receivers = [pool.submit(receive_until, is_over, month.settings) for _ in range(2)]
        delivery = deliver(month.settings, workers=8)
        is_over.set()
        for receiver in receivers:
            receiver.result()
    assert delivery.failed == {}
    assert len(month.charged()) == 12
    assert month.value("select count(*) from billing.payments") == 12
    assert month.value("select count(*) from billing.invoices where status = 'paid'") == 12
    states = (
        "select jsonb_object_agg(state, cases) from (select state, count(*) as cases from {} group by state) as all_"
    )
    assert month.value(states.format("billing.dunning_cases")) == {"paid": 12, "retry_scheduled": 12}
    assert month.value(states.format("billing.payment_attempts")) == {"succeeded": 12, "declined": 12}
    assert month.value("select count(*) from billing.webhook_events where outcome like 'failed%'") == 0
    assert month.value(DEADLOCKS) == 0
    assert month.outcome()["broken"] == []


def receive_until(is_over: threading.Event, settings: Settings) -> None:
    """Receive everything there is, newest first and twice, as often as possible, and once more at the end."""
    gateway = StripeGateway(settings)
    with opened(settings, WORKER_ROLE, name="webhooks") as connection:
        database = Database(connection)
        is_last = False
        while not is_last:
            is_last = is_over.is_set()
            for event in 2 * list(reversed(list(gateway.events_since(None)))):
                database.receive_webhook_event(event)
            process_inbox(database, as_of=AS_OF)

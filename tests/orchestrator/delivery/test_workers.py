"""Workers of one delivery."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.delivery.workers import Deliverer
from orchestrator.delivery.works import Documents
from orchestrator.documents.renderer import RenderError
from tests.collection import Collection
from tests.month import AS_OF, PlainRenderer, deliver, number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import psycopg

    from orchestrator.config import Settings
    from orchestrator.engine.database import Database

PATIENCE = 20.0
"""Seconds after which a test fails that would wait for a worker who has left."""


@dataclass
class Chain:
    """A piece of work that ends when another worker has found nothing, and brings two that take two workers at once."""

    name = "chain"
    subject = "a link"
    left: int = 1
    idle: threading.Event = field(default_factory=threading.Event)
    pair: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def claim(self, database: Database, *, worker: str, not_failed_since: datetime) -> Chain | None:
        del database, worker, not_failed_since
        with self.lock:
            if self.left == 0:
                self.idle.set()
                return None
            self.left -= 1
            return self

    def perform(self, database: Database) -> None:
        del database
        if self.idle.is_set():
            self.pair.wait(PATIENCE)
        else:
            assert self.idle.wait(PATIENCE)
            self.left = 2


class NoFont(PlainRenderer):
    def render(self, document: Mapping[str, object]) -> bytes:
        raise RenderError(f"{document['number']} could not be rendered: no font.")


def bill_two(database: psycopg.Connection, settings: Settings) -> Collection:
    given = Collection(database)
    for _ in range(2):
        given.subscription(given.customer(), given.flat_plan())
    number(settings)
    return given


def test_who_finds_nothing_waits_for_what_the_others_bring(settings: Settings, database: psycopg.Connection) -> None:
    bill_two(database, settings)
    delivery = Deliverer(settings, [Chain()], workers=2).deliver(advance=lambda _: None)
    assert (dict(delivery.done), delivery.failed) == ({"chain": 3}, {})


def test_a_document_that_cannot_be_rendered_is_given_back_with_the_reason(
    settings: Settings, database: psycopg.Connection
) -> None:
    given = bill_two(database, settings)
    work = Documents(NoFont(), as_of=AS_OF, public_url="", has_gateway=False)
    assert deliver(settings, kinds=[work]).exit_code() == 3
    claims = "select claimed_by, last_error from billing.work_items order by subject_id"
    assert given.connection.execute(claims).fetchall() == [
        (None, f"INV-2026-02-000{n} could not be rendered: no font.") for n in (1, 2)
    ]

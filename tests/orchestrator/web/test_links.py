from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from orchestrator.web.links import LINKS_AT_ONCE, Links
from orchestrator.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "A" * 32


@dataclass
class Recorded:
    """Connections to a database that has numbered some invoices, and finds none of them."""

    numbered: int = 0
    calls: int = 0

    @contextmanager
    def working(self) -> Iterator[Recorded]:
        yield self

    def link_invoices(self, *, limit: int) -> int:
        self.calls += 1
        linked = min(self.numbered, limit)
        self.numbered -= linked
        return linked

    def invoice_by_link_token(self, *, token: str) -> None:
        assert token == TOKEN


def test_every_new_invoice_is_linked_however_many_there_are() -> None:
    connections = Recorded(numbered=LINKS_AT_ONCE * 2 + 1)
    Links(connections).find(TOKEN, address="a")  # type: ignore[arg-type] # what a test needs of them
    assert connections.numbered == 0


def test_a_flood_of_wrong_links_is_not_a_flood_of_work() -> None:
    connections = Recorded()
    links = Links(connections)  # type: ignore[arg-type] # what a test needs of them
    for number in range(200):
        assert links.find(TOKEN, address=str(number)) is None
    assert connections.calls < 10


def test_what_cannot_be_a_link_is_counted_without_asking_the_database() -> None:
    connections = Recorded()
    links = Links(connections)  # type: ignore[arg-type] # what a test needs of them
    for _ in range(10):
        links.find("short", address="a")
    with pytest.raises(Problem, match="too many requests"):
        links.find("short", address="a")
    assert connections.calls == 0

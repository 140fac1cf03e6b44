"""The SQL sessions of examples/ print what is committed beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.embedded import server
from scripts.examples import examples, role_of, session
from tests.orchestrator.web.story import play

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Clone


def test_examples_print_their_committed_output(clone: Clone, database: psycopg.Connection) -> None:
    play(database)
    printed = {
        example.name: session(example, clone.url(role_of(example)), server.binaries(clone.server))
        for example in examples()
    }
    assert printed
    assert printed == {
        example.name: example.with_suffix(".out").read_text(encoding="utf-8") for example in examples()
    }, "renew them with: make examples"

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.conftest import Connect
    from tests.given import Given

APPEND = """select billing.append_audit_entry('2026-03-01', 'invoice', %s, 'a', 'b', 'because of "ü"')"""


def test_the_chain_can_be_recomputed_outside_the_database(given: Given) -> None:
    for subject in ("one", "two", "three"):
        given.connection.execute(APPEND, (subject,))
    previous = b""
    for entry, epoch, days, *texts, stored in given.connection.execute(
        """
        select
            entry, extract(epoch from recorded_at)::text, business_date - date '2000-01-01', actor, topic, subject,
            from_state, to_state, reason, hash
        from billing.audit_log order by entry
        """
    ):
        document = f"[{entry}, {epoch}, {days}, {json.dumps(texts, ensure_ascii=False)}]"
        previous = hashlib.sha256(previous + document.encode()).digest()
        assert previous == stored


def test_writers_queue_so_that_the_chain_has_one_end(given: Given, connect: Connect) -> None:
    other = connect()
    other.execute("set lock_timeout = '50ms'")
    with given.connection.transaction():
        given.connection.execute(APPEND, ("one",))
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(APPEND, ("two",))
    other.execute(APPEND, ("two",))
    assert given.broken() == []


def test_an_entry_that_is_rolled_back_leaves_no_gap(given: Given) -> None:
    with given.connection.transaction(force_rollback=True):
        given.connection.execute(APPEND, ("one",))
    given.connection.execute(APPEND, ("two",))
    assert given.value("select array_agg(entry) from billing.audit_log") == [1]

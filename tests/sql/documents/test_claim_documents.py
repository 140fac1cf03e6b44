from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Connect
    from tests.given import Given

pytestmark = pytest.mark.usefixtures("three")


def claim(
    connection: psycopg.Connection, *, limit: int = 10, lease: str = "1 hour", failed_since: str = "-infinity"
) -> list[tuple[int, int]]:
    return connection.execute(
        "select subject_id, claim from billing.claim_documents('w', %s, %s::interval, %s, 'infinity')",
        (limit, lease, failed_since),
    ).fetchall()


def test_a_claimed_document_is_nobody_elses(given: Given, connect: Connect) -> None:
    first = claim(given.connection, limit=2)
    second = claim(connect())
    assert (len(first), len(second)) == (2, 1)
    assert {document for document, _ in first}.isdisjoint(document for document, _ in second)


def test_workers_do_not_wait_for_each_other(given: Given, connect: Connect) -> None:
    other = connect()
    other.execute("set lock_timeout = '1s'")
    with given.connection.transaction():
        assert len(claim(given.connection, limit=2)) == 2
        assert len(claim(other)) == 1


def test_claims_are_made_in_the_order_of_the_numbers(given: Given) -> None:
    query = (
        "select array_agg(name order by i) from billing.claim_documents('w', 2, '1h', now(), 'infinity') "
        "with ordinality as c (subject_id, name, claim, i)"
    )
    numbers = given.value(query)
    assert isinstance(numbers, list)
    assert sorted(numbers) == ["INV-2026-02-0001", "INV-2026-02-0002"]


def test_an_expired_lease_is_free_again_with_the_next_attempt(given: Given, connect: Connect) -> None:
    claim(given.connection, lease="0")
    assert {attempt for _, attempt in claim(connect())} == {2}


def test_the_claims_of_a_worker_that_is_gone_are_free_at_once(given: Given, connect: Connect) -> None:
    gone = connect("billing_worker")
    assert len(claim(gone)) == 3
    gone.close()
    deadline = time.monotonic() + 5
    while not (found := claim(given.connection)) and time.monotonic() < deadline:
        pass
    assert {attempt for _, attempt in found} == {2}


def test_what_failed_waits_for_the_next_delivery(given: Given) -> None:
    for document, attempt in claim(given.connection):
        given.connection.execute("select billing.give_back_work('document', %s, %s, 'no font')", (document, attempt))
    assert claim(given.connection) == []
    assert len(claim(given.connection, failed_since="infinity")) == 3


def test_rendered_documents_are_not_claimed(given: Given) -> None:
    given.deliver()
    assert claim(given.connection, failed_since="infinity") == []

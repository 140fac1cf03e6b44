"""Whatever workers claim: they never wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Connect

CLAIMS = {
    "documents": "subject_id from billing.claim_documents('w', 1, '1 hour', 'infinity', 'infinity')",
    "emails": "subject_id from billing.claim_emails('w', 1, '1 hour', 'infinity', true, 'infinity')",
    "payment_attempts": "subject_id from billing.claim_work('charge', 'w', 1, '1h', 'infinity', 'infinity')",
    "refunds": "subject_id from billing.claim_work('refund', 'w', 1, '1 hour', 'infinity', 'infinity')",
}


@pytest.fixture(params=CLAIMS)
def claim(request: pytest.FixtureRequest, connect: Connect) -> bytes:
    """The claim of one piece of work, of which there are three."""
    given = Collection(connect())
    paid = [given.issued("100.00", method="charge_automatically") for _ in range(3)]
    for bill in paid:
        given.charge(bill)
    for _ in range(3):
        given.issued("7.00", method="charge_automatically")
    for bill in paid:
        given.credited(bill, "30.00")
    return f"select {CLAIMS[request.param]}".encode()


def impatient(connect: Connect) -> psycopg.Connection:
    """A worker that fails where it would have to wait."""
    connection = connect()
    connection.execute("set lock_timeout = '1s'")
    return connection


def test_a_worker_claims_what_is_left_beside_another(connect: Connect, claim: bytes) -> None:
    one, other = connect(), impatient(connect)
    with one.transaction():
        first = one.execute(claim).fetchall()
        second = other.execute(claim).fetchall()
    assert (len(first), len(second), first != second) == (1, 1, True)


def test_a_worker_that_connects_meanwhile_is_not_taken_for_gone(connect: Connect, claim: bytes) -> None:
    first, second = connect(), connect()
    first.execute(claim)
    with second.transaction():
        second.execute(claim)  # looks at who is connected
        assert len(impatient(connect).execute(claim).fetchall()) == 1
        assert second.execute(claim).fetchall() == []

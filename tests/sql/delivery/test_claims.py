"""Whatever workers claim: they never wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    from tests.conftest import Connect

CLAIMS = {
    "emails": "email_id from billing.claim_emails('w', 1, '1 hour', 'infinity', true)",
    "payment_attempts": "payment_attempt_id from billing.claim_payment_attempts('w', 1, '1 hour', 'infinity')",
    "refunds": "refund_id from billing.claim_refunds('w', 1, '1 hour', 'infinity')",
}


@pytest.mark.parametrize("queue", CLAIMS)
def test_a_worker_claims_what_is_left_beside_another(connect: Connect, queue: str) -> None:
    given, other = Collection(connect()), connect()
    for _ in range(2):
        paid = given.issued("100.00", method="charge_automatically")
        given.charge(paid)
        given.credited(paid, "30.00")
    for _ in range(2):
        given.issued("7.00", method="charge_automatically")
    claim = f"select {CLAIMS[queue]}".encode()
    other.execute("set lock_timeout = '1s'")
    with given.connection.transaction():
        first = given.connection.execute(claim).fetchall()
        second = other.execute(claim).fetchall()
    assert (len(first), len(second), first != second) == (1, 1, True)

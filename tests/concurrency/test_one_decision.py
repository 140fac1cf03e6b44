"""Of several decisions about one bank entry one wins, and its money counts once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.at_once import at_once
from tests.collection import given

if TYPE_CHECKING:
    from tests.collection import Collection

__all__ = ["given"]

ASSIGN = "select billing.assign_bank_transaction({id}, array['{number}'], '2026-03-20', true)"
ACCOUNT = "select billing.assign_bank_transaction_to_account({id}, '{account}', '2026-03-20')"
IGNORE = "select billing.ignore_bank_transaction({id}, 'interest')"
UNDO = "select billing.undo_bank_transaction({id}, 'wrong', '2026-03-20')"


def wins(dsn: str, command: str) -> bool:
    with psycopg.connect(dsn, autocommit=True) as connection:
        try:
            connection.execute(command)
        except psycopg.errors.ObjectNotInPrerequisiteState:
            return False
        return True


@pytest.mark.parametrize(
    ("is_matched", "commands"),
    [
        (False, [ASSIGN, ASSIGN, ASSIGN]),
        (False, [ASSIGN, ACCOUNT, IGNORE]),
        (True, [UNDO, UNDO, UNDO]),
    ],
)
def test_one_of_several_decisions_at_once_wins(given: Collection, *, is_matched: bool, commands: list[str]) -> None:
    bill = given.issued("100.00")
    entry = given.transfer("100.00", bill.number if is_matched else "thanks").bank_transaction_id
    account = given.value("select account_number from billing.customers where customer_id = %s", bill.customer)
    texts = [command.format(id=entry, number=bill.number, account=account) for command in commands]
    won = at_once(*[partial(wins, given.connection.info.dsn, text) for text in texts])
    assert won.count(True) == 1
    assert given.value("select sum(amount - reversed) <= 100 from billing.payment_balances") is not False
    assert given.broken() == []

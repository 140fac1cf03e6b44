"""Rows are locked by their ids, wherever they stand in the table: of two who want the same, none waits for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    from tests.conftest import Connect

CUSTOMERS = "select billing.lock_accounts(array(select customer_id from billing.customers), '{}')"
INVOICES = "select billing.lock_accounts('{}', array(select invoice_id from billing.invoices))"


@pytest.mark.parametrize(
    ("lock", "table", "key"), [(CUSTOMERS, "customers", "customer_id"), (INVOICES, "invoices", "invoice_id")]
)
def test_who_waits_for_the_first_holds_none_after_it(
    given: Collection, connect: Connect, lock: str, table: str, key: str
) -> None:
    for _ in range(2):
        given.issued("10.00")
    (first,), (second,) = given.connection.execute(f"select {key} from billing.{table} order by 1".encode()).fetchall()
    given.value(
        f"update billing.{table} set currency = currency where {key} = %s returning 1", first
    )  # now stands last
    one = f"select 1 from billing.{table} where {key} = %s for update nowait"
    holder, waiting = Collection(connect()), Collection(connect())
    with ThreadPoolExecutor(1) as pool, holder.connection.transaction():
        holder.value(one, first)
        pool.submit(waiting.connection.execute, lock.encode())
        given.until_waiting(waiting)
        given.value(one, second)

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given

pytestmark = pytest.mark.usefixtures("numbered")

CHANGES = [
    "update billing.invoice_line_items set amount = 0, unit_amount = 0",
    "update billing.invoice_line_items set description = 'other'",
    "delete from billing.invoice_line_items",
    """
    insert into billing.invoice_line_items
    select (jsonb_populate_record(l, '{"position": 99, "charge_key": "other"}')).* from billing.invoice_line_items as l
    """,
    "update billing.invoice_taxes set tax_name = 'other'",
    "delete from billing.invoice_taxes",
    """
    insert into billing.invoice_taxes
    select (jsonb_populate_record(t, '{"tax_name": "other"}')).* from billing.invoice_taxes as t
    """,
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_numbered_invoice_consists_of_does_not_change(given: Given, change: str) -> None:
    with pytest.raises(psycopg.Error, match="what invoice INV-2026-02-0001 consists of is final") as refusal:
        given.connection.execute(change.encode())
    assert refusal.value.sqlstate == "UB002"


@pytest.mark.parametrize("table", ["invoice_line_items", "invoice_taxes"])
def test_nothing_moves_from_a_draft_to_a_numbered_invoice(given: Given, table: str) -> None:
    given.connection.execute("select billing.draft_invoices('2026-03-01', '2026-04-01')")
    given.connection.execute(
        "update billing.invoice_taxes as t set tax_name = 'other' from billing.invoices as i "
        "where t.invoice_id = i.invoice_id and i.invoice_number is null"
    )
    given.connection.execute(
        "update billing.invoice_line_items as t set position = 99 from billing.invoices as i "
        "where t.invoice_id = i.invoice_id and i.invoice_number is null"
    )
    with pytest.raises(psycopg.Error, match="is final"):
        given.connection.execute(
            f"update billing.{table} set invoice_id = (select min(invoice_id) from billing.invoices) "
            "where invoice_id = (select max(invoice_id) from billing.invoices)".encode()
        )


def test_lines_of_a_draft_may_change(given: Given) -> None:
    given.connection.execute("select billing.draft_invoices('2026-03-01', '2026-04-01')")
    of_the_draft = "where invoice_id = (select max(invoice_id) from billing.invoices)"
    given.connection.execute(f"update billing.invoice_line_items set description = 'other' {of_the_draft}".encode())
    given.connection.execute(f"delete from billing.invoice_taxes {of_the_draft}".encode())

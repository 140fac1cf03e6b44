from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.conftest import Connect
    from tests.given import Given

pytestmark = pytest.mark.usefixtures("numbered")

CHANGES = [
    "invoice_number = 'INV-2026-02-0002'",
    "subtotal = 0, total = tax",
    "tax = 0, total = subtotal",
    "tax_rate = 0",
    "tax_treatment = 'reverse_charge', tax_rate = 0",
    "customer_id = customer_id + 1",
    "customer_snapshot = '{}'",
    "seller_snapshot = '{}'",
    "issued_on = '2026-02-28'",
    "due_on = '2027-01-01'",
    "period_start = '2026-01-01', period_end = '2026-02-01'",
    "collection_method = 'charge_automatically'",
    "usage_before_txid = 0",
]


@pytest.mark.parametrize("role", ["billing_owner", "postgres"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_numbered_invoice_does_not_change_whoever_asks(connect: Connect, change: str, role: str) -> None:
    with pytest.raises(psycopg.Error, match="invoice INV-2026-02-0001 is final") as refusal:
        connect(role).execute(f"update billing.invoices set {change}".encode())
    assert refusal.value.sqlstate == "UB002"


def test_a_numbered_invoice_is_not_deleted(given: Given) -> None:
    with pytest.raises(psycopg.Error, match="invoice INV-2026-02-0001 is final"):
        given.connection.execute("delete from billing.invoices")


@pytest.mark.parametrize("status", ["draft", "lost"])
def test_other_transitions_than_those_listed_are_impossible(given: Given, status: str) -> None:
    with pytest.raises(psycopg.Error, match=f"cannot go from issued to {status}"):
        given.connection.execute("update billing.invoices set status = %s", (status,))


def test_a_void_invoice_stays_void(given: Given, numbered: int) -> None:
    given.void(given.invoice(numbered))
    with pytest.raises(psycopg.Error, match="cannot go from void to issued"):
        given.connection.execute("update billing.invoices set status = 'issued', voided_on = null, void_reason = null")


def test_a_payment_and_its_loss_change_the_status(given: Given, numbered: int) -> None:
    given.connection.execute("update billing.invoices set status = 'paid', paid_on = '2026-03-05'")
    given.connection.execute("update billing.invoices set status = 'issued', paid_on = null")
    assert given.invoice(numbered).status == "issued"


def test_a_draft_may_be_deleted(given: Given) -> None:
    given.connection.execute("select billing.draft_invoices('2026-03-01', '2026-04-01')")
    given.connection.execute("delete from billing.invoices where invoice_number is null")
    assert given.value("select count(*) from billing.invoices") == 1

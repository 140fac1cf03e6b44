from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.collection import Collection


def test_a_month_billed_late_is_paid_from_the_day_the_money_came(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("150.00", bill.number, on="2026-04-20")
    late = given.billed(bill.customer, period="2026-03", on="2026-04-01")
    assert given.value(
        "select applied_on::text from billing.payment_applications where invoice_id = %s", late.invoice_id
    ) == ("2026-04-20")
    assert given.outstanding(late) == 50


def test_money_pays_in_the_order_it_came_and_not_before_the_invoice(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("130.00", bill.number, on="2026-04-20")
    given.transfer("90.00", bill.number, on="2026-03-20")
    late = given.billed(bill.customer, period="2026-03", on="2026-04-01")
    assert given.connection.execute(
        "select amount, applied_on::text from billing.payment_applications where invoice_id = %s "
        "order by payment_application_id",
        (late.invoice_id,),
    ).fetchall() == [(90, "2026-04-01"), (10, "2026-04-20")]
    assert given.value("select paid_on::text from billing.invoices where invoice_id = %s", late.invoice_id) == (
        "2026-04-20"
    )

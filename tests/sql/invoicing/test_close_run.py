from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given


def numbers(given: Given) -> list[tuple[str, str]]:
    return given.connection.execute(
        """
        select right(invoice_number, -8), account_number
        from billing.invoices inner join billing.customers using (customer_id)
        order by invoice_id, invoice_number
        """
    ).fetchall()


def test_numbers_are_in_account_order_short_ones_first_then_by_byte(given: Given) -> None:
    plan = given.flat_plan()
    for account in ("B1", "a1", "10", "A10", "9", "A1", "Ä", "A9"):
        given.subscription(given.customer(account), plan)
    given.run("2026-02")
    assert [account for _, account in sorted(numbers(given))] == ["9", "Ä", "10", "A1", "A9", "B1", "a1", "A10"]
    assert sorted(number for number, _ in numbers(given)) == [f"-02-000{n}" for n in range(1, 9)]


def test_the_ten_thousandth_number_has_five_digits(given: Given) -> None:
    given.connection.execute("insert into billing.document_series values ('INV-2026-02', 9998)")
    plan = given.flat_plan()
    for account in ("1", "2", "3"):
        given.subscription(given.customer(account), plan)
    given.run("2026-02")
    assert sorted(numbers(given)) == [("-02-10000", "2"), ("-02-10001", "3"), ("-02-9999", "1")]


def test_the_number_names_prefix_and_month_billed(given: Given) -> None:
    given.seller(prefix="NG")
    customer = given.customer()
    given.subscription(customer, given.flat_plan())
    given.run("2025-12", as_of="2026-01-05")
    assert given.invoice(customer, "2025-12").invoice_number == "NG-2025-12-0001"


def test_invoices_are_dated_on_the_business_date_and_due_by_the_sellers_terms(given: Given) -> None:
    given.seller(terms=14)
    customer = given.customer()
    given.subscription(customer, given.flat_plan())
    given.run("2026-02", as_of="2026-03-20")
    invoice = given.invoice(customer)
    assert (invoice.status, invoice.issued_on, invoice.due_on) == ("draft", date(2026, 3, 20), date(2026, 4, 3))


def test_an_invoice_keeps_the_addressee_it_was_numbered_with(given: Given) -> None:
    customer = given.customer("7")
    given.subscription(customer, given.flat_plan())
    given.run("2026-02")
    given.connection.execute("update billing.customers set name = 'Somebody else', country = 'FR'")
    assert given.value("select customer_snapshot ->> 'name' from billing.invoices") == "Customer 7"
    assert given.value("select customer_snapshot ->> 'country' from billing.invoices") == "DE"


def test_the_key_of_payment_links_is_not_kept_with_the_invoice(given: Given) -> None:
    given.subscription(given.customer(), given.flat_plan())
    given.run("2026-02")
    assert given.value("select seller_snapshot ?| array['link_secret', 'logo'] from billing.invoices") is False


def test_closing_again_changes_nothing(given: Given) -> None:
    given.subscription(given.customer(), given.flat_plan())
    given.run("2026-02")
    before = given.value("select (r)::text from billing.billing_runs as r")
    assert given.close("2026-02", as_of="2026-05-05") == 0
    assert given.value("select (r)::text from billing.billing_runs as r") == before


def test_a_month_without_invoices_closes(given: Given) -> None:
    given.customer()
    assert given.run("2026-02") == 0
    assert given.value("select closed_at is not null from billing.billing_runs") is True
    assert given.broken() == []


def test_each_numbered_invoice_is_queued_for_rendering_once(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan())
    given.run("2026-02")
    given.run("2026-02")
    given.subscription(given.customer(), given.flat_plan())
    given.run("2026-02")
    assert given.value("select array_agg(invoice_id order by document_id) from billing.documents") == given.value(
        "select array_agg(invoice_id order by invoice_number) from billing.invoices"
    )

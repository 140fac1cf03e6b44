from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    from tests.dbt.conftest import Report
    from tests.given import Given

TIERS = ((10000, "0"), (100000, "0.001"), (None, "0.0005"))


@pytest.fixture
def acme(given: Given) -> int:
    """A customer in Germany with the sample of the contract: 247,891 calls and premium support, invoiced 2026-03-01."""
    given.tax_rate()
    customer = given.customer("ACME")
    given.subscription(customer, given.plan(tiers=TIERS, code="api"))
    given.subscription(customer, given.flat_plan(code="support"))
    given.usage(customer, 247891)
    given.run("2026-02")
    return customer


@pytest.mark.usefixtures("acme")
def test_the_sample_is_reported_to_the_cent(report: Report) -> None:
    amounts = ("usage", "subscription", "proration", "subtotal", "tax", "total", "amount_due")
    assert report("invoices", "period", "status", *amounts, as_of="2026-03-01") == [
        ("2026-02", "draft", "163.95", "99.00", "0.00", "262.95", "49.96", "312.91", "312.91")
    ]


@pytest.mark.usefixtures("acme")
def test_quantities_and_prices_have_no_trailing_zeros(report: Report) -> None:
    assert report("invoice_lines", "position", "kind", "tier", "quantity", "unit_amount", "amount") == [
        (1, "usage", "Tier 1", "10000", "0", "0.00"),
        (2, "usage", "Tier 2", "90000", "0.001", "90.00"),
        (3, "usage", "Tier 3", "147891", "0.0005", "73.95"),
        (4, "subscription", None, "1", "99", "99.00"),
    ]


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("view", ["invoices", "invoice_lines", "outstanding", "mrr", "runs", "tax_summary"])
def test_before_it_was_issued_there_was_no_invoice(report: Report, view: str) -> None:
    assert report(view, "currency", as_of="2026-02-28") == []


def test_a_payment_counts_from_its_day(given: Given, acme: int, report: Report) -> None:
    given.deliver()
    number = given.invoice(acme).invoice_number
    pay = "select * from billing.record_payment(%s, %s, %s, 'other', %s, true)"
    given.value(pay, number, "112.91", "2026-03-10", "first")
    given.value(pay, number, "210.00", "2026-04-10", "second")
    columns = ("status", "amount_paid", "amount_due", "paid_on")
    assert report("invoices", *columns, as_of="2026-03-09") == [("issued", "0.00", "312.91", None)]
    assert report("invoices", *columns, as_of="2026-03-10") == [("issued", "112.91", "200.00", None)]
    assert report("invoices", *columns, as_of="2026-04-01") == [("overdue", "112.91", "200.00", None)]
    assert report("invoices", *columns, as_of="2026-04-10") == [("paid", "312.91", "0.00", "2026-04-10")]
    assert report("credit_balances", "account_number", "balance", as_of="2026-04-09") == []
    assert report("credit_balances", "account_number", "balance", as_of="2026-04-10") == [("ACME", "10.00")]


def test_money_that_went_back_was_there_before(given: Given, acme: int, report: Report) -> None:
    given.deliver()
    number = given.invoice(acme).invoice_number
    given.value("select * from billing.record_payment(%s, 312.91, '2026-03-10', 'other', 'it', true)", number)
    given.value(
        """
        select billing.take_back_payment(jsonb_populate_record(null::billing.payment_reversals, jsonb_build_object(
            'payment_id', payment_id, 'amount', 312.91, 'kind', 'bank_return', 'reference', 'r',
            'reversed_on', '2026-03-20'
        )))
        from billing.payments
        """
    )
    columns = ("status", "amount_due", "paid_on")
    assert report("invoices", *columns, as_of="2026-03-19") == [("paid", "0.00", "2026-03-10")]
    assert report("invoices", *columns, as_of="2026-03-20") == [("issued", "312.91", None)]
    assert report("credit_balances", "balance", as_of="2026-03-20") == []


def test_money_on_its_way_back_to_a_card_is_no_credit_balance(given: Given, report: Report) -> None:
    till = Collection(given.connection)
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill)
    till.credited(bill, "30.00")
    assert report("credit_balances", "balance", as_of="2026-03-12") == []
    till.value("select billing.record_refund_succeeded(refund_id, 're_1', '2026-03-14')::text from billing.refunds")
    for day in ("2026-03-12", "2026-03-13", "2026-03-14"):
        assert report("credit_balances", "balance", as_of=day) == []


def test_money_that_a_card_did_not_take_back_is_credit_balance(given: Given, report: Report) -> None:
    till = Collection(given.connection)
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill)
    till.credited(bill, "30.00")
    till.value("select claim from billing.claim_work('refund', 'w', 1, '1 hour', now(), 'infinity')")
    till.value("select billing.record_refund_failed(refund_id, 1, 'expired', '2026-03-13')::text from billing.refunds")
    assert report("credit_balances", "balance", as_of="2026-03-13") == [("30.00",)]


def test_a_void_invoice_stood_until_it_was_voided(given: Given, acme: int, report: Report) -> None:
    given.deliver()
    given.void(given.invoice(acme), on="2026-03-15")
    assert report("invoices", "status", "amount_due", as_of="2026-03-14") == [("issued", "312.91")]
    assert report("invoices", "status", "amount_due", as_of="2026-03-15") == [("void", "0.00")]
    assert report("mrr", "mrr", as_of="2026-03-14") == [("262.95",)]
    assert report("mrr", "mrr", as_of="2026-03-15") == []
    assert report("tax_summary", "tax", as_of="2026-03-14") == [("49.96",)]
    assert report("tax_summary", "period", "tax", "voided", as_of="2026-03-15") == [
        ("2026-02", "49.96", 0),
        ("2026-03", "-49.96", 1),
    ]


@pytest.mark.usefixtures("acme")
def test_debt_ages_from_one_bucket_into_the_next(given: Given, report: Report) -> None:
    given.deliver()

    def bucket(as_of: str) -> list[tuple[object, ...]]:
        aged = [row for row in report("aging", "bucket", "invoices", "outstanding", "share", as_of=as_of) if row[1]]
        assert [(row[0], row[2]) for row in aged] == report("outstanding", "bucket", "outstanding", as_of=as_of)
        return [(row[0], row[3]) for row in aged]

    assert bucket("2026-03-31") == [("current", "1.0000")]
    assert bucket("2026-04-01") == [("1-30", "1.0000")]
    assert bucket("2026-04-30") == [("1-30", "1.0000")]
    assert bucket("2026-05-01") == [("31-60", "1.0000")]
    assert bucket("2026-05-31") == [("60+", "1.0000")]


def test_currencies_are_never_added_together(given: Given, acme: int, report: Report) -> None:
    del acme
    yen = given.customer("YEN", currency="JPY", country="JP")
    given.subscription(yen, given.flat_plan("900", currency="JPY"))
    given.run("2026-02")
    assert report("runs", "currency", "customers", "invoiced", "total") == [
        ("EUR", 1, 1, "312.91"),
        ("JPY", 1, 1, "900"),
    ]
    assert report("mrr", "month", "currency", "mrr", "new") == [
        ("2026-02", "EUR", "262.95", "262.95"),
        ("2026-02", "JPY", "900", "900"),
    ]
    assert len(report("aging", "currency", "bucket")) == 8
    assert report("revenue_by_customer", "currency", "rank", "account_number", "revenue") == [
        ("EUR", 1, "ACME", "262.95"),
        ("JPY", 1, "YEN", "900"),
    ]


def test_tax_belongs_to_the_region_only_where_the_rate_does(given: Given, report: Report) -> None:
    given.tax_rate("0.0625", country="US", region="TX", name="Sales tax TX")
    given.tax_rate("0.19", country="DE")
    plan = given.flat_plan("100.00")
    for country, region in (("US", "TX"), ("US", "OR"), ("DE", "BE")):
        given.subscription(given.customer(country=country, region=region), plan)
    given.run("2026-02")
    assert report("tax_summary", "country", "region", "rate", "treatment", "invoices", "taxable", "tax") == [
        ("DE", None, "0.19", "taxed", 1, "100.00", "19.00"),
        ("US", "TX", "0.0625", "taxed", 1, "100.00", "6.25"),
        ("US", None, "0", "no_tax", 1, "100.00", "0.00"),
    ]


def test_tax_of_late_usage_is_owed_where_its_month_was_taxed(given: Given, report: Report) -> None:
    given.tax_rate("0.20", country="FR")
    given.tax_rate("0.19", country="DE")
    customer = given.customer(country="FR")
    given.subscription(customer, given.plan("flat", unit_amount="0.01"))
    given.usage(customer, 1000, on="2026-01-10")
    given.run("2026-01")
    given.connection.execute("update billing.customers set country = 'DE'")
    given.usages([(customer, 1000, "2026-01-20T12:00Z"), (customer, 2000, "2026-02-10T12:00Z")])
    given.run("2026-02")
    given.deliver()
    number = given.invoice(customer).invoice_number
    given.connection.execute("select billing.credit_invoice(%s, 2, '4.00', 'late', '2026-03-10', true)", (number,))
    assert report("tax_summary", "period", "country", "rate", "invoices", "taxable", "tax", as_of="2026-03-31") == [
        ("2026-01", "FR", "0.20", 1, "10.00", "2.00"),
        ("2026-02", "DE", "0.19", 1, "20.00", "3.80"),
        ("2026-02", "FR", "0.20", 1, "10.00", "2.00"),
        ("2026-03", "FR", "0.20", 0, "-4.00", "-0.80"),
    ]

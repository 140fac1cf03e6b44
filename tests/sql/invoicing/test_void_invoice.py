from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.engine import Invoice
    from tests.given import Given

Refused = psycopg.errors.ObjectNotInPrerequisiteState


@pytest.fixture
def customer(given: Given) -> int:
    """Has 90.00 of usage in January, invoiced and issued."""
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount="0.50", code="calls"))
    given.usage(customer, 180, on="2026-01-10")
    given.run("2026-01")
    given.deliver()
    return customer


def test_a_void_invoice_keeps_its_number(given: Given, customer: int) -> None:
    given.void(given.invoice(customer, "2026-01"), reason="sent to the wrong company", on="2026-02-03")
    (invoice,) = given.invoices(customer)
    assert (invoice.invoice_number, invoice.status) == ("INV-2026-01-0001", "void")
    row = given.connection.execute("select voided_on, void_reason from billing.invoices").fetchone()
    assert row == (date(2026, 2, 3), "sent to the wrong company")
    assert [subject for _, subject, _ in given.broken()] == ["INV-2026-01-0001"]


def test_running_the_month_again_bills_it_on_a_new_number(given: Given, customer: int) -> None:
    given.void(given.invoice(customer, "2026-01"))
    assert given.run("2026-01") == 1
    assert [invoice.invoice_number for invoice in given.invoices(customer)] == ["INV-2026-01-0001", "INV-2026-01-0002"]
    assert given.amounts(customer, "2026-01") == ["90.00"]
    given.deliver()
    assert given.broken() == []


def test_what_a_void_invoice_billed_is_unbilled_and_no_late_usage(given: Given, customer: int) -> None:
    given.void(given.invoice(customer, "2026-01"))
    given.usage(customer, 20, on="2026-02-10")
    given.run("2026-02")
    assert [(line.kind, str(line.amount)) for line in given.lines(customer)] == [("usage", "10.00")]
    balance = given.connection.execute("select state, events from billing.event_balance('2026-01-01')").fetchall()
    assert balance == [("unbilled", 1)]


def test_a_second_void_changes_nothing(given: Given, customer: int) -> None:
    invoice = given.invoice(customer, "2026-01")
    given.void(invoice, reason="first", on="2026-02-03")
    given.void(invoice, reason="second", on="2026-02-04")
    assert given.value("select void_reason from billing.invoices") == "first"


@pytest.fixture
def draft(given: Given, customer: int) -> Invoice:
    """A numbered invoice of February that nobody has delivered."""
    given.usage(customer, 20, on="2026-02-10")
    given.run("2026-02", is_held=True)
    return given.invoice(customer)


def test_a_numbered_draft_is_void_without_ever_being_issued(given: Given, draft: Invoice) -> None:
    given.void(draft, on="2026-03-02")
    given.deliver()
    assert given.value("select status from billing.invoices where invoice_id = %s", draft.invoice_id) == "void"
    for table in ("emails", "dunning_cases", "payment_attempts"):
        assert given.value(f"select count(*) from billing.{table} where invoice_id = %s", draft.invoice_id) == 0
    assert [subject for _, subject, _ in given.broken()] == [draft.invoice_number]


def test_what_a_void_draft_billed_is_billed_again_on_the_next_number(
    given: Given, customer: int, draft: Invoice
) -> None:
    given.void(draft, on="2026-03-02")
    assert given.run("2026-02") == 1
    assert (given.invoice(customer).invoice_number, given.amounts(customer)) == ("INV-2026-02-0002", ["10.00"])
    given.deliver()
    assert given.broken() == []


def test_a_worker_that_renders_a_draft_while_it_is_voided_issues_nothing(given: Given, draft: Invoice) -> None:
    given.connection.execute("select billing.release_run('2026-02-01', '2026-03-02')")
    claimed = given.connection.execute(
        "select subject_id, claim from billing.claim_documents('slow', 10, '1 hour', 'infinity', 'infinity')"
    ).fetchone()
    assert claimed is not None
    given.void(draft, on="2026-03-02")
    for finish in ("complete_document(%s, %s, 'pdf')", "give_back_work('document', %s, %s, 'late')"):
        with pytest.raises(psycopg.Error) as refused:
            given.connection.execute(f"select billing.{finish}".encode(), claimed)
        assert refused.value.sqlstate == "UB003"
    given.deliver()
    assert given.value("select count(*) from billing.emails where invoice_id = %s", draft.invoice_id) == 0


def test_the_sheet_of_a_void_draft_says_so(given: Given, draft: Invoice) -> None:
    given.void(draft, on="2026-03-02")
    content = given.value(
        "select billing.document_content(document_id, 'http://b', true) from billing.documents where invoice_id = %s",
        draft.invoice_id,
    )
    assert isinstance(content, dict)
    assert (content["mark"], content["voided_on"], content["payment_url"]) == ("VOID", "2026-03-02", None)


def test_a_paid_invoice_is_not_void(given: Given, customer: int) -> None:
    invoice = given.invoice(customer, "2026-01")
    given.connection.execute("update billing.invoices set status = 'paid', paid_on = '2026-02-02'")
    with pytest.raises(Refused, match="is paid"):
        given.void(invoice)


def test_voiding_needs_a_reason(given: Given, customer: int) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="needs a reason"):
        given.void(given.invoice(customer, "2026-01"), reason="  ")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="cannot be printed"):
        given.void(given.invoice(customer, "2026-01"), reason="two\nlines")


def test_what_was_not_mailed_before_the_void_is_mailed_no_more(given: Given, customer: int) -> None:
    given.void(given.invoice(customer, "2026-01"), on="2026-02-03")
    assert given.value("select array_agg(state) from billing.emails") == ["obsolete"]


def test_an_invoice_is_not_void_before_it_was_issued(given: Given, customer: int) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="later than 2026-01-31"):
        given.void(given.invoice(customer, "2026-01"), on="2026-01-31")


def test_an_unknown_number_is_refused(given: Given) -> None:
    with pytest.raises(psycopg.errors.NoDataFound, match="there is no invoice INV-1"):
        given.connection.execute("select billing.void_invoice('INV-1', 'x', '2026-01-01', false)")


def test_an_invoice_under_late_usage_is_void_only_after_the_one_on_top(given: Given, customer: int) -> None:
    given.usage(customer, 10, on="2026-01-20")
    given.run("2026-02")
    given.deliver()
    with pytest.raises(Refused, match="INV-2026-02-0001 bills a difference to what INV-2026-01-0001 bills"):
        given.void(given.invoice(customer, "2026-01"))
    given.void(given.invoice(customer))
    given.void(given.invoice(customer, "2026-01"))
    given.run("2026-01")
    given.run("2026-02")
    assert given.amounts(customer, "2026-01") == ["95.00"]
    assert given.lines(customer) == []


def test_void_late_usage_waits_for_its_own_month_whatever_later_ones_bill(given: Given, customer: int) -> None:
    given.usage(customer, 10, on="2026-01-20")
    given.run("2026-02")
    given.usage(customer, 2, on="2026-03-10")
    given.run("2026-03")
    given.deliver()
    given.void(given.invoice(customer))
    given.run("2026-04")
    assert given.lines(customer, "2026-04") == []
    assert [subject for _, subject, _ in given.broken()] == ["INV-2026-02-0001"]
    given.run("2026-02")
    assert [(line.month, str(line.amount)) for line in given.lines(customer)] == [("2026-01", "5.00")]
    given.deliver()
    assert given.broken() == []


def test_late_usage_of_a_month_without_invoice_survives_a_void_and_a_rerun_of_that_month(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount="0.50"))
    given.run("2026-01")
    given.usage(customer, 10, on="2026-01-20")
    given.run("2026-02")
    given.run("2026-01")
    given.deliver()
    given.void(given.invoice(customer))
    given.run("2026-02")
    assert [(line.month, str(line.amount)) for line in given.lines(customer)] == [("2026-01", "5.00")]
    given.deliver()
    assert given.broken() == []


def test_late_usage_under_a_supplementary_invoice_is_not_void(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan(tiers=[(10, 1), (None, "0.5")]))
    given.run("2026-01")
    given.usage(customer, 10, on="2026-01-20")
    given.run("2026-02")
    given.usage(customer, 5, on="2026-01-21")
    given.run("2026-01")
    given.deliver()
    assert given.amounts(customer) == ["10.00"]
    assert given.amounts(customer, "2026-01") == ["2.50"]
    with pytest.raises(Refused, match="INV-2026-01-0001 bills a difference to what INV-2026-02-0001 bills"):
        given.void(given.invoice(customer))

"""A void invoice waits for its month to be run again, unless it is waived: then it counts as billed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.engine import Invoice
    from tests.given import Given


@pytest.fixture
def customer(given: Given) -> int:
    """Has 90.00 of usage and 10.00 of a flat plan in January, issued."""
    customer = given.customer("A")
    given.subscription(customer, given.plan("flat", unit_amount="0.50", code="calls"))
    given.subscription(customer, given.flat_plan("10.00"))
    given.usage(customer, 180, on="2026-01-10")
    given.run("2026-01")
    given.deliver()
    return customer


@pytest.fixture
def january(given: Given, customer: int) -> Invoice:
    return given.invoice(customer, "2026-01")


def unbilled(given: Given) -> list[str]:
    rows = given.connection.execute("select invoice_number from billing.voids_not_billed()").fetchall()
    return [number for (number,) in rows]


def test_a_void_invoice_is_named_until_its_month_is_run_again(given: Given, january: Invoice) -> None:
    assert unbilled(given) == []
    given.void(january)
    given.run("2026-02")
    assert unbilled(given) == ["INV-2026-01-0001"]
    given.run("2026-01")
    assert unbilled(given) == []


def test_of_several_void_invoices_of_a_month_the_last_is_named(given: Given, customer: int, january: Invoice) -> None:
    given.void(january)
    given.run("2026-01", is_held=True)
    given.void(given.invoice(customer, "2026-01"))
    assert unbilled(given) == ["INV-2026-01-0002"]


def test_a_month_that_has_nothing_left_to_bill_has_been_run_again(given: Given, january: Invoice) -> None:
    given.void(january)
    given.connection.execute("update billing.subscription_phases set ends_on = starts_on")
    given.run("2026-01")
    assert unbilled(given) == []


@pytest.mark.parametrize("is_later", [False, True])
def test_what_was_waived_is_billed_by_no_run_and_missed_by_no_report(
    given: Given, customer: int, january: Invoice, *, is_later: bool
) -> None:
    if is_later:
        given.void(january, on="2026-02-03")
    given.void(january, on="2026-02-04", is_waived=True)
    assert unbilled(given) == []
    assert given.run("2026-01") == 0
    given.run("2026-02")
    assert given.amounts(customer) == ["10.00"]
    assert given.value("select count(*) from reporting.unbilled_usage") == 0
    assert given.value("select state from billing.event_balance('2026-01-01')") == "billed"
    given.deliver()
    assert given.broken() == []


def test_the_waiver_of_what_was_billed_again_settles_both(given: Given, customer: int, january: Invoice) -> None:
    given.void(january)
    given.run("2026-01")
    given.void(given.invoice(customer, "2026-01"), is_waived=True)
    assert given.value("select count(*) from reporting.unbilled_usage") == 0
    assert given.value("select state from billing.event_balance('2026-01-01')") == "billed"


def test_usage_that_comes_after_a_waiver_is_the_difference(given: Given, customer: int, january: Invoice) -> None:
    given.void(january, is_waived=True)
    given.usage(customer, 20, on="2026-01-20")
    given.run("2026-02")
    assert [(line.kind, str(line.amount)) for line in given.lines(customer)] == [
        ("subscription", "10.00"),
        ("late_usage", "10.00"),
    ]
    given.deliver()
    assert given.broken() == []


def test_what_was_billed_again_is_not_waived(given: Given, january: Invoice) -> None:
    given.void(january)
    given.run("2026-01")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="was billed again by INV-2026-01-0002"):
        given.void(january, is_waived=True)


def test_a_waiver_is_in_the_audit_log_with_its_reason(given: Given, january: Invoice) -> None:
    given.void(january, reason="wrong", on="2026-02-03")
    given.void(january, reason="goodwill", on="2026-02-05", is_waived=True)
    given.void(january, reason="again", on="2026-02-06", is_waived=True)
    log = "select business_date::text, reason from billing.audit_log where to_state = 'void' order by entry"
    assert given.connection.execute(log.encode()).fetchall() == [
        ("2026-02-03", "wrong"),
        ("2026-02-05", "goodwill (waived: not billed again)"),
    ]


def test_what_a_waived_invoice_was_computed_from_does_not_change_unseen(
    given: Given, customer: int, january: Invoice
) -> None:
    given.void(january, is_waived=True)
    scope = Jsonb([{"customer_id": customer, "from_on": "2026-01-01"}])
    with given.connection.transaction():
        given.connection.execute("select billing.note_owed(%s)", (scope,))
        given.connection.execute("update billing.subscription_phases set quantity = 2 where metric_id is null")
        assert given.value("select invoice_number from billing.changed_invoices()") == "INV-2026-01-0001"


@pytest.mark.parametrize("has_run_since", [False, True])
def test_a_waiver_is_lifted_by_voiding_without_it(
    given: Given, customer: int, january: Invoice, *, has_run_since: bool
) -> None:
    given.void(january, on="2026-02-03", is_waived=True)
    if has_run_since:
        given.run("2026-01")
    given.void(january, reason="they pay after all", on="2026-02-05")
    given.void(january, reason="again", on="2026-02-06")
    assert (unbilled(given), [row[1] for row in given.broken()]) == (["INV-2026-01-0001"], ["INV-2026-01-0001"])
    assert given.run("2026-01") == 1
    assert sorted(given.amounts(customer, "2026-01")) == ["10.00", "90.00"]
    given.deliver()
    assert given.broken() == []
    last = "select business_date::text || ' ' || reason from billing.audit_log where from_state = 'void'"
    assert given.value(last) == "2026-02-05 they pay after all (no longer waived: to be billed again)"


def test_late_usage_billed_before_a_waiver_was_lifted_is_billed_once(
    given: Given, customer: int, january: Invoice
) -> None:
    given.void(january, on="2026-02-03", is_waived=True)
    given.usage(customer, 20, on="2026-01-20")
    given.run("2026-02")
    given.void(january, on="2026-03-02")
    assert given.run("2026-01", as_of="2026-03-02") == 1
    assert sorted(str(line.amount) for line in given.lines(customer, "2026-01")) == ["10.00", "90.00"]
    given.deliver()
    assert given.broken() == []


def test_no_waiver_is_lifted_before_it_was_given(given: Given, january: Invoice) -> None:
    given.void(january, on="2026-02-05", is_waived=True)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="is of 2026-02-05, later than 2026-02-04"):
        given.void(january, on="2026-02-04")

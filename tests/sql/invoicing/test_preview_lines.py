from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given

LINES = "select account_number, position, amount, total from billing.preview_lines('2026-02-01', null)"
DESCRIPTIONS = "select description from billing.invoice_line_items order by invoice_id, position"


def test_a_preview_shows_the_drafts_of_the_transaction_and_nothing_after_it(given: Given) -> None:
    given.subscription(given.customer("10"), given.flat_plan("20"))
    given.subscription(given.customer("9"), given.flat_plan("10"), starts="2026-02-15")
    with given.connection.transaction(force_rollback=True):
        given.draft("2026-02")
        rows = given.connection.execute(LINES.encode()).fetchall()
    assert rows == [
        ("9", 1, Decimal(10), Decimal(5)),
        ("9", 2, Decimal(-5), Decimal(5)),
        ("10", 1, Decimal(20), Decimal(20)),
    ]
    assert given.connection.execute(LINES.encode()).fetchall() == []


def test_invoices_that_are_numbered_are_no_preview(given: Given) -> None:
    given.subscription(given.customer(), given.flat_plan())
    given.run("2026-02")
    assert given.connection.execute(LINES.encode()).fetchall() == []


def test_descriptions_name_plan_tier_days_and_month(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan(code="api", tiers=[(None, 1, 5)]))
    given.subscription(customer, given.flat_plan(code="ip"), starts="2026-02-10")
    given.usage(customer, 1, on="2026-02-11")
    given.run("2026-02")
    given.usage(customer, 1, on="2026-02-11")
    given.run("2026-03")
    described = [description for (description,) in given.connection.execute(DESCRIPTIONS.encode())]
    assert described == [
        "Plan api \N{EN DASH} Tier 1",
        "Plan api \N{EN DASH} Tier 1, flat amount",
        "Plan ip",
        "Plan ip, 19 of 28 days in February 2026",
        "Plan ip",
        "Plan api \N{EN DASH} Tier 1, late usage of February 2026",
    ]


def test_usage_that_became_no_more_but_costs_otherwise_corrects_its_invoice(given: Given) -> None:
    customer = given.customer()
    plan = given.plan(code="api", tiers=[(None, 2)])
    given.subscription(customer, plan)
    given.usage(customer, 10, on="2026-02-11")
    given.run("2026-02")
    given.price(plan, model="graduated", tiers=[(None, 1)], customer=customer, valid_from="2026-02-01")
    given.run("2026-03")
    *_, (described,) = given.connection.execute(DESCRIPTIONS.encode())
    assert described == "Plan api \N{EN DASH} Tier 1, correction of February 2026 (INV-2026-02-0001)"
    assert given.value("select kind from billing.invoice_line_items order by invoice_id desc limit 1") == "late_usage"


def test_what_is_charged_once_stands_by_the_day_it_is_due_and_code(given: Given) -> None:
    customer = given.customer()
    for code, due in (("B", "2026-02-03"), ("A", "2026-02-03"), ("C", "2026-02-02"), ("D", "2026-02-20")):
        given.charge_once(customer, 1, due=due, code=code)
    given.connection.execute(
        "update billing.charges set service_start = '2026-01-01', service_end = '2027-01-01' where charge_code = 'D'"
    )
    given.run("2026-02")
    described = [description for (description,) in given.connection.execute(DESCRIPTIONS.encode())]
    assert described == ["Charge C", "Charge A", "Charge B", "Charge D"]


@pytest.mark.parametrize(
    ("former", "latter", "note"),
    [
        (None, "2026-03-20", "unused time of 20 March \N{EN DASH} 30 May 2026"),
        ("2026-03-20", "2026-04-20", "51 of 92 days in 28 February \N{EN DASH} 30 May 2026"),
        ("2026-03-20", None, "proration taken back"),
    ],
)
def test_only_what_gives_back_is_unused(given: Given, former: str | None, latter: str | None, note: str) -> None:
    """The end moves forward, back, and away."""
    plan = given.flat_plan("300.00", code="q", interval_months=3, billed_in="advance")
    given.subscription(given.customer(), plan, starts="2026-02-28", anchor="2025-08-31", ends=former)
    given.run("2026-02")
    given.connection.execute("update billing.subscription_phases set ends_on = %s", (latter,))
    given.run("2026-03")
    described = [description for (description,) in given.connection.execute(DESCRIPTIONS.encode())]
    correction = "correction of 28 February \N{EN DASH} 30 May 2026 (INV-2026-02-0001)"
    assert f"Plan q, {note}, {correction}" in described


@pytest.mark.parametrize(
    ("size", "shown"),
    [("1000", "1,000"), ("1", "1"), ("999.50", "999.5"), ("1234567", "1,234,567"), ("0.001", "0.001")],
)
def test_a_package_line_says_of_what_size_its_packages_are(given: Given, size: str, shown: str) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("package", code="sms", unit_amount="0.80", package_size=size))
    for month in ("2026-02", "2026-03"):
        given.usage(customer, "1234567.5", on="2026-02-11")
        given.run(month)
    assert [description for (description,) in given.connection.execute(DESCRIPTIONS.encode())] == [
        f"Plan sms, packages of {shown} (1,234,567.5 used)",
        f"Plan sms, packages of {shown} (2,469,135 used), late usage of February 2026",
    ]

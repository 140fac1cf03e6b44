from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given


def kinds(given: Given, period: str = "2026-02") -> list[tuple[str, str | None]]:
    return [(kind, account) for kind, account, _ in given.warnings(period)]


def test_a_run_that_bills_all_there_is_needs_nobody(given: Given) -> None:
    given.tax_rate()
    given.subscription(given.customer(), given.flat_plan())
    given.subscription(given.customer(country="US"), given.flat_plan())
    given.subscription(given.customer(country="FR", valid_tax_id="FR40303265045"), given.flat_plan())
    given.run("2026-02")
    assert given.warnings() == []


def test_customers_billed_without_a_tax_there_is_are_named_with_the_reason(given: Given) -> None:
    given.tax_rate(country="SE", name="VAT 25%", valid_to="2026-02-28")
    given.tax_rate(country="US", region="NY")
    plan = given.flat_plan()
    for account, country, region in (("S", "SE", None), ("N", "US", "NY"), ("L", "US", "ny"), ("O", "US", "OR")):
        given.subscription(given.customer(account, country=country, region=region), plan)
    with given.connection.transaction(force_rollback=True):
        given.draft("2026-02")
        previewed = given.warnings()
    given.run("2026-02")
    assert previewed == given.warnings()
    assert previewed == [
        (
            *("untaxed", "L"),
            "Account L is billed without tax: the rates of US are for regions written as NY, not 'ny'",
        ),
        (
            *("untaxed", "S"),
            "Account S is billed without tax: the rate VAT 25% of SE is valid until 2026-02-28 only, and none follows",
        ),
    ]


def test_untaxed_is_told_for_the_month_it_happened_in_and_as_the_invoice_has_it(given: Given) -> None:
    customer = given.customer("A", country="FR")
    given.subscription(customer, given.flat_plan())
    given.run("2026-01")
    given.connection.execute("update billing.customers set country = 'US'")
    given.run("2026-02")
    assert kinds(given, "2026-01") == [("untaxed", "A")]
    assert kinds(given, "2026-02") == []


@pytest.mark.parametrize(
    ("second", "is_twice"),
    [
        (("2026-01-15", None), True),
        (("2026-02-28", None), True),
        (("2026-03-01", None), False),
        (("2026-01-15", "2026-02-01"), False),
        (("2026-01-15", "2026-02-02"), True),
        (("2026-02-15", "2026-02-15"), False),
    ],
)
def test_a_flat_plan_billed_twice_in_the_month_is_named(
    given: Given, second: tuple[str, str | None], *, is_twice: bool
) -> None:
    given.tax_rate()
    customer, plan = given.customer("B"), given.flat_plan(code="ten")
    given.subscription(customer, plan, starts="2026-01-01")
    given.subscription(given.customer("C"), plan, starts="2026-01-02")
    given.subscription(customer, given.flat_plan(code="other"), starts="2026-01-02")
    given.subscription(customer, plan, starts=second[0], ends=second[1])
    assert kinds(given) == ([("overlapping", "B")] if is_twice else [])


def test_rows_that_follow_each_other_are_no_overlap(given: Given) -> None:
    customer, plan = given.customer(), given.flat_plan()
    given.subscription(customer, plan, starts="2026-01-01", ends="2026-02-15")
    given.subscription(customer, plan, starts="2026-02-15")
    assert given.warnings() == []


def test_a_customer_who_came_after_a_month_was_run_is_billed_by_the_next_run(given: Given) -> None:
    given.tax_rate()
    plan = given.flat_plan("31.00")
    given.subscription(given.customer("A"), plan)
    late = given.customer("B")
    given.run("2026-01")
    given.subscription(late, plan, starts="2026-01-15")
    given.run("2026-02")
    assert (given.amounts(late), given.warnings()) == (["31.00", "-14.00", "31.00"], [])


def test_a_void_invoice_that_nobody_billed_again_is_named_by_every_run(given: Given) -> None:
    given.tax_rate()
    customer = given.customer("A")
    given.subscription(customer, given.flat_plan())
    given.run("2026-01")
    given.deliver()
    given.void(given.invoice(customer, "2026-01"))
    given.run("2026-02")
    assert given.warnings() == [
        (
            *("void_not_billed", "A"),
            (
                "Account A: INV-2026-01-0001 is void and nothing was billed instead: "
                "billing run 2026-01, or billing void with --waive"
            ),
        )
    ]
    given.run("2026-01", as_of="2026-03-01")
    assert given.warnings() == []


def test_a_month_in_which_nothing_is_left_to_bill_settles_a_void_invoice(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan())
    given.run("2026-01")
    given.deliver()
    given.void(given.invoice(customer, "2026-01"))
    given.connection.execute("update billing.subscription_phases set ends_on = starts_on")
    given.run("2026-01", as_of="2026-03-01")
    assert given.warnings() == []


def test_the_parked_come_first_and_one_account_can_be_asked_for(given: Given) -> None:
    given.subscription(given.customer("10"), given.flat_plan())
    parked = given.customer("9")
    given.subscription(parked, given.plan(code="api", tiers=((10, "1"),)))
    given.usage(parked, 11)
    given.run("2026-02")
    assert kinds(given) == [("parked", "9"), ("untaxed", "10")]
    one = given.value("select warning from billing.run_warnings('2026-02-01', '9')")
    assert one == f"Account 9 could not be billed: {given.parked()[0][1]}"


def test_whoever_is_to_transfer_needs_an_account_to_transfer_to(given: Given) -> None:
    given.tax_rate()
    for account, method in (("T", "send_invoice"), ("C", "charge_automatically")):
        given.subscription(given.customer(account, collection_method=method), given.flat_plan())
    given.subscription(given.customer("0"), given.flat_plan("0"))
    given.run("2026-02")
    assert given.warnings() == []
    given.connection.execute("update billing.seller_profiles set iban = null, bic = null, bank_name = null")
    said = "Account T is to pay by transfer, but company.toml has no iban: its invoice says nowhere to pay to"
    assert given.warnings() == [("no_bank_account", "T", said)]


@pytest.mark.parametrize(("amount", "told"), [("10.001", True), ("10.010", False)])
def test_what_a_card_cannot_pay_exactly_is_told_in_the_preview_and_the_run(
    given: Given, amount: str, *, told: bool
) -> None:
    customer = given.customer("K", country="US", currency="KWD", collection_method="charge_automatically")
    given.subscription(customer, given.flat_plan(amount, currency="KWD"))
    with given.connection.transaction(force_rollback=True):
        given.draft("2026-02")
        previewed = given.warnings()
    given.run("2026-02")
    text = "Account K: a card cannot pay 10.001 KWD exactly, so that the invoice will wait for a person"
    assert given.warnings() == previewed == ([("not_chargeable", "K", text)] if told else [])


@pytest.mark.parametrize(
    ("used", "ends", "is_told"),
    [
        (["2026-01-10", "2026-01-31"], None, True),
        (["2026-01-10", "2026-02-28"], None, False),
        (["2025-12-31"], None, False),
        ([], None, False),
        (["2026-01-10"], "2026-02-01", False),
    ],
)
def test_a_month_without_any_usage_event_after_one_that_had_some_is_named(
    given: Given,
    used: list[str],
    ends: str | None,
    is_told: bool,  # noqa: FBT001
) -> None:
    given.tax_rate()
    customer = given.customer()
    given.subscription(customer, given.flat_plan())
    given.subscription(customer, given.plan(tiers=[(None, "1")]), ends=ends)
    for day in used:
        given.usage(customer, 3, on=day)
    given.run("2026-02")
    said = "2026-02 has no usage event, 2026-01 had 2, and 1 customer has a usage plan: billing ingest its events"
    assert given.warnings() == ([("no_usage", None, said)] if is_told else [])


def test_usage_of_a_month_that_is_not_over_is_not_missed_yet(given: Given) -> None:
    given.tax_rate()
    customer = given.customer()
    given.subscription(customer, given.plan(tiers=[(None, "1")]))
    given.usage(customer, 3, on="2026-01-10")
    given.roll_up()
    given.connection.execute("set billing.as_of = '2026-02-28'")
    assert given.warnings() == []
    given.connection.execute("set billing.as_of = '2026-03-01'")
    assert kinds(given) == [("no_usage", None)]

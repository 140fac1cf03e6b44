"""What a change announces is what runs bill otherwise: each world is billed without the change and with it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.engine import day_after, first_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.given import Given

Row = tuple[str | None, str | None, str, Decimal, Decimal]
CHANGED = """
    select to_char(billed_in, 'YYYY-MM'), invoice_number, description, owed_before, owed_after
    from billing.changed_charges()
"""
BILLED = """
    select to_char(period_start, 'YYYY-MM'), subtotal from billing.invoices
    where period_start >= %s and status <> 'void'
"""


def command(given: Given, name: str, on: str) -> list[Row]:
    """Pause, resume or cancel the subscription, or give it another quantity; return what that announces."""
    asked = ("A", "s", on, *((None, 3) if name == "change" else ()), "2026-01-01")
    places = ", ".join(["%s"] * len(asked))
    with given.connection.transaction():
        given.connection.execute(f"select billing.{name}_subscription({places})".encode(), asked)
        return given.connection.execute(CHANGED.encode()).fetchall()


def billed(given: Given, since: str, until: str, *change: str) -> Counter[str]:
    """What the runs of some months bill, with a change or without, in cents; all of it is taken back."""
    with given.connection.transaction(force_rollback=True):
        if change:
            command(given, *change)
        period = since
        while period <= until:
            given.run(period)
            period = f"{day_after(period):%Y-%m}"
        assert given.broken() == []
        rows = given.connection.execute(BILLED, (first_day(since),)).fetchall()
    return Counter({month: int(subtotal * 100) for month, subtotal in rows})


def announced(rows: Sequence[Row]) -> Counter[str]:
    """By run, in cents."""
    sums: Counter[str] = Counter()
    for month, _, _, before, after in rows:
        assert month is not None
        sums[month] += int((after - before) * 100)
    return Counter({month: amount for month, amount in sums.items() if amount})


def assert_announced(given: Given, since: str, change: tuple[str, str], expected: dict[str, int]) -> list[Row]:
    """See that what a change announces is expected, and what runs from a month on then bill more or less."""
    until = max(expected)
    difference = billed(given, since, until, *change)
    difference.subtract(billed(given, since, until))
    rows = command(given, *change)
    assert announced(rows) == {month: amount for month, amount in difference.items() if amount}
    assert announced(rows) == expected
    return rows


@pytest.fixture
def customer(given: Given) -> int:
    given.tax_rate()
    return given.customer("A")


def quarterly(given: Given, customer: int, billed_in: str) -> None:
    """A fee of 200.00 with periods from the last of January, April, July and October."""
    plan = given.flat_plan("200.00", code="q", interval_months=3, billed_in=billed_in)
    given.subscription(customer, plan, code="s", starts="2025-11-20", anchor="2025-10-31")


GOES = [
    ("arrears", "2026-03-20", {"2026-03": 10787, "2026-04": -20000, "2026-07": -20000}),
    ("arrears", "2026-04-10", {"2026-04": -4494, "2026-07": -20000}),
    ("arrears", "2026-04-01", {"2026-03": 13483, "2026-04": -20000, "2026-07": -20000}),
    ("arrears", "2026-02-10", {"2026-03": 2247, "2026-04": -20000, "2026-07": -20000}),
    ("arrears", "2026-03-01", {"2026-03": 6517, "2026-04": -20000, "2026-07": -20000}),
    ("advance", "2026-03-20", {"2026-03": -9213, "2026-04": -20000}),
    ("advance", "2026-02-10", {"2026-03": -17753, "2026-04": -20000}),
    ("advance", "2026-05-10", {"2026-04": -17826, "2026-07": -20000}),
]


@pytest.mark.parametrize("name", ["pause", "cancel"])
@pytest.mark.parametrize(("billed_in", "on", "expected"), GOES)
def test_who_goes_within_a_quarter(  # noqa: PLR0913, PLR0917 - a column each
    given: Given, customer: int, name: str, billed_in: str, on: str, expected: dict[str, int]
) -> None:
    quarterly(given, customer, billed_in)
    given.run("2026-01")
    given.run("2026-02")
    assert_announced(given, "2026-03", (name, on), expected)


@pytest.mark.parametrize(
    ("billed_in", "went", "on", "expected"),
    [
        ("arrears", "2026-03-20", "2026-03-20", {"2026-04": 9213, "2026-07": 20000}),
        ("arrears", "2026-02-10", "2026-03-20", {"2026-04": 9213, "2026-07": 20000}),
        ("arrears", "2026-03-20", "2026-05-10", {"2026-07": 17826, "2026-10": 20000}),
        ("advance", "2026-03-20", "2026-03-20", {"2026-04": 9213 + 20000}),
        ("advance", "2026-03-20", "2026-05-10", {"2026-05": 17826, "2026-07": 20000}),
    ],
)
def test_who_comes_back(  # noqa: PLR0913, PLR0917 - a column each
    given: Given, customer: int, billed_in: str, went: str, on: str, expected: dict[str, int]
) -> None:
    """What was billed early is owed again when its period ends."""
    quarterly(given, customer, billed_in)
    given.run("2026-01")
    command(given, "pause", went)
    given.run("2026-02")
    given.run("2026-03")
    assert_announced(given, "2026-04", ("resume", on), expected)


def test_a_period_that_was_billed_early_waits_for_its_end_again(given: Given, customer: int) -> None:
    """300.00 from 28 February to 31 May, 20 of 92 days of it billed in March."""
    plan = given.flat_plan("300.00", code="q", interval_months=3)
    given.subscription(customer, plan, code="s", starts="2026-01-10", anchor="2025-08-31")
    given.run("2026-02")
    command(given, "cancel", "2026-03-20")
    given.run("2026-03")
    rows = assert_announced(given, "2026-04", ("resume", "2026-03-20"), {"2026-05": 23478, "2026-08": 30000})
    assert ("2026-05", "INV-2026-03-0001", "Plan q, proration taken back", Decimal("-234.78"), Decimal()) in rows


@pytest.mark.parametrize("discount", ["amount", "percent"])
@pytest.mark.parametrize(("billed_in", "on", "expected"), GOES)
def test_discounts_and_minimums_move_with_it(  # noqa: PLR0913, PLR0917 - a column each
    given: Given, customer: int, discount: str, billed_in: str, on: str, expected: dict[str, int]
) -> None:
    quarterly(given, customer, billed_in)
    given.subscription(customer, given.flat_plan("10.00"))
    given.discount(customer, **{discount: "30.00" if discount == "amount" else "0.10"})
    given.commitment(customer, minimum="150.00", maximum="170.00")
    given.run("2026-01")
    given.run("2026-02")
    with_it = billed(given, "2026-03", max(expected), "pause", on)
    with_it.subtract(billed(given, "2026-03", max(expected)))
    assert announced(command(given, "pause", on)) == {month: amount for month, amount in with_it.items() if amount}


def test_a_plan_to_come_back_that_is_given_up_makes_the_first_days_due_when_they_ended(
    given: Given, customer: int
) -> None:
    """8 of 89 days, 17.98, fell due in February; of what does the discount lets off up to 30.00."""
    quarterly(given, customer, "arrears")
    given.discount(customer, amount="30.00")
    command(given, "pause", "2026-02-08")
    command(given, "resume", "2026-04-10")
    given.run("2026-01")
    given.run("2026-02")
    assert_announced(given, "2026-03", ("cancel", "2026-04-10"), {"2026-04": -3292, "2026-07": -17000})


def test_the_next_run_is_told_in_whole(given: Given, customer: int) -> None:
    """Two more of 31.00 since January: for three months that were billed, and April, which is not yet."""
    given.subscription(customer, given.flat_plan("31.00"), code="s", starts="2026-01-01")
    for period in ("2026-01", "2026-02", "2026-03"):
        given.run(period)
    assert_announced(given, "2026-04", ("change", "2026-01-01"), {"2026-04": 4 * 6200})


def test_what_waits_to_be_corrected_moves_too(given: Given, customer: int) -> None:
    """Three instead of one since 1 March waits for the run of April, until the period is reopened."""
    quarterly(given, customer, "arrears")
    given.run("2026-02")
    command(given, "cancel", "2026-04-10")
    given.run("2026-03")
    given.run("2026-04")
    command(given, "change", "2026-03-01")
    assert_announced(given, "2026-05", ("resume", "2026-04-10"), {"2026-05": 13483, "2026-07": 60000})


def test_what_a_void_invoice_billed_is_told_of_its_own_month(given: Given, customer: int) -> None:
    """Two more for 61 of 89 days; from then on for all of them."""
    quarterly(given, customer, "arrears")
    for period in ("2026-02", "2026-03", "2026-04"):
        given.run(period)
    given.void(given.invoice(customer, "2026-04"))
    assert_announced(given, "2026-04", ("change", "2026-02-28"), {"2026-04": 27416, "2026-07": 40000})

"""`billing change`, `pause`, `resume` and `cancel` as a person types them."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.orchestrator.cli.conftest import PROGRAM

if TYPE_CHECKING:
    from tests.given import Given
    from tests.orchestrator.cli.conftest import Billing

DAY = "--as-of=2026-02-10"
PHASES = "select starts_on::text, ends_on::text from billing.subscription_phases order by starts_on"
SEATS = ("change", "A", "seats", "--quantity=8", "--on=2026-02-15", DAY)


def phases(given: Given) -> list[tuple[object, ...]]:
    return given.connection.execute(PHASES).fetchall()


@pytest.fixture
def seats(given: Given) -> Given:
    """Five seats at 12.00 in advance; February is billed."""
    given.tax_rate()
    plan = given.flat_plan("12.00", code="seat", billed_in="advance")
    given.subscription(given.customer("A"), plan, quantity=5, code="seats", starts="2026-01-01")
    given.run("2026-01")
    return given


def test_what_a_change_bills_is_shown_and_then_billed(billing: Billing, seats: Given) -> None:
    result = billing(*SEATS, "--correct", "--yes")
    assert result.returncode == 0, result.stderr
    said = result.stdout.splitlines()
    assert said[-2:] == ["The run of 2026-02 bills 54.00 EUR more; it corrects INV-2026-01-0001 by +18.00.", "Done."]
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said if line.startswith("│")]
    assert ["seats", "seat", "8", "2026-02-15", "open"] in cells
    assert ["2026-02", "March 2026", "Plan seat", "5 → 8", "60.00", "96.00", "+36.00", ""] in cells
    seats.run("2026-02")
    assert str(seats.invoices(1)[-1].subtotal) == "114.00"


def test_days_that_were_billed_need_correct_and_are_shown_all_the_same(billing: Billing, seats: Given) -> None:
    result = billing(*SEATS, "--yes")
    assert result.returncode == 2
    assert "it corrects INV-2026-01-0001 by +18.00." in result.stdout
    assert result.stderr == (
        "billing: 3 charges of 1 invoice would owe another amount. Nothing was changed. "
        "Give --correct to change it all the same: the next run bills the difference.\n"
    )
    assert phases(seats) == [("2026-01-01", None)]


def test_what_was_credited_before_is_said_where_it_is_taken_back(billing: Billing, seats: Given) -> None:
    seats.deliver()
    seats.value("select billing.credit_invoice('INV-2026-01-0001', 1, null, 'goodwill', '2026-02-10', true) is null")
    result = billing("cancel", "A", "seats", "--on=2026-02-15", DAY, "--correct", "--yes")
    assert result.returncode == 0, result.stderr
    assert "INV-2026-01-0001 was credited before, by CN-2026-02-0001: what is taken back now comes on" in result.stdout
    again = billing("resume", "A", "seats", "--on=2026-02-15", DAY, "--correct", "--yes")
    assert "credited" not in again.stdout


def test_nobody_who_cannot_be_asked_changes_without_yes(billing: Billing, seats: Given) -> None:
    result = billing("pause", "A", "seats", "--at-period-end", DAY)
    assert (result.returncode, result.stderr) == (
        2,
        "billing: Nothing was changed. Give --yes to do it without being asked.\n",
    )
    assert phases(seats) == [("2026-01-01", None)]


@pytest.mark.parametrize(("answer", "code", "end"), [("n", 2, None), ("y", 0, "2026-03-01")])
def test_a_person_is_asked(environment: dict[str, str], seats: Given, answer: str, code: int, end: str | None) -> None:
    person, terminal = pty.openpty()
    os.write(person, f"{answer}\n".encode())
    command = [str(PROGRAM), "cancel", "A", "seats", "--at-period-end", DAY]
    result = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, stdin=terminal)
    os.close(person)
    os.close(terminal)
    assert (result.returncode, "Do it? [y/N]" in result.stderr) == (code, True)
    assert "The run of 2026-02 bills 60.00 EUR less." in result.stdout
    assert phases(seats) == [("2026-01-01", end)]


def test_what_is_not_billed_yet_is_changed_without_correct(billing: Billing, seats: Given) -> None:
    assert billing("pause", "A", "seats", "--on=2026-04-01", DAY, "--yes").returncode == 0
    assert billing("resume", "A", "seats", "--on=2026-05-01", DAY, "--yes").returncode == 0
    assert phases(seats) == [("2026-01-01", "2026-04-01"), ("2026-05-01", None)]


def test_another_run_is_told_where_only_the_day_moves_on_which_it_is_due(billing: Billing, given: Given) -> None:
    """A quarter in arrears is due on the day it is paused: 48 of 89 days by March, and no more in April."""
    plan = given.flat_plan("200.00", code="q", interval_months=3)
    given.subscription(given.customer("A"), plan, starts="2025-11-20", anchor="2025-10-31")
    said = billing("pause", "A", "q", "--on=2026-03-20", DAY, "--yes").stdout.splitlines()
    assert said[-4:] == [
        "The run of 2026-03 bills 107.87 EUR more.",
        "The run of 2026-04 bills 200.00 EUR less.",
        "The run of 2026-07 bills 200.00 EUR less.",
        "Done.",
    ]


def test_what_gets_a_row_of_its_own_is_named_as_it_is_from_then_on(billing: Billing, given: Given) -> None:
    given.subscription(given.customer("A"), given.flat_plan("9.00", code="basic"), starts="2026-01-01")
    given.flat_plan("19.00", code="pro")
    result = billing("change", "A", "basic", "--plan=pro", "--on=2026-03-01", DAY, "--yes")
    assert (result.returncode, "│ pro@2026-03-01 " in result.stdout) == (0, True)
    assert "The run of 2026-03 bills 10.00 EUR more." in result.stdout
    assert billing("cancel", "A", "pro", "--on=2026-06-01", DAY, "--yes").returncode == 0


def test_usage_so_far_is_counted(billing: Billing, given: Given) -> None:
    customer = given.customer("A")
    given.subscription(customer, given.plan("flat", code="small", unit_amount="1.00"), code="api")
    given.plan("flat", code="large", unit_amount="0.40")
    given.usage(customer, 10, on="2026-02-02")
    result = billing("change", "A", "api", "--plan=large", "--on=2026-02-01", DAY, "--yes")
    assert "The run of 2026-02 bills 6.00 EUR less." in result.stdout


def test_what_changes_no_amount_says_so(billing: Billing, given: Given) -> None:
    given.subscription(given.customer("A"), given.plan("flat", unit_amount="1.00"), code="api")
    assert "No amount changes, as things stand." in billing("pause", "A", "api", "--on=2026-03-01", DAY, "--yes").stdout


def test_what_fell_due_in_a_month_that_was_never_run_is_billed_by_none(billing: Billing, given: Given) -> None:
    customer = given.customer("A")
    given.subscription(customer, given.flat_plan("31.00"), code="fee", starts="2025-11-01", ends="2025-12-01")
    given.subscription(customer, given.flat_plan("5.00"), code="other", starts="2026-01-01")
    given.run("2026-01")
    result = billing("change", "A", "fee", "--quantity=2", "--on=2025-11-01", DAY, "--yes")
    assert "No run bills what is owed 31.00 EUR more: the months in which it fell due were never run." in result.stdout


@pytest.mark.usefixtures("seats")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("change", "A", "seats", "--on=2026-03-01"), "Give --plan, --quantity or both."),
        (("change", "A", "seats", "--quantity=8"), "Give either --on DATE or --at-period-end."),
        (("pause", "A", "seats", "--on=2026-03-01", "--at-period-end"), "Give either --on DATE or --at-period-end."),
        (("change", "A", "seats", "--quantity=eight", "--on=2026-03-01"), "'eight' is not a quantity"),
        (("change", "A", "seats", "--quantity=0", "--on=2026-03-01"), "To end it: billing cancel."),
        (("resume", "A", "seats", "--on=2026-03-01"), "Subscription seats is active on 2026-03-01."),
        (("cancel", "A", "chairs", "--on=2026-03-01"), "Account A has no subscription chairs. It has seats."),
        (("cancel", "A", "chairs", "--at-period-end"), "Account A has no subscription chairs. It has seats."),
        (("cancel", "B", "seats", "--on=2026-03-01"), "There is no account B."),
    ],
)
def test_what_is_refused_is_refused_in_a_sentence(billing: Billing, arguments: tuple[str, ...], said: str) -> None:
    result = billing(*arguments, DAY)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr

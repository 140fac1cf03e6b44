"""`billing run --hold`: looked at, let go, and delivered by nobody before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.given import Given
    from tests.orchestrator.cli.conftest import Billing

AS_OF = "--as-of=2026-03-01"


@pytest.fixture
def customer(given: Given) -> int:
    customer = given.customer("A", country="CH")
    given.subscription(customer, given.flat_plan("50.00"))
    return customer


def test_what_is_held_can_be_looked_at_and_goes_out_when_it_is_released(
    billing: Billing, given: Given, customer: int, tmp_path: Path
) -> None:
    assert billing("run", "2026-02", AS_OF, "--hold").returncode == 0
    for command in (("run", "2026-02", AS_OF), ("deliver", AS_OF)):
        result = billing(*command)
        assert result.returncode == 0
        assert "1 invoice of 2026-02, INV-2026-02-0001" in result.stderr
        assert given.invoice(customer).status == "draft"
    draft = tmp_path / "draft.pdf"
    assert billing("pdf", "INV-2026-02-0001", "--draft", "-o", str(draft)).returncode == 0
    assert draft.read_bytes().startswith(b"%PDF-")
    assert "INV-2026-02-0001" in billing("release", "2026-02", AS_OF).stdout
    assert billing("release", "2026-02", AS_OF).stdout == "Nothing of 2026-02 is held.\n"
    assert "Held" not in billing("deliver", AS_OF).stderr
    assert given.invoice(customer).status == "issued"


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-03-01", "It goes out with the next delivery"),
        ("2026-03-24", "Issued on 2026-03-01 and first due in 7 days, on 2026-03-31 (EUR)."),
        ("2026-04-01", "1 invoice in EUR is issued on 2026-03-01 and due before 2026-04-01: overdue when the customer"),
    ],
)
@pytest.mark.usefixtures("customer")
def test_a_release_says_what_the_hold_cost_of_the_time_to_pay(billing: Billing, on: str, said: str) -> None:
    held = billing("run", "2026-02", AS_OF, "--hold").stderr
    assert "Held since 2026-03-01: 1 invoice of 2026-02, INV-2026-02-0001." in held
    result = billing("release", "2026-02", f"--as-of={on}")
    assert (result.returncode, said in result.stderr) == (0, True), result.stderr


def test_a_release_names_every_day_of_issue_from_the_first_to_the_last(billing: Billing, given: Given) -> None:
    plan = given.flat_plan("50.00")
    for name in ("A", "B"):
        given.subscription(given.customer(name, country="CH"), plan)
    billing("run", "2026-02", AS_OF, "--hold")
    billing("void", "INV-2026-02-0001", "--reason", "wrong address", "--as-of=2026-03-02")
    billing("run", "2026-02", "--hold", "--as-of=2026-03-02")
    result = billing("release", "2026-02", "--as-of=2026-03-03")
    assert "2026-03-01 to 2026-03-02" in result.stdout
    assert "Issued on 2026-03-01 to 2026-03-02 and first due in 28 days" in result.stderr


@pytest.mark.parametrize("command", ["deliver", "collect"])
def test_nothing_goes_out_before_the_day_it_is_dated(
    billing: Billing, given: Given, customer: int, command: str
) -> None:
    given.run("2026-02", as_of="2026-03-01")
    early = billing(command, "--as-of=2026-02-20")
    said = "Not delivered: 1 document dated after 2026-02-20, the first INV-2026-02-0001 of 2026-03-01."
    assert (early.returncode, said in early.stderr) == (1, True), early.stderr
    assert (given.invoice(customer).status, given.value("select count(*) from billing.emails")) == ("draft", 0)
    assert billing(command, AS_OF).returncode == 0
    assert given.invoice(customer).status == "issued"


def test_nothing_numbered_is_nothing_held(billing: Billing, given: Given, customer: int) -> None:
    given.run("2026-02")
    result = billing("run", "2026-02", AS_OF, "--hold")
    assert "2026-02: nothing was numbered, so nothing more is held." in result.stderr
    assert given.invoice(customer).status == "draft"


def test_a_void_invoice_is_named_by_check_and_by_every_run_until_it_is_waived(
    billing: Billing, given: Given, customer: int
) -> None:
    given.run("2026-02")
    given.deliver()
    given.void(given.invoice(customer), on="2026-03-01")
    for command in (("check",), ("run", "2026-01", AS_OF, "--no-deliver")):
        result = billing(*command)
        assert result.returncode == 1
        assert "INV-2026-02-0001" in result.stdout + result.stderr
    assert billing("void", "INV-2026-02-0001", "--reason=x", AS_OF, "--waive").returncode == 0
    assert billing("check").returncode == 0


def test_a_rerun_says_what_it_billed_before_it_sums_up_the_month(billing: Billing, given: Given, customer: int) -> None:
    given.subscription(given.customer("B"), given.flat_plan("7.00"))
    given.run("2026-02")
    given.void(given.invoice(customer), on="2026-03-01")
    now, _, month = billing("run", "2026-02", AS_OF, "--no-deliver").stdout.partition("The month in all")
    assert " ".join(now.split()) == (
        "Billed now, EUR invoices 1 usage 0.00 subscriptions 50.00 proration 0.00 tax 0.00 total 50.00"
    )
    assert "57.00" in month
    assert billing("run", "2026-02", AS_OF, "--no-deliver").stdout.startswith("Nothing was left to bill of 2026-02.")

"""`billing charge` as a person types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.orchestrator.cli.conftest import Billing

DAY = "--as-of=2026-03-10"
SET_UP = ("charge", "A", "500", "--description=Set-up", DAY)


@pytest.fixture(autouse=True)
def customer(given: Given) -> int:
    given.tax_rate()
    return given.customer("A")


def test_a_charge_is_on_the_next_invoice(billing: Billing, given: Given, customer: int) -> None:
    result = billing(*SET_UP)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "X-0001: Set-up, 500.00 EUR net of tax. The run of 2026-03 bills it.\n"
    given.run("2026-03")
    assert [(line.kind, str(line.amount)) for line in given.lines(customer, "2026-03")] == [("charge", "500.00")]


def test_a_charge_may_be_in_favour_of_the_customer_and_due_later(billing: Billing) -> None:
    said = billing("charge", "A", "-20.5", "--description=Goodwill", "--due=2026-05-01", DAY).stdout
    assert said == "X-0001: Goodwill, -20.50 EUR net of tax. The run of 2026-05 bills it.\n"


def test_the_same_again_is_a_repeat_with_a_code_and_refused_without(billing: Billing, given: Given) -> None:
    assert billing(*SET_UP, "--code=S").returncode == 0
    assert billing(*SET_UP, "--code=S").stdout == "S was added before; nothing was added now.\n"
    result = billing(*SET_UP)
    assert result.returncode == 2
    assert "Account A has that charge already, as S. Give it a code of its own" in result.stderr
    assert given.value("select count(*) from billing.charges") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("A", "1e3", "--description=x"), "'1e3' is not an amount"),
        (("A", "--5", "--description=x"), "'--5' is not an amount"),
        (("A", "0.001", "--description=x"), "no amount of a charge"),
        (("B", "5", "--description=x"), "There is no account B."),
        (("A", "5", "--descripton=x"), "--description"),
    ],
)
def test_what_is_refused_is_refused_in_a_sentence(billing: Billing, arguments: tuple[str, ...], said: str) -> None:
    result = billing("charge", *arguments, DAY)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr

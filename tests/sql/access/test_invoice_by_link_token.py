from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from orchestrator.engine.access import WebDatabase
    from tests.given import Given


@pytest.fixture
def number(given: Given, web: WebDatabase) -> str:
    customer = given.customer()
    given.subscription(customer, given.flat_plan())
    given.run("2026-02")
    given.deliver()
    web.link_invoices(limit=10)
    return str(given.invoice(customer).invoice_number)


def test_the_link_printed_on_an_invoice_finds_it(given: Given, web: WebDatabase, number: str) -> None:
    token = str(given.value("select billing.payment_link_token(%s)", number))
    assert web.invoice_by_link_token(token=token) == number


@pytest.mark.parametrize("token", ["", "x", "A" * 32, "%", "' or true --"])
def test_other_tokens_find_nothing(number: str, web: WebDatabase, token: str) -> None:
    assert number
    assert web.invoice_by_link_token(token=token) is None


def test_the_number_itself_is_no_token(number: str, web: WebDatabase) -> None:
    assert web.invoice_by_link_token(token=number) is None

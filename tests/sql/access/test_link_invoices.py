from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from orchestrator.engine.access import WebDatabase
    from tests.given import Given

INVOICES = 3


@pytest.fixture
def billed(given: Given) -> Given:
    plan = given.flat_plan("99.00")
    for _ in range(INVOICES):
        given.subscription(given.customer(), plan)
    given.run("2026-02")
    return given


def test_every_link_finds_its_own_invoice(billed: Given, web: WebDatabase) -> None:
    billed.deliver()
    assert web.link_invoices(limit=100) == INVOICES
    wrong = """
        select count(*) from billing.invoices
        where billing.invoice_by_link_token(billing.payment_link_token(invoice_number)) is distinct from invoice_number
    """
    assert billed.value(wrong) == 0


def test_a_second_time_there_is_nothing_to_do(billed: Given, web: WebDatabase) -> None:
    del billed
    assert [web.link_invoices(limit=100) for _ in range(2)] == [INVOICES, 0]


def test_the_work_of_one_call_has_a_limit(billed: Given, web: WebDatabase) -> None:
    del billed
    assert [web.link_invoices(limit=2) for _ in range(3)] == [2, 1, 0]


def test_invoices_that_are_not_issued_have_no_page_yet(billed: Given, web: WebDatabase) -> None:
    web.link_invoices(limit=100)
    token = str(billed.value("select billing.payment_link_token(max(invoice_number)) from billing.invoices"))
    assert web.invoice_by_link_token(token=token) is None
    billed.deliver()
    assert web.invoice_by_link_token(token=token) is not None

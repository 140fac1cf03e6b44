"""What is held of a customer stands on the next document, which asks for the rest: document, money and letter agree."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.collection import Collection
from tests.engine import PDF

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from tests.conftest import Connect

Claim = tuple[int, int]
NEXT = "2026-04-01"


@pytest.fixture
def given(database: psycopg.Connection) -> Collection:
    """A factory of invoices and payments."""
    return Collection(database)


def held(given: Collection, amount: str, *, method: str = "send_invoice") -> int:
    """A customer who has paid so much too much, and whose next invoice of 100.00 is numbered."""
    bill = given.issued("100.00", method=method)
    given.transfer(str(100 + float(amount)), bill.number, end_to_end_id="TRANSFER-1")
    given.run("2026-03", as_of=NEXT)
    return bill.customer


def claim(given: Collection) -> Claim:
    row = given.connection.execute(
        "select subject_id, claim from billing.claim_documents('w', 1, '1 hour', 'infinity', 'infinity')"
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def content(given: Collection, document: int) -> dict[str, Any]:
    shown = given.value("select billing.document_content(%s, 'https://pay.example', true)", document)
    assert isinstance(shown, dict)
    return shown


def amounts(given: Collection, document: int) -> tuple[str, str]:
    shown = content(given, document)
    return shown["amount_paid"], shown["amount_due"]


def complete(given: Collection, claimed: Claim) -> object:
    return given.value("select billing.complete_document(%s, %s, %s)", *claimed, PDF)


def test_the_document_shows_what_is_held_and_asks_for_the_rest(given: Collection) -> None:
    held(given, "30.00")
    document, _ = claim(given)
    shown = content(given, document)
    assert (shown["total"], shown["amount_paid"], shown["amount_due"]) == ("100.00", "30.00", "70.00")
    assert "EUR70.00" in shown["epc_payload"]


def test_money_letter_and_page_agree_with_the_document(given: Collection) -> None:
    customer = held(given, "30.00")
    assert complete(given, claim(given)) is True
    number = given.invoice(customer, "2026-03").invoice_number
    mail = given.value(
        "select billing.email_message(max(email_id), 'https://pay.example', true, '2026-03-01') from billing.emails "
        "where template = 'invoice_transfer'"
    )
    page = given.value("select billing.payment_page(%s)", number)
    assert isinstance(mail, dict)
    assert isinstance(page, dict)
    assert (mail["amount_due"], mail["settled_amount"]) == ("70.00", "30.00")
    assert (page["outstanding"], page["paid"], page["stripe_amount"]) == ("70.00", "30.00", 7000)
    assert given.broken() == []


def test_a_card_is_charged_only_the_rest(given: Collection) -> None:
    customer = held(given, "30.00", method="charge_automatically")
    bill = given.billed(customer, period="2026-03", on=NEXT)
    attempt = given.begun(bill, on=NEXT)
    assert given.value("select amount from billing.payment_attempts where payment_attempt_id = %s", attempt) == 70


@pytest.mark.parametrize("method", ["send_invoice", "charge_automatically"])
def test_where_all_is_held_nothing_is_asked_for(given: Collection, method: str) -> None:
    customer = held(given, "130.00", method=method)
    document, attempt = claim(given)
    shown = content(given, document)
    assert (shown["amount_due"], shown["payment_url"], shown["epc_payload"]) == ("0.00", None, None)
    complete(given, (document, attempt))
    bill = given.billed(customer, period="2026-03", on=NEXT)
    assert (given.status(bill), given.balance(customer)) == ("paid", 30)
    assert not given.value("select exists(select from billing.payment_attempts where invoice_id = %s)", bill.invoice_id)


def more_comes(given: Collection) -> None:
    given.transfer("20.00", "INV-2026-02-0001", on="2026-03-20")


def the_money_goes_back(given: Collection) -> None:
    given.transfer("-130.00", "return", on="2026-03-20", end_to_end_id="TRANSFER-1", is_return=True)


@pytest.mark.parametrize(
    ("event", "then"), [(more_comes, ("50.00", "50.00")), (the_money_goes_back, ("0.00", "100.00"))]
)
def test_what_changes_while_it_is_rendered_makes_it_rendered_anew(
    given: Collection, event: Callable[[Collection], None], then: tuple[str, str]
) -> None:
    customer = held(given, "30.00")
    claimed = claim(given)
    event(given)
    assert amounts(given, claimed[0]) == ("30.00", "70.00")
    assert complete(given, claimed) is False
    assert given.invoice(customer, "2026-03").status == "draft"
    again = claim(given)
    assert amounts(given, again[0]) == then
    assert complete(given, again) is True
    assert given.broken() == []


def test_two_documents_of_one_customer_never_show_more_than_is_held(given: Collection) -> None:
    customer = held(given, "130.00")
    given.run("2026-01", as_of=NEXT)
    first, second = claim(given), claim(given)
    assert [amounts(given, document) for document, _ in (first, second)] == [("100.00", "0.00")] * 2
    assert [complete(given, each) for each in (second, first)] == [True, False]
    again = claim(given)
    assert amounts(given, again[0]) == ("30.00", "70.00")
    assert (complete(given, again), given.balance(customer), given.broken()) == (True, 0, [])


def test_two_workers_of_one_customer_take_turns(given: Collection, connect: Connect) -> None:
    held(given, "130.00")
    given.run("2026-01", as_of=NEXT)
    other = Collection(connect())
    first, second = claim(given), claim(other)
    with ThreadPoolExecutor(1) as pool:
        with given.connection.transaction():
            assert complete(given, first) is True
            late = pool.submit(complete, other, second)
            given.until_waiting(other)
        assert late.result() is False


def test_a_held_or_void_draft_binds_no_money(given: Collection) -> None:
    customer = held(given, "30.00")
    claim(given)
    number = given.invoice(customer, "2026-03").invoice_number
    given.value("select billing.void_invoice(%s, 'wrong', %s, false)", number, NEXT)
    assert given.balance(customer) == 30


def test_a_draft_that_nobody_renders_yet_shows_what_it_would(given: Collection) -> None:
    customer = held(given, "30.00")
    number = given.invoice(customer, "2026-03").invoice_number
    shown = given.value("select billing.draft_document(%s, 'https://pay.example', true)", number)
    assert isinstance(shown, dict)
    assert (shown["amount_paid"], shown["amount_due"]) == ("30.00", "70.00")


def test_a_stored_document_says_for_ever_what_was_held(given: Collection) -> None:
    customer = held(given, "30.00")
    claimed = claim(given)
    complete(given, claimed)
    given.paid_by_hand(given.billed(customer, period="2026-03", on=NEXT), "70.00", on="2026-04-02")
    assert amounts(given, claimed[0]) == ("30.00", "70.00")

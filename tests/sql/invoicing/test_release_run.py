from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given


@pytest.fixture
def held(given: Given) -> int:
    """A customer with 50.00 for February, numbered on 1 March and held."""
    customer = given.customer("A")
    given.subscription(customer, given.flat_plan("50.00", code="seat"))
    given.run("2026-02", is_held=True)
    return customer


def claimed(given: Given) -> list[str]:
    rows = given.connection.execute(
        "select name from billing.claim_documents('anybody', 100, interval '1 hour', 'infinity', 'infinity')"
    )
    return [number for (number,) in rows]


def released(given: Given, *, on: str = "2026-03-05") -> list[tuple[object, ...]]:
    return given.connection.execute(
        "select currency, invoices, total::text, first_number, last_number, issued_on::text, last_issued_on::text, "
        "first_due_on::text, past_due "
        "from billing.release_run('2026-02-01', %s)",
        (on,),
    ).fetchall()


@pytest.mark.usefixtures("held")
def test_a_held_run_is_nobodys_work(given: Given) -> None:
    assert given.value("select documents from billing.open_work('infinity')") == 0
    assert given.connection.execute("select * from billing.open_documents()").fetchall() == []
    assert claimed(given) == []
    assert given.broken() == []


@pytest.mark.usefixtures("held")
def test_who_held_it_and_who_released_it_is_on_record(given: Given) -> None:
    held = "select period_start::text, invoices, first_number, held_on::text, held_by from billing.held_runs()"
    owner = given.value("select session_user::text")
    assert given.connection.execute(held.encode()).fetchall() == [
        ("2026-02-01", 1, "INV-2026-02-0001", "2026-03-01", owner)
    ]
    released(given)
    log = "select business_date::text, actor, to_state, reason from billing.audit_log where topic = 'run'"
    assert given.connection.execute(log.encode()).fetchall() == [
        ("2026-03-01", owner, "held", "invoices numbered and held: 1"),
        ("2026-03-05", owner, "released", "invoices released: 1"),
    ]


def test_a_release_lets_go_with_the_number_and_date_it_had(given: Given, held: int) -> None:
    assert released(given) == [
        ("EUR", 1, "50.00", "INV-2026-02-0001", "INV-2026-02-0001", "2026-03-01", "2026-03-01", "2026-03-31", 0)
    ]
    given.deliver()
    invoice = given.invoice(held)
    assert (invoice.status, str(invoice.issued_on)) == ("issued", "2026-03-01")
    assert given.connection.execute("select * from billing.held_runs()").fetchall() == []


@pytest.mark.usefixtures("held")
def test_a_second_release_finds_nothing(given: Given) -> None:
    released(given)
    assert released(given) == []
    assert given.value("select count(*) from billing.audit_log where topic = 'run'") == 2


@pytest.mark.usefixtures("held")
def test_a_rerun_without_hold_releases_nothing(given: Given) -> None:
    given.subscription(given.customer("B"), given.flat_plan())
    given.run("2026-02")
    assert claimed(given) == ["INV-2026-02-0002"]
    assert given.value("select invoices from billing.held_runs()") == 1


def test_a_rerun_with_hold_holds_only_what_it_numbers(given: Given, held: int) -> None:
    other = given.customer("B")
    given.subscription(other, given.flat_plan())
    given.run("2026-02")
    released(given)
    given.void(given.invoice(other), on="2026-03-05")
    given.run("2026-02", is_held=True)
    assert given.value("select first_number from billing.held_runs()") == "INV-2026-02-0003"
    given.deliver()
    assert (given.invoice(held).status, given.invoice(other).status) == ("issued", "draft")


@pytest.mark.usefixtures("held")
def test_another_month_is_not_held(given: Given) -> None:
    given.run("2026-03")
    assert claimed(given) == ["INV-2026-03-0001"]
    assert len(released(given)) == 1


def test_each_currency_is_released_with_its_total(given: Given) -> None:
    for currency, amount in (("EUR", "1.00"), ("USD", "2.00"), ("USD", "3.00")):
        customer = given.customer(currency=currency, country="US")
        given.subscription(customer, given.flat_plan(amount, currency=currency))
    given.run("2026-02", is_held=True)
    assert [row[:3] for row in released(given)] == [("EUR", 1, "1.00"), ("USD", 2, "5.00")]


def test_only_what_is_awaited_by_transfer_can_go_out_after_its_due_date(given: Given) -> None:
    for method, amount in (("send_invoice", "1.00"), ("charge_automatically", "2.00"), ("send_invoice", "0")):
        given.subscription(given.customer(collection_method=method), given.flat_plan(amount))
    given.run("2026-02", is_held=True)
    assert [row[-2:] for row in released(given, on="2026-04-01")] == [("2026-03-31", 1)]


def test_a_month_that_was_not_run_is_not_released(given: Given) -> None:
    with pytest.raises(psycopg.errors.NoDataFound, match="2026-02 has not been run"):
        released(given)


@pytest.mark.usefixtures("held")
def test_a_run_is_not_released_before_its_date(given: Given) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="is of 2026-03-01, later than 2026-02-28"):
        released(given, on="2026-02-28")


def test_held_drafts_are_no_receivable_nor_is_one_that_is_void_by_now(given: Given, held: int) -> None:
    owed = "select count(*) from reporting.outstanding"
    given.connection.execute("set billing.as_of = '2026-03-04'")
    assert given.value(owed) == 0
    given.void(given.invoice(held), on="2026-03-05")
    assert given.value(owed) == 0
    given.run("2026-02")
    given.deliver()
    assert given.value(owed) == 1

"""While a person holds the dunning of an invoice or an account nobody reminds of it; afterwards it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Collection

DUE = "2026-03-31"
"""Of every invoice here: the reminder comes on 3 April, the notice on 7 April, the review on 14 April."""


def hold(
    given: Collection, subject: str, *, on: str = "2026-04-01", until: str | None = None, reason: str = "disputed"
) -> object:
    return given.value("select billing.hold_dunning(%s, %s, %s, %s)", subject, until, reason, on)


def lift(given: Collection, subject: str, *, on: str) -> object:
    return given.value("select billing.lift_dunning_hold(%s, %s)", subject, on)


def account(given: Collection, bill: Bill) -> str:
    return str(given.value("select account_number from billing.customers where customer_id = %s", bill.customer))


def reminders(given: Collection, bill: Bill) -> list[str]:
    return [template for template, state in given.letters(bill)[1:] if state != "obsolete"]


@pytest.fixture
def bill(given: Collection) -> Bill:
    """A transfer of 100.00, due on 31 March."""
    return given.issued("100.00")


@pytest.fixture
def card(given: Collection) -> Bill:
    """A card invoice of 1 March whose charge was declined softly: retries on 4, 8 and 15 March."""
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="insufficient_funds")
    return bill


@pytest.mark.parametrize("whole_account", [False, True])
def test_nothing_is_sent_while_it_is_on_hold_and_one_step_a_distance_after(
    given: Collection, bill: Bill, *, whole_account: bool
) -> None:
    hold(given, account(given, bill) if whole_account else bill.number, until="2026-05-01")
    for day in ("2026-04-03", "2026-04-14", "2026-04-30"):
        assert given.advance(day) == (0, 0)
    steps = {"2026-05-01": ["reminder"], "2026-05-04": ["reminder"], "2026-05-05": ["reminder", "urgent_notice"]}
    for day, taken in steps.items():
        given.advance(day)
        assert reminders(given, bill) == taken
    given.advance("2026-05-12")
    assert reminders(given, bill) == ["reminder", "urgent_notice", "manual_review"]
    assert given.broken() == []


def test_what_has_been_sent_is_not_sent_again_after_a_hold(given: Collection, bill: Bill) -> None:
    given.advance("2026-04-03")
    given.connection.execute("update billing.emails set state = 'sent', sent_at = now()")
    hold(given, bill.number, on="2026-04-04")
    assert given.advance("2026-06-01") == (0, 0)
    assert lift(given, bill.number, on="2026-06-02") is True
    given.advance("2026-06-02")
    assert reminders(given, bill) == ["reminder", "urgent_notice"]


def test_a_hold_of_an_account_is_for_its_invoices_to_come_and_nobody_elses(given: Collection, bill: Bill) -> None:
    hold(given, account(given, bill))
    later = given.billed(bill.customer, period="2026-03", on="2026-04-01")
    other = given.issued("5.00", period="2026-03", on="2026-04-01")
    given.advance("2026-05-10")
    assert (reminders(given, bill), reminders(given, later), reminders(given, other)) == ([], [], ["reminder"])


def test_a_hold_of_one_invoice_leaves_the_others_of_its_customer(given: Collection, bill: Bill) -> None:
    later = given.billed(bill.customer, period="2026-03", on="2026-04-01")
    hold(given, later.number)
    given.advance("2026-05-10")
    assert (reminders(given, bill), reminders(given, later)) == (["reminder"], [])


def test_a_retry_that_is_planned_is_not_made_and_comes_back_after_the_hold(given: Collection, card: Bill) -> None:
    given.advance("2026-03-04")
    hold(given, card.number, on="2026-03-04", until="2026-03-20")
    claim = "select count(*) from billing.claim_work('charge', 'w', 10, interval '1 hour', 'infinity', 'infinity')"
    assert given.value(claim) == 0
    assert given.advance("2026-03-19") == (0, 0)
    assert given.advance("2026-03-20") == (0, 1)
    given.charge(card, declined="insufficient_funds", on="2026-03-20")
    assert reminders(given, card) == ["reminder"]
    assert given.dunning(card)[2] == "2026-03-24"


def test_a_retry_that_fails_during_the_hold_takes_no_step(given: Collection, card: Bill) -> None:
    given.advance("2026-03-04")
    given.begun(card, on="2026-03-04")
    hold(given, card.number, on="2026-03-04", until="2026-03-20")
    given.charge(card, declined="expired_card", on="2026-03-04")
    assert (given.dunning(card)[0], reminders(given, card)) == ("retry_scheduled", [])
    given.advance("2026-03-20")
    assert reminders(given, card) == ["reminder"]


def test_a_first_charge_and_a_payment_go_on(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    hold(given, account(given, bill), on="2026-03-01")
    given.charge(bill)
    assert given.status(bill) == "paid"


def test_a_new_card_is_charged_at_once_and_its_failure_is_told(given: Collection, card: Bill) -> None:
    hold(given, card.number, on="2026-03-02")
    given.connection.execute(
        "select billing.store_payment_method(%s, 'cus_x', 'pm_new', '2026-03-03')", (card.customer,)
    )
    given.charge(card, declined="expired_card", on="2026-03-03")
    assert reminders(given, card) == ["update_payment_method"]


def test_a_letter_that_is_written_and_not_sent_is_withdrawn(given: Collection, bill: Bill) -> None:
    given.advance("2026-04-03")
    hold(given, bill.number, on="2026-04-03")
    assert given.letters(bill)[1:] == [("reminder", "obsolete")]
    assert given.letters(bill)[0] == ("invoice_transfer", "queued")


def test_said_again_it_changes_date_and_reason_and_said_the_same_way_nothing(given: Collection, bill: Bill) -> None:
    said = [("2026-05-01", "disputed"), ("2026-05-01", "disputed"), ("2026-06-01", "disputed"), (None, "court")]
    assert [hold(given, bill.number, until=day, reason=why) for day, why in said] == [True, False, True, True]
    stored = "select starts_on::text, ends_on::text, reason from billing.dunning_holds"
    assert given.connection.execute(stored.encode()).fetchall() == [("2026-04-01", None, "court")]
    assert [lift(given, bill.number, on="2026-04-05") for _ in range(2)] == [True, False]


def test_every_change_is_in_the_audit_log(given: Collection, bill: Bill) -> None:
    hold(given, bill.number, until="2026-05-01")
    hold(given, bill.number, until="2026-05-01")
    lift(given, bill.number, on="2026-04-05")
    log = "select business_date::text, from_state, to_state, reason from billing.audit_log where topic = 'hold'"
    assert given.connection.execute(log.encode()).fetchall() == [
        ("2026-04-01", None, "held", "until 2026-05-01, disputed"),
        ("2026-04-05", "held", "lifted", "dunning goes on"),
    ]


def test_the_queue_says_until_when_and_why(given: Collection, bill: Bill) -> None:
    hold(given, bill.number, until="2026-05-01")
    queue = "select next_action, next_action_on::text, hold_reason from reporting.dunning_queue"
    for day, shown in (
        ("2026-03-31", ("send reminder", "2026-04-03", None)),
        ("2026-04-30", ("on hold until 2026-05-01", "2026-05-01", "disputed")),
        ("2026-05-01", ("send reminder", "2026-04-03", None)),
    ):
        given.connection.execute(f"set billing.as_of = '{day}'".encode())
        assert given.connection.execute(queue.encode()).fetchone() == shown


@pytest.mark.parametrize(
    ("subject", "until", "reason", "said"),
    [
        ("INV-1", None, "x", "there is no invoice and no account INV-1"),
        ("A-0001", None, " ", "a hold needs a reason"),
        ("A-0001", "2026-04-01", "x", "2026-04-01 is not after 2026-04-01"),
    ],
)
def test_what_is_no_hold_is_refused(given: Collection, subject: str, until: str | None, reason: str, said: str) -> None:
    given.customer("A-0001")
    with pytest.raises(psycopg.Error, match=said):
        hold(given, subject, until=until, reason=reason)


def test_nothing_reminds_of_a_settled_invoice(given: Collection, bill: Bill) -> None:
    given.paid_by_hand(bill, "100.00")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="is paid: nothing reminds of it"):
        hold(given, bill.number)

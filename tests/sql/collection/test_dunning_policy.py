from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.collection import Bill, Collection

AGAIN_ON_DAY_5 = """
insert into billing.dunning_policy (failure_kind, day, action, letter) values ('none', 5, 'letter', 'reminder')
"""
LATER = "update billing.dunning_policy set day = day + 20 where failure_kind = 'none' and day > 7"
CALL = "insert into billing.dunning_policy (failure_kind, day, action, task) values ('none', 10, 'task', 'phone call')"
SHORT = "delete from billing.dunning_policy where failure_kind = 'none' and day > 7"


def test_a_state_allows_its_transitions_and_itself(given: Collection) -> None:
    steps = given.connection.execute(
        "select from_state, day from billing.allowed_dunning_steps "
        "where failure_kind = 'none' and from_state in ('reminder_sent', 'urgent_notice', 'paid') order by 1, 2"
    ).fetchall()
    assert steps == [
        *[("reminder_sent", day) for day in (3, 7, 14)],
        *[("urgent_notice", day) for day in (7, 14)],
    ]


@pytest.mark.parametrize("policy", ["select", AGAIN_ON_DAY_5, LATER, SHORT, CALL, AGAIN_ON_DAY_5 + ";" + LATER])
@pytest.mark.parametrize("pauses", [(), (4, 5, 6), (3, 4, 7, 8, 9)])
def test_the_queue_shows_the_step_that_the_engine_plans(
    given: Collection, policy: str, pauses: tuple[int, ...]
) -> None:
    bill = given.issued("100.00")
    given.connection.execute(policy.encode())
    for day in range(1, 25):
        on = date(2026, 3, 31) + timedelta(days=day)
        if day not in pauses:
            given.advance(on.isoformat())
        assert queue(given, on) == plan(given, bill), on


def test_a_task_is_one_row_of_the_policy(given: Collection) -> None:
    bill = given.issued("100.00")
    given.connection.execute(CALL.encode())
    for day in ("2026-04-03", "2026-04-07"):
        given.advance(day)
    assert next_action(given, "2026-04-08") == ("phone call", date(2026, 4, 10))
    assert given.value("select tasks from billing.advance_dunning('2026-04-10')") == 1
    assert given.dunning(bill) == ("urgent_notice", 14, "2026-04-14")
    assert next_action(given, "2026-04-10") == ("hand over to review", date(2026, 4, 14))
    assert next_action(given, "2026-04-08") == ("phone call", date(2026, 4, 10))
    assert given.advance("2026-04-10") == (0, 0)


def test_a_task_is_told_to_finance_once_and_is_in_the_log(given: Collection) -> None:
    bill = given.issued("100.00")
    given.connection.execute(CALL.encode())
    for day in ("2026-04-03", "2026-04-07", "2026-04-10", "2026-04-10"):
        given.advance(day)
    assert given.letters(bill)[-2:] == [("urgent_notice", "queued"), ("manual_review", "queued")]
    told = given.connection.execute("select reason, is_task from billing.reviews_since(0)").fetchall()
    assert told == [("phone call", True)]
    log = "select from_state, to_state, business_date::text from reporting.dunning_log where reason = 'phone call'"
    assert given.connection.execute(log.encode()).fetchall() == [("urgent_notice", "urgent_notice", "2026-04-10")]


def test_an_invoice_that_is_dunned_again_begins_with_the_first_step(given: Collection) -> None:
    bill = given.issued("100.00")
    given.connection.execute(CALL.replace("10", "2").encode())
    for day in ("2026-04-02", "2026-04-03"):
        given.advance(day)
    given.transfer("100.00", bill.number, payer_iban="DE1", on="2026-04-10")
    given.transfer("-100.00", "", payer_iban="DE1", on="2026-04-20", is_return=True)
    assert given.dunning(bill) == ("issued", 2, "2026-04-22")


def test_a_charge_without_a_letter_writes_none(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    early = "insert into billing.dunning_policy (failure_kind, day, action) values ('soft', 1, 'charge')"
    given.connection.execute(early.encode())
    given.charge(bill, declined="insufficient_funds")
    before = given.letters(bill)
    assert given.advance("2026-03-02") == (0, 1)
    given.charge(bill, declined="insufficient_funds", on="2026-03-02")
    assert (given.letters(bill), given.dunning(bill)) == (before, ("retry_scheduled", 3, "2026-03-04"))


POLICY = [
    {"day": 5, "action": "letter", "letter": "urgent_notice"},
    {"day": 9, "action": "task", "task": "phone call"},
    {"day": 20, "action": "task", "letter": "manual_review"},
]


def replaced(given: Collection, **policy: object) -> object:
    return given.value("select billing.replace_dunning_policy(%s)", Jsonb(policy))


def test_a_new_policy_counts_for_invoices_that_are_being_dunned(given: Collection) -> None:
    reminded, new = given.issued("100.00"), given.issued("50.00", method="charge_automatically")
    given.charge(new, declined="expired_card")
    given.advance("2026-04-03")
    card = given.dunning(new)
    assert replaced(given, transfer=POLICY) is True
    assert given.dunning(reminded) == ("reminder_sent", 5, "2026-04-05")
    assert given.dunning(new) == card
    days = ("2026-04-05", "2026-04-09", "2026-04-20")
    assert [(given.advance(day), given.dunning(reminded)[0])[1] for day in days] == [
        "urgent_notice",
        "urgent_notice",
        "manual_review",
    ]


def test_ways_to_pay_that_a_policy_does_not_name_keep_their_steps(given: Collection) -> None:
    cards = "select array_agg((failure_kind, day)::text) from billing.dunning_policy where failure_kind <> 'none'"
    before = given.value(cards)
    replaced(given, transfer=POLICY)
    assert given.value(cards) == before


def test_a_new_policy_dates_nothing_that_waits_for_a_person(given: Collection) -> None:
    bill = given.issued("100.00")
    given.advance("2026-04-03")
    given.connection.execute("update billing.dunning_cases set next_day = null, next_action_on = null")
    assert replaced(given, transfer=POLICY) is True
    assert given.dunning(bill) == ("reminder_sent", None, None)


def test_the_letter_that_leads_on_is_next_on_whatever_day_the_last_one_was(given: Collection) -> None:
    assert given.value("select day from billing.next_dunning_step('none', 'reminder_sent', 30)") == 7


def test_the_policy_in_force_changes_nothing(given: Collection) -> None:
    replaced(given, transfer=POLICY)
    bill = given.issued("100.00")
    before = given.value("select xmin::text from billing.dunning_cases where invoice_id = %s", bill.invoice_id)
    assert replaced(given, transfer=POLICY) is False
    in_force = given.value("select billing.dunning_policy_in_force()")
    assert isinstance(in_force, dict)
    assert in_force["transfer"] == POLICY
    assert replaced(given, **in_force) is False
    assert given.value("select xmin::text from billing.dunning_cases where invoice_id = %s", bill.invoice_id) == before


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], "at least one step"),
        ([{"day": 14, "action": "task", "letter": "manual_review"}], None),
        (POLICY, None),
        (POLICY[:2], "manual_review as the letter of the last step"),
        (
            [*POLICY, {"day": 30, "action": "letter", "letter": "reminder"}],
            "manual_review as the letter of the last step",
        ),
        ([POLICY[1], POLICY[0], POLICY[2]], "later than that of the step before"),
        ([{"day": 1, "action": "call"}, *POLICY], "the action letter, task or"),
        ([{"day": 1, "action": "charge"}, *POLICY], "the action letter, task or"),
        ([{"day": 1}, *POLICY], "the action letter, task or"),
        ([{"day": 1, "action": "letter"}, *POLICY], "the letter reminder, urgent_notice or manual_review"),
        ([{"day": 1, "action": "task", "letter": "invoice_void"}, *POLICY], "the letter reminder, urgent_notice or"),
        (
            [POLICY[0], {"day": 6, "action": "letter", "letter": "reminder"}, POLICY[2]],
            "none of them after a later one",
        ),
        ([{"day": 1, "action": "task"}, *POLICY], "the text of a task"),
        ([{"day": 1, "action": "task", "task": "a\nb"}, *POLICY], "the text of a task"),
        ([{"day": 1, "action": "letter", "letter": "urgent_notice", "task": "call"}, *POLICY], "the text of a task"),
        ([{"day": -1, "action": "task", "task": "call"}, *POLICY], "a day from 0 to 1000"),
        ([{"day": 99999999999, "action": "task", "letter": "manual_review"}], "a day from 0 to 1000"),
        ([{"action": "task", "letter": "manual_review"}], "a day from 0 to 1000"),
    ],
)
def test_a_policy_that_could_not_be_followed_is_refused(
    given: Collection, steps: list[dict[str, object]], expected: str | None
) -> None:
    found = given.connection.execute(
        "select expected from billing.dunning_policy_problems(%s)", (Jsonb({"transfer": steps}),)
    ).fetchall()
    assert (found == []) if expected is None else any(expected in text for (text,) in found)


def next_action(given: Collection, on: str) -> tuple[object, ...] | None:
    given.connection.execute(f"set billing.as_of = '{on}'".encode())
    return given.connection.execute("select next_action, next_action_on from reporting.dunning_queue").fetchone()


def queue(given: Collection, on: date) -> tuple[object, ...] | None:
    given.connection.execute(f"set billing.as_of = '{on}'".encode())
    return given.connection.execute("select state, next_action_on from reporting.dunning_queue").fetchone()


def plan(given: Collection, bill: Bill) -> tuple[object, ...] | None:
    case = "select state, next_action_on from billing.dunning_cases where invoice_id = %s"
    return given.connection.execute(case.encode(), (bill.invoice_id,)).fetchone()

"""A policy that changes while invoices wait: each of its letters is sent, none at once with another, none twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.collection import Bill, Collection


def letter(day: int, name: str, action: str = "letter") -> dict[str, object]:
    return {"day": day, "action": action, "letter": name}


def review(day: int) -> dict[str, object]:
    return letter(day, "manual_review", "task")


def replaced(given: Collection, **policy: object) -> object:
    return given.value("select billing.replace_dunning_policy(%s)", Jsonb(policy))


def count_letters(given: Collection, bill: Bill, name: str) -> int:
    return [template for template, _ in given.letters(bill)].count(name)


def test_each_of_several_letters_of_a_kind_is_sent(given: Collection) -> None:
    replaced(given, transfer=[letter(3, "reminder"), letter(8, "reminder"), review(20)])
    bill = given.issued("100.00")
    for day in ("2026-04-03", "2026-04-03", "2026-04-08", "2026-04-08"):
        given.advance(day)
    assert count_letters(given, bill, "reminder") == 2


def test_a_decline_of_a_step_that_was_put_off_is_recorded_and_the_step_waits(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="insufficient_funds")
    given.advance("2026-03-04")
    attempt = given.begun(bill, on="2026-03-04")
    replaced(given, soft=[letter(5, "reminder", "charge"), review(14)])
    given.connection.execute(
        "select billing.record_charge_declined(%s, %s, 'insufficient_funds', null, '2026-03-04')",
        (attempt, given.claim("charge", attempt)),
    )
    assert given.dunning(bill) == ("retry_scheduled", 5, "2026-03-06")
    assert count_letters(given, bill, "reminder") == 0
    assert given.advance("2026-03-06") == (0, 1)


def test_a_decline_dated_before_its_charge_was_planned_takes_the_step(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="insufficient_funds")
    given.advance("2026-03-04")
    given.charge(bill, declined="insufficient_funds", on="2026-03-03")
    assert given.dunning(bill) == ("reminder_sent", 7, "2026-03-08")


def test_steps_put_before_one_that_was_taken_keep_their_distance(given: Collection) -> None:
    replaced(given, transfer=[{"day": 10, "action": "task", "task": "phone call"}, review(20)])
    bill = given.issued("100.00")
    given.advance("2026-04-10")
    replaced(given, transfer=[letter(3, "reminder"), letter(7, "urgent_notice"), review(14)])
    given.advance("2026-04-10")
    assert given.dunning(bill) == ("reminder_sent", 7, "2026-04-14")
    given.advance("2026-04-14")
    assert given.dunning(bill) == ("urgent_notice", 14, "2026-04-21")


def test_another_letter_on_a_day_that_was_taken_keeps_its_distance(given: Collection) -> None:
    replaced(given, transfer=[letter(7, "reminder"), review(20)])
    bill = given.issued("100.00")
    given.advance("2026-04-07")
    replaced(given, transfer=[letter(7, "urgent_notice"), review(14)])
    given.advance("2026-04-13")
    assert given.dunning(bill) == ("urgent_notice", 14, "2026-04-20")


def test_what_was_planned_by_the_policy_before_is_planned_anew_when_it_is_due(given: Collection) -> None:
    bill = given.issued("100.00")
    given.connection.execute("update billing.dunning_cases set next_day = 7, next_action_on = '2026-04-07'")
    given.advance("2026-04-07")
    assert given.dunning(bill)[0] == "reminder_sent"

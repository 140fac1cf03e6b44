from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Collection

AGAIN_ON_DAY_5 = """
insert into billing.dunning_policy (collection_method, failure_kind, day, to_state, email_template, charges_first)
values ('send_invoice', 'none', 5, 'reminder_sent', 'reminder', false)
"""
LATER = "update billing.dunning_policy set day = day + 20 where failure_kind = 'none' and day > 7"
SHORT = "delete from billing.dunning_policy where failure_kind = 'none' and day > 7"


def test_a_state_allows_its_transitions_and_itself(given: Collection) -> None:
    steps = given.connection.execute(
        "select from_state, day from billing.allowed_dunning_steps "
        "where failure_kind = 'none' and from_state in ('reminder_sent', 'urgent_notice', 'paid') order by 1, 2"
    ).fetchall()
    assert steps == [("reminder_sent", 3), ("reminder_sent", 7), ("urgent_notice", 7), ("urgent_notice", 14)]


@pytest.mark.parametrize("policy", ["select", AGAIN_ON_DAY_5, LATER, SHORT, AGAIN_ON_DAY_5 + ";" + LATER])
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


def queue(given: Collection, on: date) -> tuple[object, ...] | None:
    given.connection.execute(f"set billing.as_of = '{on}'".encode())
    return given.connection.execute("select state, next_action_on from reporting.dunning_queue").fetchone()


def plan(given: Collection, bill: Bill) -> tuple[object, ...] | None:
    case = "select state, next_action_on from billing.dunning_cases where invoice_id = %s"
    return given.connection.execute(case.encode(), (bill.invoice_id,)).fetchone()

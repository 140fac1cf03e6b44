"""Payouts, returns, debits, undoing, disputes and refunds in any order: the books hold together, on every day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.books import contradictions
from tests.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

PAYERS = st.sampled_from(["Customer One", "Customer Two"])
AMOUNTS = st.sampled_from(["20.00", "100.00", "130.00"])
DAYS_AGO = st.integers(0, 12)
MONTH = timedelta(days=31)


class Till(RuleBasedStateMachine):
    """A customer who pays by transfer, by hand and by card. What the engine refuses in a sentence changes nothing."""

    till: ClassVar[Collection]

    def __init__(self) -> None:
        super().__init__()
        self.rollback: AbstractContextManager[object] = self.till.connection.transaction(force_rollback=True)
        self.rollback.__enter__()
        self.today = date(2026, 3, 10)
        self.bill = self.till.issued("100.00", method="charge_automatically")
        self.till.charge(self.bill)
        self.disputes: list[tuple[str, int]] = []
        self.stripe_clock = 100

    def teardown(self) -> None:
        first, ago = date(2026, 3, 10), (self.today - date(2026, 3, 10)).days
        days = {first, first + timedelta(days=ago // 2), date(2026, 3, 31), self.today}
        found = [contradictions(self.till.connection, day) for day in sorted(days)]
        self.rollback.__exit__(None, None, None)
        assert [each for each in found if each] == []

    def tries(self, query: str, *parameters: object) -> None:
        """Do it, or hear in a sentence why not."""
        try:
            with self.till.connection.transaction():
                self.till.connection.execute(query, parameters)
        except psycopg.Error as refusal:
            assert refusal.sqlstate in {"22023", "55000", "P0002", "UB009", "UB011"}, refusal  # noqa: PT017

    def one(self, query: str, which: int) -> object:
        rows = self.till.connection.execute(query).fetchall()
        return rows[which % len(rows)][0] if rows else None

    @rule(days=st.integers(1, 5))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)
        self.till.connection.execute("select set_config('billing.as_of', %s, false)", (self.today.isoformat(),))

    @rule(amount=AMOUNTS, payer=PAYERS)
    def transferred(self, amount: str, payer: str) -> None:
        self.till.transfer(amount, self.bill.number, on=self.today.isoformat(), payer_name=payer)

    @rule(amount=AMOUNTS, payer=PAYERS, ago=DAYS_AGO)
    def returned(self, amount: str, payer: str, ago: int) -> None:
        day = max(self.today - timedelta(days=ago), date(2026, 3, 10))
        self.till.transfer(f"-{amount}", "", on=day.isoformat(), payer_name=payer, is_return=True)

    @rule(amount=AMOUNTS, ago=DAYS_AGO)
    def paid_by_hand(self, amount: str, ago: int) -> None:
        self.tries(
            "select billing.record_payment(%s, %s, %s, 'cash', null, true)",
            *(self.bill.number, amount, max(self.today - timedelta(days=ago), date(2026, 3, 2))),
        )

    @rule(amount=AMOUNTS, ago=DAYS_AGO)
    def paid_out(self, amount: str, ago: int) -> None:
        self.tries(
            "select billing.record_payout(account_number, %s, %s, null, true) from billing.customers",
            amount,
            self.today - timedelta(days=ago),
        )

    @rule(which=st.integers(0, 5), ago=DAYS_AGO)
    def payout_taken_back(self, which: int, ago: int) -> None:
        payout = self.one("select payout_id from billing.payouts order by 1", which)
        self.tries("select billing.reverse_payout(%s, 'it came back', %s)", payout, self.today - timedelta(days=ago))

    @rule(which=st.integers(0, 9), ago=DAYS_AGO)
    def payment_taken_back(self, which: int, ago: int) -> None:
        payment = self.one("select payment_id from billing.payments order by 1", which)
        self.tries("select billing.reverse_payment(%s, 'a typo', %s)", payment, self.today - timedelta(days=ago))

    @rule(which=st.integers(0, 9), payment=st.integers(0, 9))
    def assigned_to_a_payment(self, which: int, payment: int) -> None:
        self.tries(
            "select billing.assign_bank_transaction_to_payment(%s, %s, %s)",
            self.one("select bank_transaction_id from billing.bank_transactions where status = 'unmatched'", which),
            self.one("select payment_id from billing.payments order by 1", payment),
            self.today,
        )

    @rule(which=st.integers(0, 9))
    def assigned_to_the_account(self, which: int) -> None:
        waiting = "select bank_transaction_id from billing.bank_transactions where status = 'unmatched'"
        self.tries(
            "select billing.assign_bank_transaction_to_account(%s, account_number, %s) from billing.customers",
            self.one(waiting, which),
            self.today,
        )

    @rule(which=st.integers(0, 9), ago=DAYS_AGO)
    def undone(self, which: int, ago: int) -> None:
        entry = self.one("select bank_transaction_id from billing.bank_transactions order by 1", which)
        self.tries("select billing.undo_bank_transaction(%s, 'wrong', %s)", entry, self.today - timedelta(days=ago))

    @rule()
    def closed(self) -> None:
        """Nothing that is booked later changes what was reported of the month."""
        month = (self.today - MONTH).replace(day=1)
        self.tries("select billing.close_month(%s, %s)", month, self.today)

    @rule(amount=AMOUNTS)
    def credited(self, amount: str) -> None:
        self.tries(
            "select billing.credit_invoice(%s, null, %s, 'not as agreed', %s, true)",
            *(self.bill.number, amount, self.today),
        )

    @rule(state=st.sampled_from(["unknown", "succeeded", "failed"]))
    def refunded(self, state: str) -> None:
        for refund, claim in self._refunds_begun():
            if state == "succeeded":
                self.tries("select billing.record_refund_succeeded(%s, %s, %s)", refund, f"re_{refund}", self.today)
            elif state == "failed":
                self.tries("select billing.record_refund_failed(%s, %s, 'no', %s)", refund, claim, self.today)
            else:
                self.tries("select billing.record_refund_unknown(%s, %s, 'timeout')", refund, claim)

    def _refunds_begun(self) -> Iterator[tuple[int, int]]:
        run = self.till.connection.execute
        run("update billing.work_items set claimed_by = null, claimed_pid = null, claim_expires_at = null")
        for refund, claim in run(
            "select subject_id, claim from billing.claim_work('refund', 'w', 9, '1 hour', 'infinity', 'infinity')"
        ).fetchall():
            if run("select from billing.begin_refund(%s, %s, %s)", (refund, claim, self.today)).fetchone() is not None:
                yield refund, claim

    @rule(amount=st.sampled_from([3000, 10000]))
    def disputed(self, amount: int) -> None:
        self.disputes.append((f"du_{self.stripe_clock}", amount))
        self._hear("charge.dispute.created", *self.disputes[-1], "needs_response")

    @rule(status=st.sampled_from(["won", "lost"]))
    def decided(self, status: str) -> None:
        if self.disputes:
            self._hear("charge.dispute.closed", *self.disputes.pop(0), status)

    def _hear(self, kind: str, name: str, amount: int, status: str) -> None:
        self.stripe_clock += 1
        thing = {"id": name, "payment_intent": self.till.intent(self.bill), "amount": amount, "reason": "fraudulent"}
        event = self.till.event(kind, thing | {"status": status}, at=self.stripe_clock)
        self.till.process(on=self.today.isoformat())
        assert "failed" not in str(self.till.outcome(event))

    @invariant()
    def the_books_hold_together(self) -> None:
        assert self.till.broken() == []

    @invariant()
    def no_day_has_less_than_nothing(self) -> None:
        assert self.till.overdrawn() == []


@pytest.mark.slow
def test_money_that_comes_and_goes_leaves_no_day_with_less_than_nothing(database: psycopg.Connection) -> None:
    class Machine(Till):
        till = Collection(database)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40, stateful_step_count=25, suppress_health_check=list(HealthCheck), deadline=None
        ),
    )

"""Any sequence of payments, credits, refunds, disputes and dunning, against a small model of what it must come to.

The model knows three things of a card customer's invoice: what it was, what credit notes took off it, and where each
payment's money is. It books like an accountant with a pencil; the engine must agree after every step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

TOTAL = Decimal(100)
ZERO = Decimal(0)
LEAST_CHARGE = Decimal("0.50")
amounts = st.one_of(
    st.sampled_from(["0.01", "10.00", "99.99", "130.00"]).map(Decimal),
    st.integers(1, 4000).map(lambda cents: Decimal(cents) / 100),
)


@dataclass(kw_only=True)
class Payment:
    """Money received, and where it is."""

    amount: Decimal
    is_card: bool
    applied: Decimal
    refunding: Decimal = ZERO
    gone: Decimal = ZERO
    transfer: int = 0

    @property
    def rest(self) -> Decimal:
        """Credit balance."""
        return self.amount - self.applied - self.refunding - self.gone


class MoneyMachine(RuleBasedStateMachine):
    """One customer, one invoice of 100.00 charged to a card."""

    till: Collection

    def __init__(self) -> None:
        super().__init__()
        self.transaction = self.till.connection.transaction(force_rollback=True)
        self.transaction.__enter__()
        self.bill = self.till.issued("100.00", method="charge_automatically")
        self.day = date(2026, 3, 1)
        self.credited = ZERO
        self.payments: list[Payment] = []
        self.disputes = self.transfers = 0

    def teardown(self) -> None:
        self.transaction.__exit__(None, None, None)

    @property
    def owed(self) -> Decimal:
        return TOTAL - self.credited - sum((payment.applied for payment in self.payments), ZERO)

    @property
    def on(self) -> str:
        return self.day.isoformat()

    def settle(self) -> None:
        """What is held pays what is open, oldest first; a returned or disputed payment has nothing left."""
        for payment in self.payments:
            payment.applied += min(payment.rest, self.owed)

    def has_open_attempt(self) -> bool:
        """Whether a charge is planned of what Stripe charges at all."""
        query = "select exists(select from billing.payment_attempts where state = 'scheduled')"
        return self.owed >= LEAST_CHARGE and bool(self.till.value(query))

    def receive(self, amount: Decimal, *, is_card: bool) -> None:
        self.payments.append(Payment(amount=amount, is_card=is_card, applied=min(amount, self.owed)))

    @initialize(is_charged=st.booleans())
    def issue(self, is_charged: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        if is_charged:
            self.charged()

    @rule(days=st.integers(0, 20))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)
        self.till.advance(self.on)

    @rule(amount=amounts)
    def transferred(self, amount: Decimal) -> None:
        assume(
            all(amount != paid.amount for paid in self.payments if not paid.is_card)
        )  # else it may be the same money
        self.transfers += 1
        self.till.transfer(str(amount), self.bill.number, on=self.on, end_to_end_id=f"TRANSFER-{self.transfers}")
        self.receive(amount, is_card=False)
        self.payments[-1].transfer = self.transfers

    @precondition(lambda self: any(payment.transfer for payment in self.payments))
    @rule()
    def transfer_returned(self) -> None:
        payment = next(payment for payment in self.payments if payment.transfer)
        self.till.transfer(
            str(-payment.amount), "return", on=self.on, end_to_end_id=f"TRANSFER-{payment.transfer}", is_return=True
        )
        payment.gone, payment.applied, payment.transfer = payment.amount, ZERO, 0
        self.settle()

    @rule(amount=amounts)
    def paid_in_cash(self, amount: Decimal) -> None:
        self.till.paid_by_hand(self.bill, str(amount), on=self.on)
        self.receive(amount, is_card=False)

    @precondition(has_open_attempt)
    @precondition(lambda self: not any(payment.is_card for payment in self.payments))
    @rule()
    def charged(self) -> None:
        owed = self.owed
        self.till.charge(self.bill, on=self.on)
        self.receive(owed, is_card=True)

    @precondition(has_open_attempt)
    @rule(reason=st.sampled_from(["insufficient_funds", "expired_card"]))
    def declined(self, reason: str) -> None:
        self.till.charge(self.bill, declined=reason, on=self.on)

    @rule(amount=amounts, refund=st.sampled_from(["later", "sent", "refused"]))
    def credit_note(self, amount: Decimal, refund: str) -> None:
        if self.credited + amount > TOTAL:
            return
        self.till.credited(self.bill, str(amount), on=self.on)
        excess = -min(self.owed - amount, ZERO)
        self.credited += amount
        for payment in reversed(self.payments):
            part = min(excess, payment.applied)
            payment.applied -= part
            payment.refunding += part if payment.is_card else ZERO
            excess -= part
        if refund != "later":
            self.refunds_go_out(is_refused=refund == "refused")

    @rule(is_refused=st.booleans())
    def refunds_go_out(self, is_refused: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        claimed = self.till.connection.execute(
            "select subject_id, claim from billing.claim_work('refund', 'w', 10, '1 hour', 'infinity', 'infinity')"
        ).fetchall()
        for refund, claim in claimed:
            self.till.connection.execute("select billing.begin_refund(%s, %s, %s)", (refund, claim, self.on))
            if self.till.value("select state from billing.refunds where refund_id = %s", refund) == "failed":
                continue
            if is_refused:
                self.till.connection.execute(
                    "select billing.record_refund_failed(%s, %s, 'refused', %s)", (refund, claim, self.on)
                )
            else:
                self.till.connection.execute(
                    "select billing.record_refund_succeeded(%s, %s, %s)", (refund, f"re_{refund}", self.on)
                )
        for payment in self.payments:
            payment.gone += ZERO if is_refused else payment.refunding
            payment.refunding = ZERO
        self.settle()

    @precondition(lambda self: self.disputes == 0)
    @precondition(lambda self: any(payment.is_card and not payment.refunding for payment in self.payments))
    @rule(is_won=st.booleans())
    def disputed(self, is_won: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        (payment,) = (payment for payment in self.payments if payment.is_card)
        amount = payment.amount - payment.gone
        if not amount:
            return
        self.disputes += 1
        dispute = {"id": "du_1", "payment_intent": self.till.intent(self.bill), "amount": int(amount * 100)}
        opened = {"status": "needs_response", "reason": "fraudulent"}
        self.till.event("charge.dispute.created", dispute | opened, at=100)
        self.till.process(on=self.on)
        payment.gone, payment.applied = payment.amount, ZERO
        self.settle()
        if is_won:
            self.till.event("charge.dispute.closed", dispute | {"status": "won"}, at=200)
            self.till.process(on=self.on)
            self.receive(amount, is_card=True)

    @rule()
    def stripe_repeats_itself(self) -> None:
        self.till.connection.execute(
            "update billing.webhook_events set processed_at = null, outcome = null, outcome_kind = null "
            "where event_type like 'charge.dispute%'"
        )
        self.till.process(on=self.on)

    @invariant()
    def money_is_where_the_model_has_it(self) -> None:
        assert self.till.outstanding(self.bill) == self.owed
        assert self.till.balance(self.bill.customer) == sum((payment.rest for payment in self.payments), ZERO)

    @invariant()
    def states_agree_with_money(self) -> None:
        expected = "issued" if self.owed else "paid"
        assert self.till.status(self.bill) == expected
        assert (self.till.dunning(self.bill)[0] == "paid") == (expected == "paid")

    @invariant()
    def no_invariant_is_broken(self) -> None:
        assert self.till.broken() == []


@pytest.mark.slow
def test_money_ends_where_an_accountant_would_put_it(database: psycopg.Connection) -> None:
    class Machine(MoneyMachine):
        till = Collection(database)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=100, stateful_step_count=25, suppress_health_check=list(HealthCheck), deadline=None
        ),
    )

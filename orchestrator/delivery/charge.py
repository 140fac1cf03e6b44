"""Charging a card: every call is announced in the database before it is made, and its answer recorded after.

An attempt whose answer was lost is resolved first: the intent is looked up, and if it was not charged the same request
is sent again under the same key, which is answered as the first time. If another amount is due by now, the intent is
canceled instead, and a new attempt charges the rest. Only when the key has expired is the attempt given up,
as a failure that dunning tries again. A payment page of the invoice that is still open ends before the card is charged.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from orchestrator.delivery.kind import Kind
from orchestrator.engine.charging import Declined
from orchestrator.errors import NeedsAttention, OutsideSystemError
from orchestrator.gateway.checkout import Checkouts
from orchestrator.gateway.port import Canceled, Charged, NoAnswerError, Pending, Unconfirmed
from orchestrator.steps import Step, no_boundary

if TYPE_CHECKING:
    from datetime import date, datetime

    from orchestrator.engine.charging import ChargeOrder
    from orchestrator.engine.database import Database
    from orchestrator.engine.delivery import Claimed, Terms
    from orchestrator.gateway.port import ChargeOutcome, PaymentGateway
    from orchestrator.steps import Reached

REFUSED = {"amount_not_exact", "amount_too_large", "amount_too_small", "customer_missing", "invalid_request"}
"""Charges that no card mends (billing.decline_codes, is_refusal)."""

NO_CARD = Declined(code="no_payment_method")
NOT_EXACT = Declined(code="amount_not_exact")
LOST = Declined(code="processing_error")


class Charges(Kind):
    """Charges cards."""

    name = "charges"

    def __init__(self, gateway: PaymentGateway, *, as_of: date, reached: Reached = no_boundary) -> None:
        super().__init__(as_of=as_of, reached=reached)
        self._gateway = gateway

    def claimed(self, database: Database, terms: Terms) -> Claimed | None:
        return database.claim_work("charge", terms)

    def perform(self, database: Database, claimed: Claimed) -> None:
        """Bring an attempt to its end, or leave it unknown and say why."""
        self.reached(Step.CHARGE_CLAIMED)
        order = self._begun(database, claimed)
        if order is None:
            return
        self.reached(Step.CHARGE_BEGUN)
        try:
            outcome = self._outcome(database, claimed, order)
        except NoAnswerError as error:
            database.record_charge_unknown(claimed, error=str(error))
            raise
        self.reached(Step.CHARGE_ANSWERED)
        self._record(database, claimed, outcome)
        self.reached(Step.CHARGE_RECORDED)

    def _begun(self, database: Database, claimed: Claimed) -> ChargeOrder | None:
        try:
            checkouts = Checkouts(self._gateway, lambda: nullcontext(database))
            checkouts.end(claimed.name, as_of=self.as_of)
            return database.begin_payment_attempt(claimed, as_of=self.as_of)
        except OutsideSystemError as error:
            if not database.connection.broken:
                database.record_charge_unknown(claimed, error=str(error))
            raise

    def _outcome(self, database: Database, claimed: Claimed, order: ChargeOrder) -> ChargeOutcome:
        """Learn what there is to learn before anything is sent."""
        intent_id = order.provider_intent_id
        if intent_id is not None:
            found = self._gateway.look_up(intent_id)
            if isinstance(found, Charged | Canceled | Pending):
                return found
        if not order.is_due:
            return Canceled() if intent_id is None else self._gateway.cancel(intent_id)
        if intent_id is not None and self._is_forgotten(order, database.clock()):
            return LOST
        return self._confirmed(database, claimed, order)

    def _confirmed(self, database: Database, claimed: Claimed, order: ChargeOrder) -> ChargeOutcome:
        if not order.is_exact:
            return NOT_EXACT
        if order.provider_customer_id is None:
            order = self._with_customer(database, order)
        if order.provider_payment_method_id is None:
            return NO_CARD
        intent_id = order.provider_intent_id
        if intent_id is None:
            created = self._gateway.create_intent(order)
            self.reached(Step.INTENT_CREATED)
            if isinstance(created, Declined):
                return created
            intent_id = created
            database.record_payment_intent(claimed, provider_intent_id=intent_id)
            self.reached(Step.INTENT_RECORDED)
        return self._gateway.confirm(order, intent_id)

    def _with_customer(self, database: Database, order: ChargeOrder) -> ChargeOrder:
        provider_customer_id = self._gateway.create_customer(order)
        self.reached(Step.STRIPE_CUSTOMER_CREATED)
        database.record_provider_customer(customer_id=order.customer_id, provider_customer_id=provider_customer_id)
        self.reached(Step.STRIPE_CUSTOMER_RECORDED)
        return order.with_customer(provider_customer_id)

    def _record(self, database: Database, claimed: Claimed, outcome: ChargeOutcome) -> None:
        if isinstance(outcome, Charged):
            database.record_charge_succeeded(claimed, provider_amount=outcome.amount, as_of=self.as_of)
        elif isinstance(outcome, Declined):
            database.record_charge_declined(claimed, outcome, as_of=self.as_of)
            if outcome.code in REFUSED:
                reason = outcome.code.replace("_", " ")
                name = self._gateway.name
                raise NeedsAttention(f"{name} does not take this charge: {reason}. It waits for a person to decide.")
        elif isinstance(outcome, Canceled):
            database.record_charge_canceled(claimed, as_of=self.as_of)
        else:
            error = NoAnswerError(f"{self._gateway.name}: the charge is {outcome.status}")
            database.record_charge_unknown(claimed, error=str(error))
            if isinstance(outcome, Unconfirmed):
                raise error

    def _is_forgotten(self, order: ChargeOrder, now: datetime) -> bool:
        return order.sent_at is not None and now - order.sent_at > self._gateway.keys_last

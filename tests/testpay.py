"""Testpay: another provider of payments, in memory, with words, ids and events of its own, and its adapter.

It speaks of debits, reversals and claims where Stripe speaks of intents, refunds and disputes; it tells each reversal
for itself and not their sum, and its answers are words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Literal

from orchestrator.engine.charging import Declined
from orchestrator.engine.checkout import EndedCheckout, OpenedCheckout
from orchestrator.engine.webhooks import WebhookEvent
from orchestrator.gateway.port import Canceled, Charged, NoAnswerError, Refunded, Refused, Unconfirmed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.engine.charging import ChargeOrder, FailureKind, RefundOrder
    from orchestrator.engine.checkout import CheckoutOrder
    from orchestrator.engine.webhooks import DisputeStatus, EventKind
    from orchestrator.gateway.port import ChargeOutcome

BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
CODES: dict[str, tuple[str, FailureKind | None]] = {
    "NO FUNDS": ("insufficient_funds", None),
    "TOO OLD": ("expired_card", None),
    "ASK LATER": ("expired_card", "soft"),
}
KINDS: dict[str, EventKind] = {
    "debit done": "payment_succeeded",
    "debit refused": "payment_failed",
    "page done": "page_paid",
    "page over": "page_expired",
    "reversal done": "refund_made",
    "reversal bounced": "refund_failed",
    "claim raised": "dispute_opened",
    "claim settled": "dispute_closed",
    "wallet changed": "card_replaced",
}
VERDICTS: dict[str, DisputeStatus] = {"": "open", "for the shop": "won", "for the holder": "lost"}


@dataclass(kw_only=True)
class Debit:
    """Money to take, and what became of it."""

    name: str
    cents: int
    bill: str
    tried: str = ""
    state: Literal["new", "done", "void"] = "new"
    reversals: dict[str, int] = field(default_factory=dict)


class Testpay:
    """The provider."""

    __test__ = False

    def __init__(self) -> None:
        self.debits: dict[str, Debit] = {}
        self.wallets: dict[str, str] = {}
        self.pages: dict[str, Debit] = {}
        self.claims: dict[str, Debit] = {}
        self.known: dict[str, str] = {}
        self.told: list[dict[str, str]] = []
        self.lost: Literal["before", "after"] | None = None
        self._numbers = count(1)

    def named(self, key: str, what: str) -> str:
        """Return the name of a thing; the same key is the same thing."""
        return self.known.setdefault(key, f"TP-{what}-{next(self._numbers)}")

    def tell(self, what: str, debit: Debit | None = None, cents: int | None = None, **more: str) -> None:
        """Say what happened, a second after what was said last."""
        number = len(self.told) + 1
        about = {"debit": debit.name, "bill": debit.bill, "try": debit.tried} if debit else {}
        self.told.append(
            {"no": f"TP{number}", "what": what, "cents": str(debit.cents if debit and cents is None else cents or 0)}
            | {"when": (BEGUN + timedelta(seconds=number)).isoformat()}
            | about
            | more
        )

    def take(self, debit: Debit, wallet: str) -> str:
        """Take the money, or say why not."""
        answer = "" if debit.state == "done" else self.wallets[wallet]
        if answer:
            self.tell("debit refused", debit, why=answer)
        elif debit.state == "new":
            debit.state = "done"
            self.tell("debit done", debit)
        return answer

    def give_back(self, debit: Debit, cents: int, key: str = "") -> str:
        """Give money back, once for a key; its name."""
        name = self.named(key or f"by hand {next(self._numbers)}", "reversal")
        if name not in debit.reversals:
            debit.reversals[name] = cents
            self.tell("reversal done", debit, cents, name=name, ours=key, total=str(sum(debit.reversals.values())))
        return name


class TestpayGateway:
    """Its adapter: the port of the engine, spoken in Testpay's words."""

    __test__ = False
    name = "Testpay"
    keys_last = timedelta(days=7)

    def __init__(self, testpay: Testpay) -> None:
        self._testpay = testpay

    def create_customer(self, order: ChargeOrder) -> str:
        """A holder."""
        return self._testpay.named(f"holder {order.account_number}", "holder")

    def create_intent(self, order: ChargeOrder) -> str | Declined:
        """A debit, not yet taken."""
        name = self._testpay.named(order.intent_idempotency_key, "debit")
        self._testpay.debits.setdefault(name, Debit(name=name, cents=order.amount, bill=order.invoice_number))
        return name

    def confirm(self, order: ChargeOrder, intent_id: str) -> ChargeOutcome:
        """Take it."""
        self._lose("before")
        debit = self._testpay.debits[intent_id]
        if debit.state == "new":
            debit.cents, debit.tried = order.amount, order.idempotency_key
        answer = self._testpay.take(debit, str(order.provider_payment_method_id))
        self._lose("after")
        if answer:
            code, failure_kind = CODES[answer]
            return Declined(code=code, failure_kind=failure_kind)
        return self.look_up(intent_id)

    def look_up(self, intent_id: str) -> ChargeOutcome:
        """Ask for a debit."""
        debit = self._testpay.debits[intent_id]
        if debit.state == "done":
            return Charged(amount=debit.cents)
        return Canceled() if debit.state == "void" else Unconfirmed(status="new")

    def cancel(self, intent_id: str) -> ChargeOutcome:
        """Void a debit that was not taken."""
        debit = self._testpay.debits[intent_id]
        debit.state = "void" if debit.state == "new" else debit.state
        return self.look_up(intent_id)

    def refund(self, order: RefundOrder, *, is_repeated: bool) -> Refunded | Refused:  # noqa: ARG002 - keys last
        """Reverse part of a debit."""
        debit = self._testpay.debits[order.provider_intent_id]
        if sum(debit.reversals.values()) + order.amount > debit.cents:
            return Refused(reason="nothing is left")
        return Refunded(refund_id=self._testpay.give_back(debit, order.amount, order.idempotency_key))

    def open_checkout(self, order: CheckoutOrder) -> OpenedCheckout:
        """A page is a debit that its visitor takes."""
        name = self._testpay.named(order.idempotency_key, "page")
        debit = Debit(name=f"{name}-debit", cents=order.amount, bill=order.invoice_number)
        self._testpay.debits.setdefault(debit.name, self._testpay.pages.setdefault(name, debit))
        return OpenedCheckout(provider_page_id=name, url=f"https://testpay.example/{name}")

    def end_checkout(self, order: CheckoutOrder) -> EndedCheckout:
        """Void the debit of a page unless it was taken."""
        debit = self._testpay.pages[str(order.provider_page_id)]
        debit.state = "void" if debit.state == "new" else debit.state
        return self.look_up_checkout(order)

    def look_up_checkout(self, order: CheckoutOrder) -> EndedCheckout:
        """Ask for the debit of a page."""
        debit = self._testpay.pages[str(order.provider_page_id)]
        if debit.state == "done":
            return EndedCheckout(state="paid", provider_intent_id=debit.name, provider_amount=debit.cents)
        return EndedCheckout(state="expired" if debit.state == "void" else "open")

    def events_since(self, created_at: datetime | None) -> Iterator[WebhookEvent]:
        """What was told since."""
        events = [translated(told) for told in self._testpay.told]
        yield from (event for event in events if created_at is None or event.occurred_at >= created_at)

    def _lose(self, when: str) -> None:
        if self._testpay.lost == when:
            self._testpay.lost = None
            raise NoAnswerError("Testpay: nothing was heard")


def translated(told: dict[str, str]) -> WebhookEvent:
    """Say in the engine's words what Testpay tells."""
    kind = KINDS.get(told["what"], "other")
    code, failure_kind = CODES.get(told.get("why", ""), (told.get("why"), None))
    is_claim = "claim" in told
    return WebhookEvent(
        webhook_event_id=told["no"],
        provider="testpay",
        event_type=told["what"],
        kind=kind,
        occurred_at=datetime.fromisoformat(told["when"]),
        payload=dict(told),
        provider_intent_id=told.get("debit"),
        provider_charge_id=told.get("debit"),
        provider_refund_id=told.get("name"),
        provider_dispute_id=told.get("claim"),
        provider_customer_id=told.get("holder"),
        provider_payment_method_id=told.get("wallet"),
        provider_page_id=told.get("page"),
        amount=int(told["total"] if kind == "refund_made" else told["cents"]),
        currency="EUR",
        code=code,
        failure_kind=failure_kind,
        dispute_status=VERDICTS[told.get("verdict", "")] if is_claim else None,
        invoice_number=told.get("bill"),
        attempt_key=told.get("try") or None,
        refund_key=told.get("ours") or None,
    )

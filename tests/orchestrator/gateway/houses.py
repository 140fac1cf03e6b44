"""Providers of payments as the contract of the gateway sees them: each with its gateway, and what others do there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import httpx
import stripe

from orchestrator.gateway.stripe.gateway import StripeGateway
from stripe_sandbox import Fault
from tests.month import with_sandbox
from tests.testpay import Testpay, TestpayGateway

if TYPE_CHECKING:
    from orchestrator.config import Settings
    from orchestrator.gateway.port import PaymentGateway
    from stripe_sandbox import Sandbox

Bank = Literal["ok", "insufficient_funds", "expired_card"]


class House(Protocol):
    """A provider: its customers, their bank, its staff, its failures."""

    gateway: PaymentGateway
    provider: str

    def customer(self) -> tuple[str, str]:
        """Make a customer with a good card; the ids of both."""
        ...

    def set_card(self, customer: str, card: str, bank: Bank) -> None:
        """Let the bank answer so from now on."""
        ...

    def replace_card(self, customer: str) -> None:
        """Let the customer enter another card, a good one, and tell of it."""
        ...

    def lose_answer(self, when: Literal["before", "after"]) -> None:
        """Let the next charge get no answer, before or after it is made."""
        ...

    def pay(self, url: str) -> None:
        """Pay on a page, and tell of it."""
        ...

    def give_back(self, intent: str, amount: int) -> None:
        """Refund at the provider's dashboard, and tell of it."""
        ...

    def bounce_refund(self) -> None:
        """Let the last refund fail, days after it was made, and tell of it."""
        ...

    def dispute(self, intent: str) -> str:
        """Let the cardholder dispute a charge, and tell of it; its id."""
        ...

    def decide(self, dispute: str, verdict: Literal["won", "lost"]) -> None:
        """Let the bank decide a dispute, and tell of it."""
        ...

    def taken(self) -> list[int]:
        """What was charged, one by one, in cents."""
        ...


class StripeHouse:
    """Stripe, in its sandbox."""

    provider = "stripe"

    def __init__(self, settings: Settings, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.gateway: PaymentGateway = StripeGateway(with_sandbox(settings, sandbox))
        self._client = stripe.StripeClient(sandbox.api_key, base_addresses={"api": sandbox.stripe_url})

    def customer(self) -> tuple[str, str]:
        added = self._sandbox.add_customer(name="A-1", email="mail@customer.example")
        return added.customer_id, added.payment_method_id

    def set_card(self, customer: str, card: str, bank: Bank) -> None:  # noqa: ARG002 - it is the customer's only one
        self._sandbox.set_card(customer, bank)

    def replace_card(self, customer: str) -> None:
        self._sandbox.replace_card(customer, "ok")

    def lose_answer(self, when: Literal["before", "after"]) -> None:
        kind: Literal["reset_before", "reset_after"] = "reset_before" if when == "before" else "reset_after"
        self._sandbox.faults.add(Fault(kind=kind, path="/v1/payment_intents/*/confirm"))

    def pay(self, url: str) -> None:
        httpx.post(url, data={"card": "ok"}, follow_redirects=False)

    def give_back(self, intent: str, amount: int) -> None:
        self._client.v1.refunds.create({"payment_intent": intent, "amount": amount})

    def bounce_refund(self) -> None:
        account = self._sandbox.account
        with account.lock:
            refund = next(account.all("refund"))
            account.find("charge", refund["charge"])["amount_refunded"] -= refund["amount"]
            refund.update(status="failed", failure_reason="lost_or_stolen_card")
            account.emit("refund.failed", refund)

    def dispute(self, intent: str) -> str:
        charge = next(self._sandbox.account.all("charge", payment_intent=intent, status="succeeded"))
        return str(self._sandbox.open_dispute(charge["id"])["id"])

    def decide(self, dispute: str, verdict: Literal["won", "lost"]) -> None:
        self._sandbox.close_dispute(dispute, verdict)

    def taken(self) -> list[int]:
        return [charge["amount"] for charge in self._sandbox.account.all("charge", status="succeeded")]


class TestpayHouse:
    """Testpay, in memory."""

    __test__ = False
    provider = "testpay"

    def __init__(self) -> None:
        self._testpay = Testpay()
        self.gateway: PaymentGateway = TestpayGateway(self._testpay)

    def customer(self) -> tuple[str, str]:
        self._testpay.wallets["TP-wallet-1"] = ""
        return "TP-holder", "TP-wallet-1"

    def set_card(self, customer: str, card: str, bank: Bank) -> None:  # noqa: ARG002 - cards are of nobody here
        self._testpay.wallets[card] = {"ok": "", "insufficient_funds": "NO FUNDS", "expired_card": "TOO OLD"}[bank]

    def replace_card(self, customer: str) -> None:
        self._testpay.wallets["TP-wallet-2"] = ""
        self._testpay.tell("wallet changed", holder=customer, wallet="TP-wallet-2")

    def lose_answer(self, when: Literal["before", "after"]) -> None:
        self._testpay.lost = when

    def pay(self, url: str) -> None:
        page = url.rsplit("/", 1)[-1]
        debit = self._testpay.pages[page]
        debit.state = "done"
        self._testpay.tell("page done", debit, page=page)

    def give_back(self, intent: str, amount: int) -> None:
        self._testpay.give_back(self._testpay.debits[intent], amount)

    def bounce_refund(self) -> None:
        debit = next(debit for debit in self._testpay.debits.values() if debit.reversals)
        name, cents = debit.reversals.popitem()
        ours = next(key for key, known in self._testpay.known.items() if known == name)
        self._testpay.tell("reversal bounced", debit, cents, name=name, ours=ours, why="LOST")

    def dispute(self, intent: str) -> str:
        self._testpay.claims["TP-claim-1"] = self._testpay.debits[intent]
        self._testpay.tell("claim raised", self._testpay.debits[intent], claim="TP-claim-1", why="not me")
        return "TP-claim-1"

    def decide(self, dispute: str, verdict: Literal["won", "lost"]) -> None:
        said = "for the shop" if verdict == "won" else "for the holder"
        self._testpay.tell("claim settled", self._testpay.claims[dispute], claim=dispute, why="not me", verdict=said)

    def taken(self) -> list[int]:
        return [debit.cents for debit in self._testpay.debits.values() if debit.state == "done"]

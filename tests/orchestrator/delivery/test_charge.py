"""Charges that go another way than straight: settled meanwhile, refused, charged again, answered late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import stripe

from orchestrator.delivery.charge import Charges
from orchestrator.delivery.works import Documents
from orchestrator.engine.database import Database
from orchestrator.gateway.events import receive_events
from orchestrator.gateway.port import Unconfirmed
from orchestrator.gateway.stripe.gateway import KEYS_LAST, StripeGateway
from stripe_sandbox import Fault, Sandbox
from tests.collection import Bill, Collection
from tests.month import AS_OF, Month, PlainRenderer, deliver, number, with_sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

    from orchestrator.config import Settings
    from orchestrator.delivery.workers import Work
    from orchestrator.gateway.port import ChargeOutcome

CONFIRM = "/v1/payment_intents/*/confirm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """One customer whose card is charged, and the sandbox that has the card."""

    month: Month
    given: Collection
    customer: int
    stripe_customer: str

    @property
    def sandbox(self) -> Sandbox:
        return self.month.sandbox

    def bill(self, amount: str = "100.00", currency: str = "EUR") -> Bill:
        """Number an invoice; its first delivery charges it."""
        self.given.subscription(self.customer, self.given.flat_plan(amount, currency=currency))
        number(self.month.settings)
        invoice = self.given.invoice(self.customer, "2026-02")
        return Bill(invoice_id=invoice.invoice_id, number=str(invoice.invoice_number), customer=self.customer)

    def deliver(self) -> int:
        return deliver(self.month.settings).exit_code()

    def lose(self) -> None:
        """Deliver, but no confirmation reaches Stripe."""
        self.sandbox.faults.add(Fault(kind="reset_before", path=CONFIRM))
        assert self.deliver() == 3

    def new_card(self) -> None:
        """Enter a card that is good, which is charged with the next delivery."""
        self.sandbox.replace_card(self.stripe_customer, "ok")
        self.hear()

    def hear(self) -> None:
        """Receive Stripe's events."""
        receive_events(Database(self.given.connection), StripeGateway(self.month.settings), as_of=AS_OF)

    def intent(self) -> dict[str, object]:
        """The newest PaymentIntent as Stripe has it."""
        return next(self.sandbox.account.all("payment_intent"))

    def charged(self) -> list[int]:
        return [amount for _, amount in self.month.charged()]

    def attempts(self) -> list[tuple[str, str | None]]:
        query = "select state, decline_code from billing.payment_attempts order by attempt"
        return self.given.connection.execute(query).fetchall()


@pytest.fixture
def open_shop(settings: Settings, database: psycopg.Connection) -> Iterator[Callable[..., Shop]]:
    with Sandbox.start() as sandbox:

        def opened(currency: str = "EUR") -> Shop:
            given = Collection(database)
            customer = given.customer("A-1", collection_method="charge_automatically", country="US", currency=currency)
            added = sandbox.add_customer(name="A-1", email="mail@customer.example")
            given.connection.execute(
                "update billing.customers set stripe_customer_id = %s, stripe_payment_method_id = %s",
                (added.customer_id, added.payment_method_id),
            )
            month = Month(settings=with_sandbox(settings, sandbox), sandbox=sandbox)
            return Shop(month=month, given=given, customer=customer, stripe_customer=added.customer_id)

        yield opened


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()


def paid(shop: Shop, bill: Bill) -> None:
    shop.given.paid_by_hand(bill, "100.00")


def credited(shop: Shop, bill: Bill) -> None:
    shop.given.credited(bill)


def partly_paid(shop: Shop, bill: Bill) -> None:
    shop.given.paid_by_hand(bill, "81.00")


@pytest.mark.parametrize(("settle", "charged"), [(paid, []), (credited, []), (partly_paid, [19_00])])
def test_a_lost_charge_takes_what_is_due_when_it_is_resolved(
    shop: Shop, settle: Callable[[Shop, Bill], None], charged: list[int]
) -> None:
    bill = shop.bill()
    shop.lose()
    settle(shop, bill)
    assert shop.deliver() == 0
    assert shop.charged() == charged
    assert (shop.given.status(bill), shop.given.balance(bill.customer)) == ("paid", 0)
    assert shop.attempts() == [("canceled", None), ("succeeded", None)][: 1 + len(charged)]
    assert shop.given.broken() == []


def test_a_charge_whose_intent_was_never_made_is_dropped_with_its_key(shop: Shop) -> None:
    bill = shop.bill()
    shop.sandbox.faults.add(Fault(kind="timeout_after", method="POST", path="/v1/payment_intents"))
    impatient: list[Work] = [
        Documents(PlainRenderer(), as_of=AS_OF, public_url="", has_gateway=True),
        Charges(StripeGateway(shop.month.settings, timeout=0.3), as_of=AS_OF),
    ]
    assert deliver(shop.month.settings, kinds=impatient).exit_code() == 3
    partly_paid(shop, bill)
    assert shop.deliver() == 0
    assert (shop.charged(), shop.given.status(bill)) == ([19_00], "paid")


class Overtaken(StripeGateway):
    """Somebody else charges the card just after it was looked up."""

    def look_up(self, intent_id: str) -> ChargeOutcome:
        found = super().look_up(intent_id)
        if isinstance(found, Unconfirmed):
            card = self._client.v1.customers.retrieve(str(self._client.v1.payment_intents.retrieve(intent_id).customer))
            assert card.invoice_settings is not None
            method = str(card.invoice_settings.default_payment_method)
            self._client.v1.payment_intents.confirm(intent_id, {"payment_method": method, "off_session": True})
        return found


def test_a_charge_that_comes_before_its_cancellation_is_booked(shop: Shop) -> None:
    bill = shop.bill()
    shop.lose()
    partly_paid(shop, bill)
    charges = [Charges(Overtaken(shop.month.settings), as_of=AS_OF)]
    assert deliver(shop.month.settings, kinds=charges).exit_code() == 0
    assert (shop.charged(), shop.attempts()) == ([100_00], [("succeeded", None)])
    assert (shop.given.status(bill), shop.given.balance(bill.customer)) == ("paid", 81)


def test_an_intent_canceled_at_stripe_is_replaced(shop: Shop) -> None:
    bill = shop.bill()
    shop.lose()
    client = stripe.StripeClient(shop.sandbox.api_key, base_addresses={"api": shop.sandbox.stripe_url})
    client.v1.payment_intents.cancel(str(shop.intent()["id"]))
    assert shop.deliver() == 0
    assert (shop.charged(), shop.given.status(bill)) == ([100_00], "paid")


def test_an_invoice_whose_payment_went_back_is_charged_again(shop: Shop) -> None:
    bill = shop.bill()
    assert shop.deliver() == 0
    client = stripe.StripeClient(shop.sandbox.api_key, base_addresses={"api": shop.sandbox.stripe_url})
    client.v1.refunds.create({"payment_intent": str(shop.intent()["id"])})
    shop.hear()
    assert shop.given.status(bill) == "issued"
    shop.new_card()
    assert shop.deliver() == 0
    shop.hear()
    assert (shop.charged(), shop.attempts()) == ([100_00, 100_00], [("succeeded", None)] * 2)
    assert (shop.given.status(bill), shop.given.balance(bill.customer)) == ("paid", 0)
    assert shop.given.broken() == []


@pytest.mark.parametrize(
    ("amount", "currency", "reason"),
    [
        ("1500000.00", "EUR", "amount_too_large"),
        ("10.001", "KWD", "amount_not_exact"),
        ("5000.50", "MGA", "amount_not_exact"),
    ],
)
def test_a_charge_that_stripe_does_not_take_goes_to_finance(
    open_shop: Callable[..., Shop], amount: str, currency: str, reason: str
) -> None:
    shop = open_shop(currency)
    bill = shop.bill(amount, currency)
    assert [shop.deliver(), shop.deliver()] == [1, 0]
    assert (shop.attempts(), shop.charged()) == ([("declined", reason)], [])
    assert shop.given.dunning(bill) == ("manual_review", None, None)
    assert [template for template, _ in shop.given.letters(bill)] == ["invoice_card", "manual_review"]
    shop.given.connection.execute("select billing.void_invoice(%s, 'not worth it', '2026-03-02', true)", (bill.number,))
    assert shop.given.broken() == []


def test_after_a_refusal_another_amount_is_charged(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop("KWD")
    bill = shop.bill("10.001", "KWD")
    shop.deliver()
    shop.given.paid_by_hand(bill, "0.001")
    shop.new_card()
    assert shop.deliver() == 0
    assert (shop.charged(), shop.given.status(bill)) == ([10_000], "paid")


def test_a_rest_too_small_for_a_card_is_reminded_of_at_its_retry(shop: Shop) -> None:
    bill = shop.bill()
    shop.sandbox.set_card(shop.stripe_customer, "insufficient_funds")
    shop.deliver()
    shop.given.paid_by_hand(bill, "99.90")
    assert shop.given.advance("2026-03-04") == (1, 0)
    assert (shop.deliver(), shop.attempts()) == (0, [("declined", "insufficient_funds")])
    assert shop.given.dunning(bill)[0] == "reminder_sent"


def test_what_is_too_little_for_a_card_is_awaited_as_a_transfer(shop: Shop) -> None:
    bill = shop.bill("0.24")
    assert (shop.deliver(), shop.attempts()) == (0, [])
    assert shop.given.dunning(bill) == ("issued", 3, "2026-04-03")
    shop.new_card()
    assert (shop.deliver(), shop.attempts(), shop.given.broken()) == (0, [], [])


def test_a_customer_that_stripe_does_not_know_is_charged_once_it_does(shop: Shop) -> None:
    bill = shop.bill()
    shop.given.connection.execute("update billing.customers set stripe_customer_id = 'cus_nobody'")
    assert shop.deliver() == 1
    assert shop.attempts() == [("declined", "customer_missing")]
    card = shop.given.value("select stripe_payment_method_id from billing.customers")
    shop.given.value(
        "select billing.store_payment_method(customer_id, %s, %s, '2026-03-02') from billing.customers",
        shop.stripe_customer,
        card,
    )
    assert shop.deliver() == 0
    assert (shop.charged(), shop.given.status(bill)) == ([100_00], "paid")


def test_a_charge_under_way_waits_for_its_answer_however_long(shop: Shop) -> None:
    bill = shop.bill()
    shop.lose()
    shop.intent()["status"] = "processing"
    shop.given.connection.execute(
        "update billing.payment_attempts set sent_at = sent_at - %s", (KEYS_LAST + timedelta(hours=1),)
    )
    assert (shop.deliver(), shop.attempts()) == (0, [("unknown", None)])
    shop.intent().update(status="succeeded", amount_received=100_00)
    assert (shop.deliver(), shop.attempts()) == (0, [("succeeded", None)])
    assert shop.given.status(bill) == "paid"


def test_a_charge_that_was_not_made_is_given_up_once_its_key_is_forgotten(shop: Shop) -> None:
    shop.bill()
    shop.lose()
    shop.given.connection.execute(
        "update billing.payment_attempts set sent_at = sent_at - %s", (KEYS_LAST + timedelta(hours=1),)
    )
    assert (shop.deliver(), shop.attempts()) == (0, [("declined", "processing_error")])


def test_a_key_is_never_used_after_stripe_has_forgotten_it(shop: Shop) -> None:
    shop.bill()
    shop.lose()
    shop.given.connection.execute("update billing.payment_attempts set sent_at = sent_at - interval '24 hours'")
    assert (shop.deliver(), shop.charged()) == (0, [])

"""What every provider of payments has to be for the engine: the same rules hold at Stripe and at another.

The other needs a module (tests/testpay.py) and a row of billing.providers; no function of sql/ knows either of them.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from orchestrator.delivery.charge import Charges
from orchestrator.delivery.works import Documents, Refunds
from orchestrator.engine.database import Database
from orchestrator.gateway.checkout import Checkouts
from orchestrator.gateway.events import find_payments, process_inbox, receive_events
from stripe_sandbox import Sandbox
from tests.collection import Bill, Collection
from tests.month import AS_OF, PlainRenderer, deliver, number
from tests.orchestrator.gateway.houses import StripeHouse, TestpayHouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    import psycopg

    from orchestrator.config import Settings
    from orchestrator.delivery.workers import Work
    from tests.orchestrator.gateway.houses import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """One customer of a provider with an invoice over 100.00, whose card is charged with the next delivery."""

    house: House
    given: Collection
    settings: Settings
    bill: Bill
    customer: str
    card: str

    def deliver(self) -> int:
        """Issue, charge, refund."""
        kinds: list[Work] = [
            Documents(PlainRenderer(), as_of=AS_OF, public_url="", has_gateway=True),
            Charges(self.house.gateway, as_of=AS_OF),
            Refunds(self.house.gateway, as_of=AS_OF),
        ]
        return deliver(self.settings, kinds=kinds).exit_code()

    def hear(self) -> None:
        """Receive and process what the provider tells."""
        receive_events(Database(self.given.connection), self.house.gateway, as_of=AS_OF)

    def intent(self) -> str:
        """The provider's name of the only charge."""
        told = "select provider_intent_id from billing.webhook_events where kind = 'payment_succeeded'"
        return str(self.given.value(told))

    def page(self) -> str:
        """Open a payment page."""
        database = Database(self.given.connection)
        checkouts = Checkouts(self.house.gateway, lambda: nullcontext(database))
        address = checkouts.address(self.bill.number, page_url="https://pay.example/i/x")
        assert address is not None
        return address

    def stands(self) -> tuple[object, object, object]:
        """Status, what is owed, what is kept; and the books hold together."""
        assert self.given.broken() == []
        return self.given.status(self.bill), self.given.outstanding(self.bill), self.given.balance(self.bill.customer)

    def attempts(self) -> list[tuple[str, str | None]]:
        query = "select state, decline_code from billing.payment_attempts order by attempt"
        return self.given.connection.execute(query).fetchall()

    def outcomes(self, kind: str) -> list[str]:
        query = "select outcome from billing.webhook_events where kind = %s order by occurred_at"
        return [outcome for (outcome,) in self.given.connection.execute(query, (kind,)).fetchall()]


@pytest.fixture(params=["stripe", "testpay"])
def house(request: pytest.FixtureRequest, settings: Settings) -> Iterator[House]:
    if request.param == "testpay":
        yield TestpayHouse()
    else:
        with Sandbox.start() as sandbox:
            yield StripeHouse(settings, sandbox)


@pytest.fixture
def till(house: House, settings: Settings, database: psycopg.Connection) -> Till:
    given = Collection(database)
    database.execute(
        "insert into billing.providers (provider, name) values (%s, 'Testpay') on conflict do nothing",
        (house.provider,),
    )
    customer, card = house.customer()
    key = given.customer("A-1", collection_method="charge_automatically", country="US")
    database.execute(
        "update billing.customers set stripe_customer_id = %s, stripe_payment_method_id = %s", (customer, card)
    )
    given.subscription(key, given.flat_plan("100.00"))
    number(settings)
    invoice = given.invoice(key, "2026-02")
    bill = Bill(invoice_id=invoice.invoice_id, number=str(invoice.invoice_number), customer=key)
    return Till(house=house, given=given, settings=settings, bill=bill, customer=customer, card=card)


def paid(till: Till) -> Till:
    """Charge the card, and hear of it."""
    assert till.deliver() == 0
    till.hear()
    assert till.stands() == ("paid", 0, 0)
    return till


def test_a_charge_pays_and_its_event_tells_nothing_new(till: Till) -> None:
    paid(till)
    assert (till.attempts(), till.house.taken()) == ([("succeeded", None)], [100_00])
    assert till.outcomes("payment_succeeded") == ["ignored: booked before"]


@pytest.mark.parametrize(("bank", "kind"), [("insufficient_funds", "soft"), ("expired_card", "hard")])
def test_a_decline_has_a_reason_of_our_list_and_its_kind(
    till: Till, bank: Literal["insufficient_funds", "expired_card"], kind: str
) -> None:
    till.house.set_card(till.customer, till.card, bank)
    till.deliver()
    assert (till.attempts(), till.house.taken()) == ([("declined", bank)], [])
    assert till.given.value("select failure_kind from billing.dunning_cases") == kind


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_charge_whose_answer_is_lost_is_made_once(till: Till, when: Literal["before", "after"]) -> None:
    till.house.lose_answer(when)
    assert (till.deliver(), till.attempts()) == (3, [("unknown", None)])
    assert till.deliver() == 0
    assert (till.stands(), till.house.taken()) == (("paid", 0, 0), [100_00])


def test_a_decline_whose_answer_is_lost_is_told_by_its_event(till: Till) -> None:
    till.house.set_card(till.customer, till.card, "expired_card")
    till.house.lose_answer("after")
    assert till.deliver() == 3
    till.hear()
    assert till.attempts() == [("declined", "expired_card")]


def test_a_charge_that_was_given_up_is_found(till: Till) -> None:
    till.house.lose_answer("after")
    till.deliver()
    till.given.connection.execute(
        "select billing.finish_attempt(payment_attempt_id, 'declined', 'card_declined') from billing.payment_attempts"
    )
    assert find_payments(Database(till.given.connection), till.house.gateway, as_of=AS_OF) == [till.bill.number]


def test_a_new_card_is_charged(till: Till) -> None:
    till.house.set_card(till.customer, till.card, "expired_card")
    till.deliver()
    till.house.replace_card(till.customer)
    till.hear()
    till.deliver()
    assert (till.stands(), till.house.taken()) == (("paid", 0, 0), [100_00])


def test_a_page_pays_and_a_repeat_of_its_event_does_not_pay_again(till: Till) -> None:
    till.house.set_card(till.customer, till.card, "insufficient_funds")
    till.deliver()
    till.house.pay(till.page())
    till.hear()
    till.hear()
    assert till.stands() == ("paid", 0, 0)
    assert till.given.value("select state from billing.checkout_sessions") == "paid"


def test_a_page_that_has_ended_is_not_paid(till: Till) -> None:
    till.house.set_card(till.customer, till.card, "insufficient_funds")
    till.deliver()
    till.page()
    Checkouts(till.house.gateway, lambda: nullcontext(Database(till.given.connection))).end(
        till.bill.number, as_of=AS_OF
    )
    assert till.given.value("select state from billing.checkout_sessions") == "expired"


def test_a_refund_of_ours_goes_out_and_its_event_tells_nothing_new(till: Till) -> None:
    paid(till).given.credited(till.bill, "30.00", on="2026-03-01")
    assert till.deliver() == 0
    till.hear()
    assert (till.stands(), till.outcomes("refund_made")) == (("paid", 0, 0), ["ignored: known before"])


def test_a_refund_of_ours_that_bounces_is_credit_balance(till: Till) -> None:
    paid(till).given.credited(till.bill, "30.00", on="2026-03-01")
    till.deliver()
    till.hear()
    till.house.bounce_refund()
    till.hear()
    assert (till.stands(), till.outcomes("refund_failed")) == (("paid", 0, 30), ["refund failed: 30.00"])


def test_refunds_made_at_the_provider_open_the_invoice_as_they_add_up(till: Till) -> None:
    intent = paid(till).intent()
    for amount in (30_00, 20_00):
        till.house.give_back(intent, amount)
    till.hear()
    assert till.stands() == ("issued", 50, 0)
    assert sorted(till.outcomes("refund_made")) == ["refund of 20.00 EUR", "refund of 30.00 EUR"]


def test_a_refund_made_at_the_provider_that_bounces_pays_again(till: Till) -> None:
    till.house.give_back(paid(till).intent(), 30_00)
    till.hear()
    till.house.bounce_refund()
    till.hear()
    assert till.stands() == ("paid", 0, 0)


@pytest.mark.parametrize(("verdict", "stands"), [("won", ("paid", 0, 0)), ("lost", ("issued", 100, 0))])
def test_a_dispute_takes_the_money_and_a_verdict_decides(
    till: Till, verdict: Literal["won", "lost"], stands: tuple[object, ...]
) -> None:
    dispute = till.house.dispute(paid(till).intent())
    till.hear()
    assert (till.stands(), till.given.value("select is_disputed from billing.dunning_cases")) == (
        ("issued", 100, 0),
        True,
    )
    till.house.decide(dispute, verdict)
    till.hear()
    assert (till.stands(), till.outcomes("dispute_closed")) == (stands, [f"dispute {verdict}"])


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_and_number_of_events_does_not_matter(till: Till, order: tuple[int, ...]) -> None:
    till.house.lose_answer("after")
    till.deliver()
    events = list(till.house.gateway.events_since(None))
    intent = next(event.provider_intent_id for event in events if event.kind == "payment_succeeded")
    till.house.decide(till.house.dispute(str(intent)), "won")
    told = [event for event in till.house.gateway.events_since(None) if event.kind in WANTED]
    database = Database(till.given.connection)
    for place in (*order, *order):
        database.receive_webhook_event(told[place])
        process_inbox(database, as_of=AS_OF)
    process_inbox(database, as_of=AS_OF)
    assert till.stands() == ("paid", 0, 0)


WANTED = ("payment_succeeded", "dispute_opened", "dispute_closed")

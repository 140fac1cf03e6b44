"""Payment pages beside everything else that pays an invoice: whatever the order, it is paid once."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import permutations
from typing import TYPE_CHECKING

import httpx
import pytest

from orchestrator.engine.database import Database
from orchestrator.gateway.checkout import Checkouts
from orchestrator.gateway.events import end_pages, find_payments
from orchestrator.gateway.stripe.gateway import StripeGateway
from stripe_sandbox import Fault
from tests.month import AS_OF
from tests.orchestrator.delivery.test_charge import open_shop, shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.collection import Bill
    from tests.orchestrator.delivery.test_charge import Shop

__all__ = ["open_shop", "shop"]
EXPIRE = "/v1/checkout/sessions/*/expire"
CREATE = "/v1/checkout/sessions"


def pages(shop: Shop) -> Checkouts:
    return Checkouts(StripeGateway(shop.month.settings), lambda: nullcontext(Database(shop.given.connection)))


@pytest.fixture
def bill(shop: Shop) -> Bill:
    """An invoice over 100.00 whose first charge was declined."""
    bill = shop.bill()
    shop.sandbox.set_card(shop.stripe_customer, "insufficient_funds")
    shop.deliver()
    return bill


@pytest.fixture
def page(shop: Shop, bill: Bill) -> str:
    """The open payment page of that invoice."""
    address = pages(shop).address(bill.number, page_url="https://pay.example/i/x")
    assert address is not None
    return address


def pay(page: str) -> str:
    return httpx.post(page, data={"card": "ok"}, follow_redirects=False).text


def kept(shop: Shop) -> int:
    """What Stripe has charged and not given back, in cents."""
    return sum(shop.charged()) - sum(int(refund["amount"]) for refund in shop.sandbox.account.all("refund"))


def states(shop: Shop) -> list[str]:
    rows = shop.given.connection.execute("select state from billing.checkout_sessions order by 1").fetchall()
    return [state for (state,) in rows]


def test_a_page_ends_before_the_card_is_charged(shop: Shop, bill: Bill, page: str) -> None:
    shop.new_card()
    assert shop.deliver() == 0
    assert "has expired" in pay(page)
    assert (kept(shop), states(shop), shop.given.status(bill)) == (100_00, ["expired"], "paid")


def test_a_page_that_was_just_paid_stops_the_charge(shop: Shop, bill: Bill, page: str) -> None:
    shop.new_card()
    pay(page)
    assert shop.deliver() == 0
    assert (kept(shop), states(shop), shop.given.status(bill)) == (100_00, ["paid"], "paid")
    shop.hear()
    assert shop.given.balance(bill.customer) == 0
    assert shop.given.broken() == []


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_no_charge_is_made_while_it_is_unknown_whether_the_page_has_ended(
    shop: Shop, bill: Bill, page: str, kind: str
) -> None:
    shop.new_card()
    shop.sandbox.faults.add(Fault(kind=kind, path=EXPIRE))  # type: ignore[arg-type] # of a parameter
    assert (shop.deliver(), kept(shop)) == (3, 0)
    assert (shop.deliver(), kept(shop)) == (0, 100_00)
    assert "has expired" in pay(page)
    assert shop.given.status(bill) == "paid"


def test_a_page_whose_address_never_came_ends_too(shop: Shop, bill: Bill) -> None:
    shop.sandbox.faults.add(Fault(kind="reset_after", method="POST", path=CREATE))
    with pytest.raises(Exception, match="Stripe"):
        pages(shop).address(bill.number, page_url="https://pay.example/i/x")
    shop.new_card()
    assert shop.deliver() == 0
    assert [session["status"] for session in shop.sandbox.account.all("checkout.session")] == ["expired"]
    assert (kept(shop), states(shop)) == (100_00, ["expired"])


def test_no_page_opens_while_the_card_is_charged(shop: Shop) -> None:
    bill = shop.bill()
    shop.lose()
    assert pages(shop).address(bill.number, page_url="https://pay.example/i/x") is None


def void(shop: Shop, bill: Bill) -> None:
    shop.given.connection.execute("select billing.void_invoice(%s, 'wrong', '2026-03-02', false)", (bill.number,))


def pay_by_hand(shop: Shop, bill: Bill) -> None:
    shop.given.paid_by_hand(bill, "100.00")


def credit(shop: Shop, bill: Bill) -> None:
    shop.given.credited(bill)


def credit_in_part(shop: Shop, bill: Bill) -> None:
    shop.given.credited(bill, "40.00")


@pytest.mark.parametrize("settle", [void, pay_by_hand, credit, credit_in_part])
def test_a_page_ends_when_its_invoice_owes_something_else(
    shop: Shop, bill: Bill, page: str, settle: Callable[[Shop, Bill], None]
) -> None:
    settle(shop, bill)
    end_pages(Database(shop.given.connection), shop.month.settings, as_of=AS_OF)
    assert "has expired" in pay(page)
    assert (kept(shop), states(shop)) == (0, ["expired"])


@pytest.mark.parametrize("settle", [void, pay_by_hand, credit])
def test_a_payment_of_an_invoice_that_owes_nothing_goes_back_and_both_are_told(
    shop: Shop, bill: Bill, page: str, settle: Callable[[Shop, Bill], None]
) -> None:
    settle(shop, bill)
    pay(page)
    shop.hear()
    assert kept(shop) == 100_00
    assert shop.deliver() == 0
    shop.hear()
    assert (kept(shop), shop.given.balance(bill.customer)) == (0, 0)
    returned = "select count(*) from billing.emails where state = 'sent' and template = %s and details ->> %s = %s"
    assert shop.given.value(returned, "payment_received", "is_returned", "true") == 1
    assert shop.given.value(returned, "manual_review", "review", "returned") == 1
    assert [name for name, *_ in shop.given.broken() if "void invoice billed" not in name] == []


def test_a_page_whose_webhook_was_lost_is_found_at_stripe(shop: Shop, bill: Bill, page: str) -> None:
    pay(page)
    database = Database(shop.given.connection)
    found = [find_payments(database, StripeGateway(shop.month.settings), as_of=AS_OF) for _ in range(2)]
    assert (found, shop.given.status(bill)) == ([[bill.number], []], "paid")
    shop.hear()
    assert shop.given.broken() == []


def charge_new_card(shop: Shop) -> None:
    shop.new_card()
    shop.deliver()


ACTIONS: dict[str, Callable[[Shop, Bill, str], object]] = {
    "page": lambda _shop, _bill, page: pay(page),
    "hand": lambda shop, bill, _page: pay_by_hand(shop, bill),
    "card": lambda shop, _bill, _page: charge_new_card(shop),
    "hear": lambda shop, _bill, _page: shop.hear(),
}


@pytest.mark.parametrize("order", list(permutations(ACTIONS)), ids="-".join)
def test_a_card_pays_once_in_every_order_and_money_by_hand_beside_it_is_credit(
    shop: Shop, bill: Bill, page: str, order: tuple[str, ...]
) -> None:
    for name in order:
        ACTIONS[name](shop, bill, page)
    shop.hear()
    shop.deliver()
    assert kept(shop) in {0, 100_00}
    assert (shop.given.status(bill), shop.given.balance(bill.customer)) == ("paid", kept(shop) // 100)
    assert shop.given.broken() == []

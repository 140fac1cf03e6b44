from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.collection import Bill, Collection


def replace_card(given: Collection, bill: Bill, card: str = "pm_new") -> object:
    return given.value(
        "select billing.store_payment_method(customer_id, stripe_customer_id, %s, '2026-03-02') "
        "from billing.customers where customer_id = %s",
        card,
        bill.customer,
    )


def test_every_invoice_that_an_old_card_failed_to_pay_is_charged(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="expired_card")
    following = given.billed(bill.customer, period="2026-03", on="2026-04-01")
    given.charge(following, declined="expired_card", on="2026-04-01")
    assert replace_card(given, bill) == 2


def test_the_first_charge_is_made_with_the_new_card_and_not_twice(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    assert replace_card(given, bill) == 0
    given.begun(bill)
    assert given.value("select provider_payment_method_id from billing.payment_attempts") == "pm_new"


def test_transfer_customers_are_not_charged(given: Collection) -> None:
    assert replace_card(given, given.issued("100.00")) == 0


def test_an_attempt_sent_again_keeps_its_card(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    attempt = given.begun(bill)
    replace_card(given, bill)
    order = "select provider_payment_method_id from billing.begin_payment_attempt(%s, 1, '2026-03-02')"
    assert given.value(order, attempt) == "pm_first"

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.collection import Bill, Collection

    Event = tuple[str, Mapping[str, object], int]


@pytest.fixture
def bill(given: Collection) -> Bill:
    """A card invoice over 100.00 that is about to be charged."""
    return given.issued("100.00", method="charge_automatically")


def succeeded(given: Collection, bill: Bill, at: int = 10, **fields: object) -> Event:
    thing = {"id": given.intent(bill), "amount_received": 10000, "currency": "eur", "metadata": {}}
    return ("payment_intent.succeeded", thing | fields, at)


def failed(given: Collection, bill: Bill, at: int = 5, **fields: object) -> Event:
    error = {"code": "card_declined", "decline_code": "insufficient_funds"}
    return ("payment_intent.payment_failed", {"id": given.intent(bill), "last_payment_error": error} | fields, at)


def disputed(given: Collection, bill: Bill, at: int = 20, **fields: object) -> Event:
    thing = {"id": "du_1", "payment_intent": given.intent(bill), "amount": 10000, "reason": "fraudulent"}
    return ("charge.dispute.created", thing | {"status": "needs_response"} | fields, at)


def closed(given: Collection, bill: Bill, status: str, at: int = 30, **fields: object) -> Event:
    thing = {"id": "du_1", "payment_intent": given.intent(bill), "amount": 10000, "reason": "fraudulent"}
    return ("charge.dispute.closed", thing | {"status": status} | fields, at)


def refunded(given: Collection, bill: Bill, amount: int = 10000, at: int = 50) -> Event:
    thing = {"id": "ch_1", "payment_intent": given.intent(bill), "amount_refunded": amount, "currency": "eur"}
    return ("charge.refunded", thing, at)


def new_card(bill: Bill, card: str, at: int = 40) -> Event:
    return ("payment_method.attached", {"id": card, "customer": f"cus_{bill.customer}"}, at)


def send(given: Collection, *events: Event) -> list[object]:
    """Receive and process one by one; the outcomes."""
    outcomes = []
    for kind, thing, at in events:
        name = given.event(kind, thing, at=at)
        given.process()
        outcomes.append(given.outcome(name))
    return outcomes


def test_a_charge_whose_answer_was_lost_is_booked_by_its_event(given: Collection, bill: Bill) -> None:
    given.begun(bill)
    assert send(given, succeeded(given, bill)) == ["paid INV-2026-02-0001"]
    assert given.status(bill) == "paid"
    assert given.value("select state from billing.payment_attempts") == "succeeded"
    assert given.broken() == []


def test_money_is_booked_once_whoever_tells_of_it(given: Collection, bill: Bill) -> None:
    attempt = given.begun(bill)
    send(given, succeeded(given, bill), succeeded(given, bill))
    given.connection.execute("select billing.record_charge_succeeded(%s, 10000, '2026-03-02')", (attempt,))
    assert given.value("select count(*) from billing.payments") == 1


def test_an_event_comes_into_the_inbox_once(given: Collection) -> None:
    for _ in range(2):
        given.event("customer.created", {"id": "cus_9"}, name="evt_same")
    assert given.process() == 1
    assert given.process() == 0
    assert given.outcome("evt_same") == "ignored"


def test_checkout_pays_the_invoice_it_names(given: Collection) -> None:
    bill = given.issued("100.00")
    session = {
        "payment_intent": "pi_checkout",
        "payment_status": "paid",
        "amount_total": 10000,
        "currency": "eur",
        "metadata": {"invoice_number": bill.number},
    }
    intent = succeeded(given, bill, id="pi_checkout", metadata={"invoice_number": bill.number})
    assert send(given, ("checkout.session.completed", session, 9), intent) == [
        "paid INV-2026-02-0001",
        "ignored: booked before",
    ]
    assert given.status(bill) == "paid"


def test_a_session_that_is_not_paid_pays_nothing(given: Collection, bill: Bill) -> None:
    session = {"payment_intent": "pi_x", "payment_status": "unpaid", "metadata": {"invoice_number": bill.number}}
    assert send(given, ("checkout.session.completed", session, 9)) == ["ignored: not paid yet"]


def test_a_payment_of_somebody_else_is_ignored(given: Collection, bill: Bill) -> None:
    assert send(given, succeeded(given, bill, id="pi_other")) == ["ignored: it is for none of our invoices"]


def test_a_payment_in_another_currency_is_not_booked(given: Collection, bill: Bill) -> None:
    given.begun(bill)
    assert send(given, succeeded(given, bill, currency="usd")) == [
        "failed: invoice INV-2026-02-0001 is in EUR, the payment in USD"
    ]
    assert given.status(bill) == "issued"


def test_a_decline_ends_the_attempt_that_waits_for_it(given: Collection, bill: Bill) -> None:
    given.begun(bill)
    send(given, failed(given, bill))
    assert given.value("select decline_code from billing.payment_attempts") == "insufficient_funds"
    assert given.dunning(bill) == ("retry_scheduled", 3, "2026-03-08")


def test_a_late_decline_does_not_end_a_later_attempt(given: Collection, bill: Bill) -> None:
    given.charge(bill, declined="insufficient_funds")
    given.advance("2026-03-04")
    given.begun(bill, on="2026-03-04")
    assert send(given, failed(given, bill)) == ["ignored: no open attempt waits for it"]
    assert send(given, failed(given, bill, metadata={"attempt": "inv-2026-02-0001-attempt-2"})) == [
        "attempt inv-2026-02-0001-attempt-2 declined"
    ]


def test_a_decline_before_the_success_takes_nothing_back(given: Collection, bill: Bill) -> None:
    given.begun(bill)
    send(given, succeeded(given, bill, at=10), failed(given, bill, at=5))
    assert given.status(bill) == "paid"


def test_a_payment_that_fails_afterwards_is_reversed(given: Collection, bill: Bill) -> None:
    given.begun(bill)
    send(given, succeeded(given, bill, at=10), failed(given, bill, at=50))
    assert (given.status(bill), given.outstanding(bill)) == ("issued", 100)
    assert ("manual_review", "queued") in given.letters(bill)
    assert given.broken() == []


def test_a_dispute_opens_the_invoice_stops_dunning_and_tells_finance(given: Collection, bill: Bill) -> None:
    given.charge(bill)
    send(given, disputed(given, bill))
    assert (given.status(bill), given.outstanding(bill)) == ("issued", 100)
    assert given.value("select is_disputed from billing.dunning_cases")
    assert ("manual_review", "queued") in given.letters(bill)
    assert given.advance("2026-12-31") == (0, 0)
    assert given.broken() == []


def test_an_inquiry_takes_no_money(given: Collection, bill: Bill) -> None:
    given.charge(bill)
    kind, thing, at = disputed(given, bill)
    send(given, (kind, {**thing, "status": "warning_needs_response"}, at))
    assert given.status(bill) == "paid"
    send(given, closed(given, bill, "warning_closed"))
    assert not given.value("select is_disputed from billing.dunning_cases")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_won_dispute_ends_paid_in_any_order_of_arrival(given: Collection, bill: Bill, order: tuple[int, ...]) -> None:
    given.begun(bill)
    events = (succeeded(given, bill), disputed(given, bill), closed(given, bill, "won"))
    send(given, *(events[place] for place in order))
    given.process()
    given.process()
    assert (given.status(bill), given.outstanding(bill)) == ("paid", 0)
    assert given.value("select count(*) from billing.webhook_events where processed_at is null") == 0
    assert given.broken() == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_lost_dispute_is_told_to_finance_and_in_the_review_queue_in_any_order(
    given: Collection, bill: Bill, order: tuple[int, ...]
) -> None:
    given.begun(bill)
    events = (succeeded(given, bill), disputed(given, bill), closed(given, bill, "lost"))
    send(given, *(events[place] for place in order), closed(given, bill, "lost"))
    given.process()
    assert (given.outstanding(bill), is_disputed(given)) == (100, False)
    assert given.dunning(bill) == ("manual_review", None, None)
    told = "select count(*) from billing.emails where details ->> 'review_reason' like 'the dispute is lost%%'"
    assert given.value(told) == 1
    assert given.value("select invoice_number from billing.lost_disputes()") == bill.number
    assert given.advance("2026-12-31") == (0, 0)
    assert given.broken() == []


def is_disputed(given: Collection) -> object:
    return given.value("select is_disputed from billing.dunning_cases")


def test_money_of_a_won_dispute_can_be_refunded(given: Collection, bill: Bill) -> None:
    given.charge(bill)
    send(given, disputed(given, bill), closed(given, bill, "won"))
    assert send(given, refunded(given, bill), refunded(given, bill)) == [
        "refund of 100.00 EUR",
        "ignored: known before",
    ]
    assert (given.status(bill), given.outstanding(bill), given.balance(bill.customer)) == ("issued", 100, 0)
    assert given.broken() == []


def test_a_refund_is_spread_over_what_is_left_of_a_charge(given: Collection, bill: Bill) -> None:
    given.charge(bill)
    send(given, disputed(given, bill, amount=4000), closed(given, bill, "won", amount=4000))
    assert send(given, refunded(given, bill, 8000), refunded(given, bill, 10000)) == [
        "refund of 80.00 EUR",
        "refund of 20.00 EUR",
    ]
    assert (given.status(bill), given.outstanding(bill)) == ("issued", 100)
    assert given.broken() == []


def test_a_refund_of_two_parts_that_fails_comes_back_whole(given: Collection, bill: Bill) -> None:
    given.charge(bill)
    send(given, disputed(given, bill, amount=4000), closed(given, bill, "won", amount=4000), refunded(given, bill))
    thing = {"id": "re_1", "charge": "ch_1", "payment_intent": given.intent(bill), "amount": 10000, "status": "failed"}
    assert send(given, ("refund.failed", thing, 60)) == ["refund failed: 100.00"]
    assert (given.status(bill), given.balance(bill.customer)) == ("paid", 0)
    assert send(given, refunded(given, bill, at=70)) == ["refund of 100.00 EUR"]
    assert (given.status(bill), given.outstanding(bill)) == ("issued", 100)
    assert given.broken() == []


def test_a_charge_is_disputed_again_after_a_won_dispute(given: Collection, bill: Bill) -> None:
    given.charge(bill)
    send(given, disputed(given, bill), closed(given, bill, "won"))
    again = disputed(given, bill, 40, id="du_2")
    assert send(given, again) == ["disputed: 100.00 EUR"]
    assert (given.outstanding(bill), is_disputed(given)) == (100, True)
    assert send(given, closed(given, bill, "won", 50, id="du_2")) == ["dispute won"]
    assert (given.status(bill), is_disputed(given)) == ("paid", False)
    assert given.broken() == []


def test_a_second_dispute_takes_all_parts_and_brings_them_back(given: Collection, bill: Bill) -> None:
    given.charge(bill)
    send(given, disputed(given, bill, amount=4000), closed(given, bill, "won", amount=4000))
    assert send(given, disputed(given, bill, 40, id="du_2")) == ["disputed: 100.00 EUR"]
    send(given, closed(given, bill, "won", 50, id="du_2"))
    assert (given.status(bill), given.outstanding(bill), is_disputed(given)) == ("paid", 0, False)
    assert given.broken() == []


@pytest.mark.parametrize("status", ["won", "warning_closed"])
def test_a_verdict_that_comes_first_is_remembered(given: Collection, bill: Bill, status: str) -> None:
    given.charge(bill)
    assert send(given, closed(given, bill, status), disputed(given, bill)) == [
        f"dispute {status}",
        "ignored: settled before",
    ]
    assert (given.status(bill), is_disputed(given)) == ("paid", False)
    assert given.broken() == []


def test_a_lost_dispute_is_booked_though_its_opening_comes_late(given: Collection, bill: Bill) -> None:
    given.charge(bill)
    assert send(given, closed(given, bill, "lost"), disputed(given, bill)) == [
        "dispute lost",
        "ignored: known before",
    ]
    assert (given.outstanding(bill), is_disputed(given)) == (100, False)
    assert given.broken() == []


def test_a_dispute_over_refunded_money_ends_too(given: Collection, bill: Bill) -> None:
    given.charge(bill)
    send(given, refunded(given, bill, at=10), disputed(given, bill))
    assert is_disputed(given)
    assert send(given, closed(given, bill, "won")) == ["dispute won"]
    assert (given.outstanding(bill), is_disputed(given)) == (100, False)
    assert given.broken() == []


def test_one_dispute_won_does_not_end_another_of_the_same_invoice(given: Collection, bill: Bill) -> None:
    given.charge(bill)
    send(given, disputed(given, bill, amount=4000), disputed(given, bill, 21, id="du_2", amount=3000))
    send(given, closed(given, bill, "won"))
    assert (given.outstanding(bill), is_disputed(given)) == (30, True)


def checked_out(bill: Bill, at: int = 9) -> Event:
    """Say that 40.00 were paid on the payment page."""
    session = {"payment_intent": "pi_page", "payment_status": "paid", "amount_total": 4000, "currency": "eur"}
    return ("checkout.session.completed", session | {"metadata": {"invoice_number": bill.number}}, at)


def test_a_disputed_invoice_is_not_charged(given: Collection, bill: Bill) -> None:
    given.charge(bill, declined="insufficient_funds")
    send(given, checked_out(bill))
    assert given.advance("2026-03-04") == (0, 1)
    send(given, disputed(given, bill, payment_intent="pi_page", amount=4000))
    assert given.value("select state from billing.payment_attempts where attempt = 2") == "canceled"
    assert send(given, new_card(bill, "pm_new")) == ["new card, charges planned: 0"]
    assert given.broken() == []


def test_finance_is_asked_when_a_won_dispute_leaves_an_invoice_open(given: Collection, bill: Bill) -> None:
    given.charge(bill, declined="insufficient_funds")
    opening = disputed(given, bill, payment_intent="pi_page", amount=4000)
    send(given, checked_out(bill), opening, closed(given, bill, "won", payment_intent="pi_page", amount=4000))
    assert (given.outstanding(bill), is_disputed(given)) == (60, False)
    assert [letter for letter, _ in given.letters(bill)].count("manual_review") == 2
    assert given.broken() == []


def test_a_decline_is_recorded_though_dunning_was_stopped_meanwhile(given: Collection, bill: Bill) -> None:
    given.charge(bill, declined="insufficient_funds")
    send(given, checked_out(bill))
    given.advance("2026-03-04")
    given.begun(bill, on="2026-03-04")
    kind, thing, at = refunded(given, bill, 1000)
    send(given, (kind, {**thing, "payment_intent": "pi_page"}, at))
    given.charge(bill, declined="insufficient_funds", on="2026-03-04")
    assert given.value("select state from billing.payment_attempts where attempt = 2") == "declined"
    assert given.dunning(bill) == ("manual_review", None, None)
    assert given.broken() == []


def test_an_invoice_whose_money_went_back_is_charged_to_a_new_card(given: Collection, bill: Bill) -> None:
    given.charge(bill)
    send(given, refunded(given, bill))
    assert send(given, new_card(bill, "pm_new", at=60)) == ["new card, charges planned: 1"]
    given.charge(bill, on="2026-03-05")
    assert (given.status(bill), given.broken()) == ("paid", [])


def test_a_payment_that_failed_afterwards_is_charged_to_a_new_card(given: Collection, bill: Bill) -> None:
    given.begun(bill)
    send(given, succeeded(given, bill, at=10), failed(given, bill, at=50))
    assert send(given, new_card(bill, "pm_new", at=60)) == ["new card, charges planned: 1"]


def test_a_new_card_is_charged_at_once(given: Collection, bill: Bill) -> None:
    given.charge(bill, declined="expired_card")
    assert send(given, new_card(bill, "pm_new")) == ["new card, charges planned: 1"]
    given.charge(bill, on="2026-03-05")
    assert given.status(bill) == "paid"
    assert given.dunning(bill) == ("paid", None, None)


def test_the_default_card_of_a_customer_is_the_new_card(given: Collection, bill: Bill) -> None:
    given.charge(bill, declined="expired_card")
    customer = {"id": f"cus_{bill.customer}", "invoice_settings": {"default_payment_method": "pm_new"}}
    updated = ("customer.updated", customer, 41)
    assert send(given, new_card(bill, "pm_new"), updated) == ["new card, charges planned: 1", "ignored: known before"]


def test_an_older_card_that_comes_late_replaces_nothing(given: Collection, bill: Bill) -> None:
    outcomes = send(given, new_card(bill, "pm_b", at=50), new_card(bill, "pm_a", at=40))
    assert outcomes[1] == "ignored: there is a newer card"
    assert given.value("select stripe_payment_method_id from billing.customers") == "pm_b"


@pytest.mark.parametrize("names", [("evt_a", "evt_b"), ("evt_b", "evt_a")])
def test_of_two_cards_of_one_second_the_one_told_of_last_is_kept(
    given: Collection, bill: Bill, names: tuple[str, str]
) -> None:
    for name, card in zip(names, ("pm_old", "pm_new"), strict=True):
        kind, thing, at = new_card(bill, card, at=40)
        given.event(kind, thing, at=at, name=name)
    given.process()
    assert given.value("select stripe_payment_method_id from billing.customers") == "pm_new"


def test_a_card_that_comes_while_the_old_one_is_charged_is_charged_after_it(given: Collection, bill: Bill) -> None:
    given.begun(bill)
    assert send(given, new_card(bill, "pm_new")) == ["new card, charges planned: 0"]
    given.charge(bill, declined="expired_card")
    assert given.value("select cause from billing.payment_attempts where state = 'scheduled'") == "new_card"


def test_a_bad_event_holds_up_no_other(given: Collection, bill: Bill) -> None:
    given.begun(bill)
    bad = given.event("payment_intent.succeeded", {"id": given.intent(bill), "currency": "eur"}, at=1)
    kind, thing, at = succeeded(given, bill)
    good = given.event(kind, thing, at=at)
    assert given.process() == 2
    assert str(given.outcome(bad)).startswith("failed: ")
    assert given.outcome(good) == "paid INV-2026-02-0001"


def test_what_waits_too_long_is_given_up(given: Collection, bill: Bill) -> None:
    given.begun(bill)
    kind, thing, at = disputed(given, bill)
    event = given.event(kind, thing, at=at)
    assert given.process() == 0
    given.connection.execute("update billing.webhook_events set received_at = now() - interval '4 days'")
    assert given.process() == 1
    assert given.outcome(event) == "failed: what it refers to never came"


def raising(given: Collection, sqlstate: str) -> None:
    """Let every payment meet an error."""
    given.connection.execute(
        f"""
        create function billing.raise_it() returns trigger language plpgsql as
        $$ begin raise exception 'a trap' using errcode = '{sqlstate}'; end $$;
        create trigger raise_it before insert on billing.payments execute function billing.raise_it()
        """.encode()
    )


MOMENTARY = ["08006", "25006", "40001", "40P01", "42883", "53100", "53200", "55P03", "57P01", "57P03", "58030", "XX000"]


@pytest.mark.parametrize("sqlstate", MOMENTARY)
def test_an_event_that_meets_an_error_of_the_moment_stays_in_the_inbox(
    given: Collection, bill: Bill, sqlstate: str
) -> None:
    given.begun(bill)
    kind, thing, at = succeeded(given, bill)
    event = given.event(kind, thing, at=at)
    raising(given, sqlstate)
    with pytest.raises(psycopg.Error, match="a trap"):
        given.process()
    given.connection.execute("drop trigger raise_it on billing.payments")
    assert given.outcome(event) is None
    assert given.process() == 1
    assert given.status(bill) == "paid"


@pytest.mark.parametrize("sqlstate", ["22003", "23514", "55000", "P0001", "UB002"])
def test_money_that_cannot_be_booked_is_told_to_finance_and_not_asked_for_again(
    given: Collection, bill: Bill, sqlstate: str
) -> None:
    given.begun(bill)
    raising(given, sqlstate)
    assert send(given, succeeded(given, bill)) == ["failed: a trap"]
    assert given.letters(bill)[-1] == ("manual_review", "queued")
    assert given.advance("2026-12-31") == (0, 0)
    assert [(name, detail) for name, _, detail in given.broken() if "Stripe" in name] == [
        ("what Stripe tells of money is booked", "payment_intent.succeeded: failed: a trap")
    ]


def test_a_failed_event_that_comes_again_is_processed_again(given: Collection, bill: Bill) -> None:
    given.begun(bill)
    raising(given, "P0001")
    kind, thing, at = succeeded(given, bill)
    for outcome in ("failed: a trap", "paid INV-2026-02-0001", "paid INV-2026-02-0001"):
        event = given.event(kind, thing, at=at, name="evt_same")
        given.process()
        assert given.outcome(event) == outcome
        given.connection.execute("drop trigger if exists raise_it on billing.payments")
    assert given.broken() == []


def test_a_payment_booked_since_needs_nobody(given: Collection, bill: Bill) -> None:
    given.begun(bill)
    raising(given, "P0001")
    send(given, succeeded(given, bill))
    given.connection.execute("drop trigger raise_it on billing.payments")
    send(given, succeeded(given, bill, at=11))
    assert given.value("select count(*) from billing.failed_webhook_events()") == 0


def test_what_met_trouble_is_tried_after_the_others(given: Collection) -> None:
    events = [given.event("customer.created", {"id": f"cus_{at}"}, at=at) for at in range(3)]
    given.connection.execute("select billing.postpone_webhook_event(%s, 'busy')", (events[0],))
    waiting = given.connection.execute("select * from billing.waiting_webhook_events(9)").fetchall()
    assert [event for (event,) in waiting] == [events[1], events[2], events[0]]


@pytest.mark.parametrize("ending", ["open", "lost", "refunded"])
def test_an_invoice_whose_card_took_its_money_back_is_not_voided(given: Collection, ending: str) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill)
    intent = {"payment_intent": given.intent(bill)}
    if ending == "refunded":
        given.event("charge.refunded", {"id": "ch_1", "amount_refunded": 10000, **intent}, at=100)
    else:
        dispute = {"id": "dp_1", "amount": 10000, "reason": "fraudulent", **intent}
        given.event("charge.dispute.created", dispute | {"status": "needs_response"}, at=100)
        if ending == "lost":
            given.event("charge.dispute.closed", dispute | {"status": "lost"}, at=200)
    given.process()
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="a card had paid invoice"):
        given.connection.execute("select billing.void_invoice(%s, 'wrong', '2026-03-06', false)", (bill.number,))
    given.credited(bill)
    assert given.status(bill) == "paid"


def test_each_refund_of_a_charge_has_a_reference_of_its_own(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill)
    for amount, at in ((3000, 50), (5000, 60)):
        given.event(*refunded(given, bill, amount)[:2], at=at)
        given.process()
    references = given.connection.execute("select reference from billing.payment_reversals order by 1").fetchall()
    assert references == [("ch_1-refunded-3000",), ("ch_1-refunded-5000",)]

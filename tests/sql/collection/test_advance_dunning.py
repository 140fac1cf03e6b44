from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Collection


def test_transfers_are_reminded_on_the_days_after_the_due_date(given: Collection) -> None:
    bill = given.issued("100.00")
    states = []
    for day in ("2026-04-02", "2026-04-03", "2026-04-07", "2026-04-14", "2026-04-30"):
        given.advance(day)
        states.append(given.dunning(bill)[0])
    assert states == ["issued", "reminder_sent", "urgent_notice", "manual_review", "manual_review"]
    assert [template for template, _ in given.letters(bill)] == [
        "invoice_transfer",
        "reminder",
        "urgent_notice",
        "manual_review",
    ]


def test_a_soft_decline_is_tried_again_and_the_letter_follows_its_failure(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="insufficient_funds")
    assert given.dunning(bill) == ("retry_scheduled", 3, "2026-03-04")
    assert given.advance("2026-03-04") == (0, 1)
    given.charge(bill, declined="insufficient_funds", on="2026-03-04")
    assert given.dunning(bill) == ("reminder_sent", 7, "2026-03-08")
    assert given.letters(bill)[-1] == ("reminder", "queued")


def test_a_retry_that_succeeds_ends_dunning(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="insufficient_funds")
    given.advance("2026-03-04")
    given.charge(bill, on="2026-03-04")
    assert (given.status(bill), given.dunning(bill)) == ("paid", ("paid", None, None))


def test_a_hard_decline_asks_for_another_card_and_is_not_tried_again(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="expired_card")
    assert given.letters(bill)[-1] == ("update_payment_method", "queued")
    assert [given.advance(day) for day in ("2026-03-04", "2026-03-08", "2026-03-15")] == [(1, 0)] * 3
    assert given.dunning(bill) == ("manual_review", None, None)
    assert given.broken() == []


def test_the_same_day_again_finds_nothing_due(given: Collection) -> None:
    given.issued("100.00")
    assert given.advance("2026-04-03") == (1, 0)
    assert given.advance("2026-04-03") == (0, 0)


def test_after_a_delay_the_letters_keep_their_distance(given: Collection) -> None:
    bill = given.issued("100.00")
    given.advance("2026-05-01")
    assert given.dunning(bill) == ("reminder_sent", 7, "2026-05-05")


@pytest.mark.parametrize("end", ["paid", "void"])
def test_nobody_is_dunned_for_what_is_settled(given: Collection, end: str) -> None:
    bill = given.issued("100.00")
    if end == "paid":
        given.paid_by_hand(bill, "100.00")
    else:
        given.void(given.invoice(bill.customer))
    assert given.advance("2026-12-31") == (0, 0)


def test_a_returned_part_does_not_send_dunning_back_to_its_start(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("60.00", bill.number, payer_iban="DE1", on="2026-03-20")
    given.advance("2026-04-03")
    given.advance("2026-04-07")
    given.transfer("-60.00", "", payer_iban="DE1", on="2026-04-08", is_return=True)
    assert given.dunning(bill) == ("urgent_notice", 14, "2026-04-14")
    assert given.advance("2026-04-14") == (1, 0)
    assert given.broken() == []


def test_a_void_invoice_is_not_charged(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.void(given.invoice(bill.customer), is_waived=True)
    assert given.value("select state from billing.payment_attempts") == "canceled"
    assert given.broken() == []


def test_an_invoice_is_not_voided_while_it_is_charged(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.begun(bill)
    with pytest.raises(Exception, match="a charge of invoice INV-2026-02-0001 is under way"):
        given.void(given.invoice(bill.customer))


def test_a_card_gets_at_most_fifteen_tries_in_thirty_days(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="card_declined")
    for number in range(20):
        given.value(
            "select billing.store_payment_method(customer_id, stripe_customer_id, %s, '2026-03-02') "
            "from billing.customers where customer_id = %s",
            f"pm_{number}",
            bill.customer,
        )
        if given.value("select count(*) from billing.payment_attempts where state = 'scheduled'"):
            given.charge(bill, declined="card_declined", on="2026-03-02")
    assert given.value("select count(*) from billing.payment_attempts") == 15


@pytest.mark.parametrize(
    ("state", "days_before", "is_tried"),
    [
        ("declined", 29, False),
        ("declined", 30, True),
        ("declined", 31, True),
        ("canceled", 0, True),
    ],
)
def test_only_tries_of_the_last_thirty_days_count_and_canceled_ones_never(
    given: Collection, state: str, days_before: int, *, is_tried: bool
) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="card_declined")
    given.connection.execute(
        """
        insert into billing.payment_attempts (
            invoice_id, attempt, idempotency_key, cause, scheduled_on, amount, state, decline_code, sent_at, finished_at
        )
        select %s, 1 + number, 'try-' || number, 'dunning', '2026-03-04'::date - %s, 100, %s,
            case when %s = 'declined' then 'card_declined' end, now(), now()
        from generate_series(1, 15) as number
        """,
        (bill.invoice_id, days_before, state, state),
    )
    assert given.advance("2026-03-04") == ((0, 1) if is_tried else (1, 0))


def test_a_disputed_invoice_takes_no_step_even_if_one_is_planned(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="expired_card")
    given.connection.execute("update billing.dunning_cases set is_disputed = true")
    assert given.advance("2026-12-31") == (0, 0)


@pytest.mark.parametrize(
    ("advice", "reason", "kind"),
    [
        ("hard", "insufficient_funds", "hard"),
        ("soft", "expired_card", "soft"),
        (None, "expired_card", "hard"),
        (None, "insufficient_funds", "soft"),
        (None, "never_heard_of", "soft"),
    ],
)
def test_the_advice_of_a_provider_goes_before_its_reason(
    given: Collection, advice: str | None, reason: str, kind: str
) -> None:
    assert given.value("select billing._failure_kind(%s, %s)", advice, reason) == kind


def returned(given: Collection, bill: Bill, *, paid: str, back: str) -> None:
    """A transfer that pays the invoice and goes back."""
    given.transfer("100.00", bill.number, on=paid, end_to_end_id="TRANSFER-1")
    assert given.status(bill) == "paid"
    given.transfer("-100.00", "return", on=back, end_to_end_id="TRANSFER-1", is_return=True)
    assert given.status(bill) == "issued"


def test_a_transfer_that_went_back_is_reminded_anew(given: Collection) -> None:
    bill = given.issued("100.00")
    given.advance("2026-04-03")
    returned(given, bill, paid="2026-04-04", back="2026-04-08")
    assert given.dunning(bill) == ("issued", 3, "2026-04-11")
    assert [given.advance(day) for day in ("2026-04-11", "2026-04-15", "2026-04-22")] == [(1, 0)] * 3
    assert [letter for letter, _ in given.letters(bill)].count("reminder") == 2
    assert given.broken() == []


def test_a_transfer_that_goes_back_early_is_due_when_it_was(given: Collection) -> None:
    bill = given.issued("100.00")
    returned(given, bill, paid="2026-03-05", back="2026-03-08")
    assert given.dunning(bill) == ("issued", 3, "2026-04-03")


def test_a_card_is_charged_when_a_transfer_in_its_place_went_back(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    returned(given, bill, paid="2026-03-05", back="2026-03-08")
    given.charge(bill, declined="insufficient_funds", on="2026-03-08")
    assert given.dunning(bill) == ("retry_scheduled", 3, "2026-03-11")
    assert given.broken() == []


def test_a_card_that_failed_before_is_dunned_anew_after_a_return(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="insufficient_funds")
    given.advance("2026-03-04")
    given.charge(bill, declined="insufficient_funds", on="2026-03-04")
    returned(given, bill, paid="2026-03-05", back="2026-03-08")
    given.charge(bill, declined="insufficient_funds", on="2026-03-08")
    given.advance("2026-03-11")
    given.charge(bill, declined="insufficient_funds", on="2026-03-11")
    assert [letter for letter, _ in given.letters(bill)].count("reminder") == 2
    assert given.broken() == []


def test_a_card_that_has_paid_its_part_is_charged_for_a_returned_transfer(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.transfer("40.00", bill.number, on="2026-03-01", end_to_end_id="TRANSFER-1")
    given.charge(bill)
    given.transfer("-40.00", "return", on="2026-03-08", end_to_end_id="TRANSFER-1", is_return=True)
    assert given.outstanding(bill) == 40
    given.charge(bill, on="2026-03-08")
    assert (given.status(bill), given.balance(bill.customer), given.broken()) == ("paid", 0, [])


def soft(given: Collection) -> Bill:
    """A card invoice whose charge was declined on the first of March, to be tried again."""
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="insufficient_funds")
    return bill


@pytest.mark.parametrize(("day", "charged_on"), [(5, "2026-03-06"), (2, "2026-03-04")])
def test_a_step_that_was_moved_is_taken_on_its_new_day(given: Collection, day: int, charged_on: str) -> None:
    bill = soft(given)
    given.connection.execute(
        "update billing.dunning_policy set day = %s where failure_kind = 'soft' and day = 3", (day,)
    )
    assert [on for on in ("2026-03-04", "2026-03-05", "2026-03-06") if given.advance(on) == (0, 1)] == [charged_on]
    given.charge(bill, declined="insufficient_funds", on=charged_on)
    assert given.dunning(bill)[:2] == ("reminder_sent", 7)


def test_a_kind_of_failure_without_that_day_goes_on_with_its_next_one(given: Collection) -> None:
    bill = soft(given)
    given.connection.execute("update billing.dunning_policy set day = 5 where failure_kind = 'hard' and day = 3")
    given.advance("2026-03-04")
    given.charge(bill, declined="expired_card", on="2026-03-04")
    assert given.dunning(bill) == ("retry_scheduled", 5, "2026-03-06")


def test_finance_is_asked_where_the_policy_ends_too_early(given: Collection) -> None:
    bill = soft(given)
    given.connection.execute("delete from billing.dunning_policy where failure_kind = 'hard'")
    given.advance("2026-03-04")
    given.charge(bill, declined="expired_card", on="2026-03-04")
    assert given.dunning(bill) == ("manual_review", None, None)
    assert given.letters(bill)[-1] == ("manual_review", "queued")
    assert given.broken() == []


def test_a_case_that_cannot_go_on_holds_up_no_other(given: Collection) -> None:
    bad = soft(given)
    good = given.issued("100.00")
    given.connection.execute("alter table billing.payment_attempts add check (cause <> 'dunning') not valid")
    assert given.advance("2026-04-03") == (1, 0)
    assert (given.dunning(good)[0], given.letters(bad)[-1]) == ("reminder_sent", ("manual_review", "queued"))
    assert given.dunning(bad) == ("manual_review", None, None)


def test_no_letter_goes_out_while_a_charge_is_under_way(given: Collection) -> None:
    bill = soft(given)
    given.value("select billing._schedule_charge(%s, 'new_card', '2026-03-04')", bill.invoice_id)
    assert given.value("select billing._advance_case(%s, '2026-03-04')", bill.invoice_id) is None
    assert given.dunning(bill) == ("retry_scheduled", 3, "2026-03-04")

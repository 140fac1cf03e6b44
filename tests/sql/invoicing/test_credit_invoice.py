from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.collection import Collection

if TYPE_CHECKING:
    from tests.collection import Bill
    from tests.conftest import Connect


TOLD = (
    "select amount, lowered, refunded, paid_others, kept, outstanding "
    "from billing.credit_invoice(%s, null, %s, 'not as agreed', '2026-03-12', true)"
)


@pytest.fixture
def till(database: psycopg.Connection) -> Collection:
    return Collection(database)


def amounts(till: Collection, number: str) -> tuple[object, ...]:
    row = till.connection.execute(
        "select subtotal, tax, amount from billing.credit_notes where credit_note_number = %s", (number,)
    ).fetchone()
    assert row is not None
    return row


def taxed(till: Collection, *lines: str) -> Bill:
    till.tax_rate("0.19")
    return till.issued(*lines, country="DE")


def test_the_whole_invoice_is_credited_with_its_tax(till: Collection) -> None:
    bill = taxed(till, "100.00", "50.05")
    assert amounts(till, till.credited(bill)) == (Decimal("150.05"), Decimal("28.51"), Decimal("178.56"))
    assert (till.status(bill), till.outstanding(bill)) == ("paid", 0)
    assert till.broken() == []


def rewritten(till: Collection, bill: Bill, *statements: str) -> Bill:
    """An invoice as no run of the tests' plans makes it."""
    for table in ("invoices", "invoice_line_items", "invoice_taxes"):
        till.connection.execute(f"alter table billing.{table} disable trigger user".encode())
    for statement in statements:
        till.connection.execute(statement.encode(), (bill.invoice_id,))
    return bill


def two_rates(till: Collection) -> Bill:
    """Two lines of 100, the second one at 7 %."""
    return rewritten(
        till,
        taxed(till, "100.00", "100.00"),
        "update billing.invoice_line_items set tax_rate = 0.07, tax_name = 'VAT 7%%' "
        "where position = 2 and invoice_id = %s",
        "update billing.invoice_taxes set taxable = 100, tax = 19 where invoice_id = %s",
        "insert into billing.invoice_taxes "
        "(invoice_id, tax_country, tax_treatment, tax_rate, tax_name, minor_units, taxable, tax) "
        "values (%s, 'DE', 'taxed', 0.07, 'VAT 7%%', 2, 100, 7)",
        "update billing.invoices set tax = 26, total = 226 where invoice_id = %s",
    )


def with_a_negative_line(till: Collection) -> Bill:
    """100 and -30."""
    return rewritten(
        till,
        taxed(till, "100.00", "30.00"),
        "update billing.invoice_line_items set amount = -30, unit_amount = -30 where position = 2 and invoice_id = %s",
        "update billing.invoice_taxes set taxable = 70, tax = 13.30 where invoice_id = %s",
        "update billing.invoices set subtotal = 70, tax = 13.30, total = 83.30 where invoice_id = %s",
    )


def credited_lines(till: Collection, number: str) -> list[tuple[Any, ...]]:
    return till.connection.execute(
        "select l.invoice_position, l.amount, l.tax from billing.credit_note_line_items as l "
        "inner join billing.credit_notes using (credit_note_id) where credit_note_number = %s order by l.position",
        (number,),
    ).fetchall()


def test_the_whole_invoice_is_credited_line_by_line(till: Collection) -> None:
    bill = taxed(till, "100.00", "0.00", "50.05")
    assert credited_lines(till, till.credited(bill)) == [(1, 100, 19), (3, Decimal("50.05"), Decimal("9.51"))]


def test_the_rest_after_a_line_and_a_part_of_one_is_what_is_left_of_each(till: Collection) -> None:
    bill = taxed(till, "100.00", "50.00", "10.00")
    till.credited(bill, line=1)
    till.credited(bill, "20.00", line=2)
    assert credited_lines(till, till.credited(bill)) == [(2, 30, Decimal("5.70")), (3, 10, Decimal("1.90"))]


def test_the_rest_after_an_amount_is_less_of_every_line_in_proportion(till: Collection) -> None:
    bill = taxed(till, "100.00", "50.00")
    till.credited(bill, "59.50")
    whole = [(1, Decimal("66.67"), Decimal("12.67")), (2, Decimal("33.33"), Decimal("6.33"))]
    assert credited_lines(till, till.credited(bill, "119.00")) == whole


def test_negative_lines_are_taken_back_too(till: Collection) -> None:
    number = till.credited(with_a_negative_line(till))
    assert credited_lines(till, number) == [(1, 100, 19), (2, -30, Decimal("-5.70"))]


def test_what_is_left_of_negative_lines_adds_up(till: Collection) -> None:
    bill = with_a_negative_line(till)
    till.credited(bill, "41.65")
    assert credited_lines(till, till.credited(bill)) == [(1, 50, Decimal("9.50")), (2, -15, Decimal("-2.85"))]


def test_lines_of_several_rates_are_credited_with_the_tax_of_theirs(till: Collection) -> None:
    bill = two_rates(till)
    assert credited_lines(till, till.credited(bill)) == [(1, 100, 19), (2, 100, 7)]


def test_the_document_shows_the_lines_that_are_taken_back(till: Collection) -> None:
    bill = taxed(till, "100.00", "50.05")
    till.credited(bill)
    shown = till.value("select billing.credit_note_document(credit_note_id, null, false) from billing.credit_notes")
    charged = till.value("select billing.invoice_document(%s, null, false)", bill.invoice_id)
    assert isinstance(shown, dict)
    assert isinstance(charged, dict)
    same = ("description", "service_period_start", "service_period_last_day", "amount")
    assert [[line[key] for key in same] for line in shown["lines"]] == [
        [line[key] for key in same] for line in charged["lines"]
    ]


def test_a_line_is_credited_net_with_its_tax(till: Collection) -> None:
    bill = taxed(till, "100.00", "50.00")
    assert amounts(till, till.credited(bill, line=1)) == (100, 19, 119)
    assert till.outstanding(bill) == Decimal("59.50")


def test_part_of_a_line_is_credited(till: Collection) -> None:
    bill = taxed(till, "100.00")
    assert amounts(till, till.credited(bill, "10.00", line=1)) == (10, Decimal("1.90"), Decimal("11.90"))


def test_the_tax_of_many_parts_of_a_line_does_not_drift(till: Collection) -> None:
    bill = taxed(till, "100.00")
    taxes = [str(amounts(till, till.credited(bill, "0.03", line=1))[1]) for _ in range(4)]
    assert taxes == ["0.01", "0.00", "0.01", "0.00"]


def test_credit_notes_at_once_never_exceed_the_invoice_together(till: Collection, connect: Connect) -> None:
    bill = till.issued("100.00")
    other = Collection(connect())
    with ThreadPoolExecutor(1) as pool:
        with till.connection.transaction():
            till.credited(bill)
            late = pool.submit(other.credited, bill)
            till.until_waiting(other)
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="nothing is left to credit"):
            late.result()
    assert till.broken() == []


def test_a_partly_credited_invoice_is_not_void(till: Collection) -> None:
    bill = till.issued("100.00")
    till.credited(bill, "30.00")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="is partly paid or credited"):
        till.void(till.invoice(bill.customer))


def test_an_amount_is_gross(till: Collection) -> None:
    bill = taxed(till, "100.00")
    assert amounts(till, till.credited(bill, "11.90")) == (10, Decimal("1.90"), Decimal("11.90"))


def test_an_amount_is_spread_over_the_rates_in_proportion(till: Collection) -> None:
    number = till.credited(two_rates(till), "113.00")
    assert credited_lines(till, number) == [(None, 50, Decimal("9.50")), (None, 50, Decimal("3.50"))]


@pytest.mark.parametrize(
    ("line", "amount", "message"),
    [
        (None, "119.01", "119.01 EUR cannot be credited of invoice"),
        (None, "-1", "-1 EUR cannot be credited"),
        (None, "0", "0 EUR cannot be credited"),
        (None, "1.005", "1.005 EUR cannot be credited"),
        (1, "100.01", "100.01 EUR cannot be credited of line 1"),
        (7, None, "has no line 7"),
    ],
)
def test_never_more_than_the_invoice(till: Collection, line: int | None, amount: str | None, message: str) -> None:
    bill = taxed(till, "100.00")
    with pytest.raises(psycopg.Error, match=message):
        till.credited(bill, amount, line=line)
    assert till.value("select count(*) from billing.credit_notes") == 0


def test_nothing_is_left_after_the_whole(till: Collection) -> None:
    bill = taxed(till, "100.00")
    till.credited(bill)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="nothing is left to credit of invoice"):
        till.credited(bill)


def test_a_line_is_not_credited_twice(till: Collection) -> None:
    bill = taxed(till, "100.00", "100.00")
    till.credited(bill, line=1)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="nothing is left to credit of line 1"):
        till.credited(bill, "1.00", line=1)


@pytest.mark.parametrize("line", [None, 1])
def test_the_same_credit_again_on_one_day_is_asked_about(till: Collection, line: int | None) -> None:
    bill = taxed(till, "100.00", "50.00")
    first = till.credited(bill, "10.00", line=line)
    with pytest.raises(psycopg.Error, match=f"the same credit was issued on that day, as {first}") as asked:
        till.credited(bill, "10.00", line=line, is_confirmed=False)
    assert asked.value.sqlstate == "UB009"
    assert till.value("select count(*) from billing.credit_notes") == 1
    assert till.credited(bill, "10.00", line=line) == "CN-2026-03-0002"


def test_other_credits_of_an_invoice_are_not_asked_about(till: Collection) -> None:
    bill = taxed(till, "100.00", "100.00")
    for line, amount, on in (
        (None, "11.90", "2026-03-12"),
        (None, "11.90", "2026-03-13"),
        (None, "12.00", "2026-03-13"),
        (1, "10.00", "2026-03-13"),
        (2, "10.00", "2026-03-13"),
        (None, None, "2026-03-13"),
    ):
        till.credited(bill, amount, line=line, on=on, is_confirmed=False)
    assert till.outstanding(bill) == 0


def test_numbers_are_gapless_by_month_of_issue(till: Collection) -> None:
    bill = till.issued("100.00")
    with pytest.raises(psycopg.Error):
        till.credited(bill, "1000.00")
    numbers = [till.credited(bill, "1.00", on=day) for day in ("2026-03-12", "2026-03-31", "2026-04-01")]
    assert numbers == ["CN-2026-03-0001", "CN-2026-03-0002", "CN-2026-04-0001"]
    assert till.broken() == []


def test_drafts_and_void_invoices_are_refused(till: Collection) -> None:
    bill = till.issued("100.00")
    till.void(till.invoice(bill.customer))
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="is void"):
        till.credited(bill)


def test_a_reason_and_a_date_after_the_invoice_are_needed(till: Collection) -> None:
    bill = till.issued("100.00")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="needs a reason"):
        till.value("select billing.credit_invoice(%s, null, null, ' ', '2026-03-12', true)", bill.number)
    for reason in ("two\nlines", "\x1b[2J", "x" * 501):
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="cannot be printed"):
            till.value("select billing.credit_invoice(%s, null, null, %s, '2026-03-12', true)", bill.number, reason)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="is of 2026-03-01, later than 2026-02-28"):
        till.credited(bill, on="2026-02-28")


def test_what_was_paid_too_much_is_credit_balance(till: Collection) -> None:
    bill = till.issued("100.00")
    till.transfer("100.00", bill.number)
    till.credited(bill, "30.00")
    assert (till.status(bill), till.outstanding(bill), till.balance(bill.customer)) == ("paid", 0, 30)
    assert till.value("select count(*) from billing.refunds") == 0
    assert till.broken() == []


def test_a_partly_paid_invoice_gives_back_only_what_is_too_much(till: Collection) -> None:
    bill = till.issued("100.00")
    till.transfer("80.00", bill.number)
    till.credited(bill, "30.00")
    assert (till.status(bill), till.balance(bill.customer)) == ("paid", 10)


def test_the_credit_balance_pays_the_next_invoice(till: Collection) -> None:
    bill = till.issued("100.00")
    till.transfer("100.00", bill.number)
    till.credited(bill, "30.00")
    following = till.billed(bill.customer, period="2026-03", on="2026-04-01")
    assert (till.outstanding(following), till.balance(bill.customer)) == (70, 0)


def test_a_card_gets_its_money_back(till: Collection) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill)
    till.credited(bill, "30.00")
    row = till.connection.execute("select state, amount, idempotency_key from billing.refunds").fetchone()
    assert row == ("scheduled", 30, "cn-2026-03-0001-refund")
    assert till.balance(bill.customer) == 0
    assert till.broken() == []


def test_money_about_to_go_back_pays_nothing_else(till: Collection) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill)
    till.credited(bill, "30.00")
    following = till.billed(bill.customer, period="2026-03", on="2026-04-01")
    assert till.outstanding(following) == 100


def test_the_credit_note_gets_a_document_a_letter_and_an_audit_entry(till: Collection) -> None:
    bill = till.issued("100.00")
    number = till.credited(bill)
    assert till.value("select count(*) from billing.documents where credit_note_id is not null") == 1
    assert ("credit_note", "queued") in till.letters(bill)
    assert till.value("select to_state from billing.audit_log where subject = %s", number) == "issued"


def test_a_credit_note_never_changes(till: Collection) -> None:
    till.credited(till.issued("100.00"))
    for statement in ("update billing.credit_notes set reason = 'x'", "delete from billing.credit_note_line_items"):
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            till.connection.execute(statement.encode())


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.integers(1, 3000), min_size=1, max_size=4),
    of_first=st.integers(0, 3000),
    parts=st.lists(st.integers(1, 900), min_size=1, max_size=8),
    rate=st.sampled_from(["0.19", "0.07", "0.081", "0.25", "0"]),
)
def test_parts_add_up_to_exactly_the_invoice(
    till: Collection, lines: list[int], of_first: int, parts: list[int], rate: str
) -> None:
    with till.connection.transaction(force_rollback=True):
        till.tax_rate(rate)
        bill = till.issued(*(str(Decimal(cents) / 100) for cents in lines), country="DE")
        if 0 < of_first <= lines[0]:
            till.credited(bill, str(Decimal(of_first) / 100), line=1)
        for cents in parts:
            left = till.outstanding(bill)
            assert isinstance(left, Decimal)
            if Decimal(cents) / 100 < left:
                till.credited(bill, str(Decimal(cents) / 100))
                assert till.outstanding(bill) == left - Decimal(cents) / 100
        if till.outstanding(bill):
            rest = credited_lines(till, till.credited(bill))
            assert all(0 <= amount <= Decimal(lines[place - 1]) / 100 and tax >= 0 for place, amount, tax in rest)
        sums = till.connection.execute(
            "select (select (sum(n.subtotal), sum(n.tax)) from billing.credit_notes as n) = (subtotal, tax) "
            "from billing.invoices"
        ).fetchone()
        assert sums == (True,)
        assert till.outstanding(bill) == 0
        assert till.value("select count(*) from billing._broken_credit_notes()") == 0


@pytest.mark.parametrize("method", ["send_invoice", "charge_automatically"])
def test_a_credit_note_of_a_day_before_the_payment_takes_off_nothing_that_was_not_there(
    till: Collection, method: str
) -> None:
    bill = till.issued("100.00", method=method)
    if method == "send_invoice":
        till.paid_by_hand(bill, "100.00", on="2026-03-20")
    else:
        till.charge(bill, on="2026-03-20")
    till.credited(bill, "30.00", on="2026-03-12")
    query = "select applied_on::text, sum(amount) from billing.payment_applications group by applied_on"
    assert till.connection.execute(query.encode()).fetchall() == [("2026-03-20", Decimal(70))]
    assert till.broken() == []


@given(paid=st.integers(0, 13000), credited=st.integers(1, 10000), is_other=st.booleans())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_cent_of_a_credit_note_is_told_once(
    till: Collection, *, paid: int, credited: int, is_other: bool
) -> None:
    with till.connection.transaction(force_rollback=True):
        bill = till.issued("100.00")
        if is_other:
            till.billed(bill.customer, period="2026-01", on="2026-03-02")
        if paid:
            till.paid_by_hand(bill, str(Decimal(paid) / 100))
        balance = till.balance(bill.customer)
        row = till.connection.execute(TOLD, (bill.number, Decimal(credited) / 100)).fetchone()
        assert row is not None
        amount, lowered, refunded, others, kept, outstanding = row
        assert lowered + refunded + others + kept == amount == Decimal(credited) / 100
        assert min(lowered, refunded, others, kept) >= 0
        assert outstanding == till.outstanding(bill)
        assert till.balance(bill.customer) == balance + kept

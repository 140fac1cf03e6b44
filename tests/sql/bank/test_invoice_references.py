"""Where a number ends: certain readings, doubtful ones, and what makes those count."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis import given as for_all
from stdnum import iso11649

if TYPE_CHECKING:
    from tests.collection import Bill, Booked, Collection

MARKS = (" ", "\n", "  ", " - ", "-", "/", ".", "_", "\u2013", "\u2011", "\u00a0", ", ")


def read(given: Collection, texts: list[str]) -> dict[str, list[tuple[str, bool]]]:
    """The readings of each text that exist."""
    rows = given.connection.execute(
        "select texts.text, found.invoice_number, found.is_certain from unnest(%s::text[]) as texts (text) "
        "cross join billing._invoice_references(array[texts.text]) as found where found.invoice_id is not null",
        (texts,),
    ).fetchall()
    found: dict[str, list[tuple[str, bool]]] = {text: [] for text in texts}
    for text, number, is_certain in rows:
        found[text].append((number, is_certain))
    return found


def test_a_number_is_found_wherever_one_or_two_marks_cut_it(given: Collection) -> None:
    bill = given.issued("100.00")
    cuts = [*((cut,) for cut in range(1, 16)), *combinations(range(1, 16), 2)]
    texts = []
    for places, mark in product(cuts, MARKS):
        text = bill.number
        for place in reversed(places):
            text = text[:place] + mark + text[place:]
        texts += [f"Invoice {text} thanks", text.lower(), text.replace("-", "")]
    assert [
        text
        for text, found in read(given, list(dict.fromkeys(texts))).items()
        if [number for number, _ in found] != [bill.number]
    ] == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@for_all(marks=strategies.lists(strategies.sampled_from(("", *MARKS)), min_size=13, max_size=13))
def test_a_number_is_found_whatever_stands_between_its_signs(given: Collection, marks: list[str]) -> None:
    number = "INV-2026-02-0001"
    if not given.value("select count(*) from billing.invoices"):
        given.issued("100.00")
    text = "".join(sign + mark for sign, mark in zip("INV2026020001", marks, strict=True))
    ((found, is_certain),) = read(given, [text])[text]
    digits = [mark.replace("\n", "") for mark in marks[3:12]]
    assert found == number
    assert is_certain == (not any((*digits[:3], digits[4], *digits[6:])))


@pytest.mark.parametrize(
    ("text", "is_certain"),
    [
        ("INV-2026-02-0001", True),
        ("(INV-2026-02-0001)", True),
        ("inv 2026 02 0001 of march", True),
        ("INV-2026-02-00\n01", True),
        ("INV-2026-02-0001, 2026-03-01", True),
        ("INV-2026-02-0001 4 seats", True),
        ("Nr.INV_2026_02_0001", True),
        ("KLINV-2026-02-0001", False),
        ("1INV-2026-02-0001", False),
        ("ÄINV-2026-02-0001", False),
        ("INV-2026-02-0001vom 01.03.", False),
        ("INV-2026-02-0001я", False),
        ("INV-2026-02-000110.02.2026", False),
        ("INV-2026-02-00013", False),
        ("INV-2026-02-00 01", False),
        ("INV-2026-02-000 1 of 2", False),
        ("INV-2026-02-000, 1 seat", False),
        ("INV-202 6-02-0001", False),
    ],
)
def test_a_number_is_certain_where_the_text_itself_ends_it(given: Collection, text: str, is_certain: bool) -> None:  # noqa: FBT001
    bill = given.issued("100.00")
    assert read(given, [text])[text] == [(bill.number, is_certain)]


def test_check_digits_prove_a_number_and_wrong_ones_make_it_doubtful(given: Collection) -> None:
    bill = given.issued("100.00")
    texts = [f"RF{digits:02}INV2026020001" for digits in range(100)]
    proven = {text: bool(iso11649.is_valid(text)) for text in texts}
    texts = [*texts, *(f"{text[:4]} {text[4:8]} {text[8:12]} {text[12:]}" for text in texts)]
    assert sum(proven.values()) > 0
    assert read(given, texts) == {text: [(bill.number, proven[text.replace(" ", "")])] for text in texts}


def open_bills(given: Collection) -> tuple[Bill, Bill]:
    """Invoices 0012 of 207.48 and 0124 of 165.12."""
    given.connection.execute("insert into billing.document_series values ('INV-2026-02', 11)")
    short = given.issued("207.48", name="Alpha Ltd")
    given.connection.execute("update billing.document_series set last_number = 123 where series = 'INV-2026-02'")
    return short, given.issued("165.12", name="Beta GmbH")


@pytest.mark.parametrize(
    "text", ["INV-2026-02-012 4 seats", "INV-2026-02-0124x", "XINV-2026-02-0124", "inv2026020124010326"]
)
def test_a_doubtful_number_counts_where_amount_or_payer_fits(given: Collection, text: str) -> None:
    open_bills(given)
    stranger = given.transfer("207.48", text, payer_name="Gamma Inc")
    assert stranger.reason == "may mean INV-2026-02-0124, but neither amount nor payer fits"
    assert given.transfer("5.12", text, payer_name="BETA GMBH").status == "partial"
    assert given.transfer("160.00", text).status == "matched"


def test_the_number_may_be_doubtful_and_still_is_a_suggestion(given: Collection) -> None:
    _, bill = open_bills(given)
    booked = given.transfer("9.99", "INV-2026-02-012 4 seats")
    row = given.connection.execute(
        "select invoice_number, reason from billing.bank_suggestions(%s)", ([booked.bank_transaction_id],)
    ).fetchone()
    assert row == (bill.number, "the number fits")


def test_a_digit_too_many_of_another_customer_pays_nobody(given: Collection) -> None:
    first, _ = given.issued("11.90", name="Customer C01"), given.issued("55.00", name="Customer C13")
    for text in ("INV-2026-02-00013", "KLINV-2026-02-0001"):
        booked = given.transfer("55.00", text, payer_name="Customer C13")
        assert (booked.status, given.status(first)) == ("unmatched", "issued")
    assert given.value("select count(*) from billing.payments") == 0


def test_a_number_in_one_piece_wins_over_one_that_a_next_word_completes(given: Collection) -> None:
    given.connection.execute("insert into billing.document_series values ('INV-2026-02', 999)")
    four = given.issued("40.00")
    given.connection.execute("update billing.document_series set last_number = 10004 where series = 'INV-2026-02'")
    five = given.issued("50.00")
    assert [four.number, five.number] == ["INV-2026-02-1000", "INV-2026-02-10005"]
    assert given.transfer("1.00", "INV-2026-02-1000 5").status == "partial"
    assert (given.outstanding(four), given.outstanding(five)) == (39, 50)
    assert given.transfer("50.00", "I N V 2026 02 1 0 0 0 5").status == "matched"
    assert given.status(five) == "paid"


def test_two_doubtful_numbers_count_where_the_amount_is_what_both_owe(given: Collection) -> None:
    first, second = given.issued("30.00"), given.issued("50.00")
    glued = first.number + second.number
    assert given.transfer("79.00", glued).status == "unmatched"
    assert given.transfer("80.00", glued).status == "matched"
    assert [given.status(first), given.status(second)] == ["paid", "paid"]


def test_a_doubtful_number_beside_a_certain_one_counts_for_the_rest(given: Collection) -> None:
    first, second = given.issued("30.00"), given.issued("50.00")
    booked: Booked = given.transfer("80.00", f"{first.number} X{second.number}")
    assert (booked.status, booked.reason) == ("matched", None)


def test_a_doubtful_number_of_a_paid_invoice_is_not_paid_again_by_a_stranger(given: Collection) -> None:
    bill = given.issued("30.00", name="Alpha Ltd")
    given.transfer("30.00", bill.number)
    assert given.transfer("30.00", f"X{bill.number}").status == "unmatched"


def test_an_account_that_paid_for_the_customer_is_the_customer(given: Collection) -> None:
    bill = given.issued("30.00")
    account = {"payer_iban": "DE89370400440532013000"}
    given.transfer("10.00", bill.number, **account)
    assert given.transfer("5.00", f"X{bill.number}", payer_name="Somebody", **account).status == "partial"

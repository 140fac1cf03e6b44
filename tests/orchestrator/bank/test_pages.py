"""Pages of one statement, statements without a beginning, and what else would lose an entry in silence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from tests.orchestrator.bank.conftest import ReadText

ENTRY = ":61:2603050305C25,00NTRFNONREF\n:86:TOPUP ACCOUNT SAMPLE LTD\n"


def page(number: str, opening: str, closing: str, *, marks: str = "FF", entry: str = ENTRY) -> str:
    first, last = marks[0], marks[1]
    return (
        f":20:ST1\n:25:DE89370400440532013000\n:28C:{number}\n:60{first}:C260304USD{opening},00\n"
        f"{entry}:62{last}:C260305USD{closing},00\n-\n"
    )


def camt(*statements: tuple[str, str, str]) -> str:
    entry = (
        '<Ntry><Amt Ccy="USD">25.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        "<BookgDt><Dt>2026-03-05</Dt></BookgDt>{0}</Ntry>"
    )
    parts = (f"<Stmt><Id>{name}</Id>{head}{entry.format(reference)}</Stmt>" for name, head, reference in statements)
    return f"<Document><BkToCstmrStmt>{''.join(parts)}</BkToCstmrStmt></Document>"


def numbered(number: int) -> str:
    return f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>"


@pytest.mark.parametrize(
    "second",
    [
        page("00007/002", "125", "150", marks="MF"),
        page("00007/2", "125", "150"),
        page("00007/3", "999", "1024", marks="MF"),
    ],
)
def test_equal_payments_on_two_pages_are_two(read: ReadText, second: str) -> None:
    found = read(page("00007/001", "100", "125", marks="FM") + second.replace("00007/2", "00007/002"))
    assert [entry.ordinal for entry in found.entries] == [1, 2]
    assert found.warnings == ()


def test_a_page_without_a_number_goes_on_where_its_balance_is_marked_so(read: ReadText) -> None:
    pages = page("00007", "100", "125", marks="FM") + page("00007", "125", "150", marks="MF")
    assert [entry.ordinal for entry in read(pages).entries] == [1, 2]


@pytest.mark.parametrize(
    "second",
    [page("7/1", "100", "125"), page("8/1", "100", "125"), page("7/2", "100", "125"), page("8/1", "125", "150")],
)
def test_an_entry_in_two_statements_counts_once_and_is_named(read: ReadText, second: str) -> None:
    found = read(page("7/1", "100", "125") + second)
    assert len(found.entries) == 1
    (warning,) = found.warnings
    assert warning.endswith("25.00 USD, stands in more than one statement of the file; it counts once.")


def test_pages_of_camt_go_on_and_a_page_that_comes_twice_does_not(read: ReadText) -> None:
    first, second = ("S7", numbered(1), ""), ("S7", numbered(2), "")
    assert [entry.ordinal for entry in read(camt(first, second)).entries] == [1, 2]
    assert [entry.ordinal for entry in read(camt(first, second, second)).entries] == [1, 2]
    assert len(read(camt(first, ("S8", numbered(2), ""))).entries) == 1
    assert [entry.statement_id for entry in read(camt(first, second)).entries] == ["S7 page 1", "S7 page 2"]


def test_accounts_without_iban_are_told_apart(read: ReadText) -> None:
    heads = (
        f"<Acct><Id><Othr><Id>{number}</Id></Othr></Id></Acct>" for number in ("0060161331926819", "60161331926820")
    )
    reference = "<AcctSvcrRef>0305-000001</AcctSvcrRef>"
    found = read(camt(*((name, head, reference) for name, head in zip("AB", heads, strict=True))))
    assert [entry.account_number for entry in found.entries] == ["60161331926819", "60161331926820"]
    assert found.warnings == ()


@pytest.mark.parametrize("line", [":25:DE89370400440532013000", ":28C:8/1", ":60F:C260305USD125,00", ENTRY.rstrip()])
@pytest.mark.parametrize("end", ["-\n", ""])
def test_a_field_outside_of_a_statement_refuses_the_file(read: ReadText, line: str, end: str) -> None:
    whole = page("7/1", "100", "125").removesuffix("-\n")
    with pytest.raises(BillingError, match=rf"statement\.txt, line {8 + bool(end)}: the field :\w+: stands outside"):
        read(whole + end + line + "\n:62F:C260306USD160,00\n-\n")
    with pytest.raises(BillingError, match=r"line 1: the field :\w+: stands outside of a statement, which begins"):
        read(line + "\n:62F:C260306USD160,00\n-\n" + whole)


@pytest.mark.parametrize("spaces", [" ", "\t", "   ", "\u00a0", "\u200b", "\ufeff"])
def test_a_field_behind_spaces_refuses_the_file(read: ReadText, spaces: str) -> None:
    text = page("7/1", "100", "150", entry=ENTRY + spaces + ENTRY)
    with pytest.raises(BillingError, match=r"line 7: the field ':61:2603050305C25,00' begins behind spaces"):
        read(text)


@pytest.mark.parametrize("tag", ["61:", ":61", ": 61:", ":61 :", ";61:", "::61:"])
def test_a_line_that_is_almost_one_of_a_statement_refuses_the_file(read: ReadText, tag: str) -> None:
    text = page("7/1", "100", "150", entry=ENTRY + ENTRY.replace(":61:", tag))
    with pytest.raises(BillingError, match=r"line 7: the field '.*61.*' begins behind spaces or other signs"):
        read(text)


@pytest.mark.parametrize("place", ["<X>{0}</X>", "<NtryDtls>{0}</NtryDtls>"])
def test_an_entry_where_no_statement_has_it_refuses_the_file(read: ReadText, place: str) -> None:
    text = re.sub(r"(<Ntry>.*?</Ntry>)", lambda found: place.format(found[1]), camt(("S", "", "")))
    with pytest.raises(BillingError, match=r"line 1: Ntry stands in '\w+', where no statement has it"):
        read(text)


def test_a_bank_reference_that_was_cut_is_whole_again(read: ReadText) -> None:
    entry = ":61:1406190619C25,00NTRFEREF//00000000001\n005\n/TRCD/00100/\n:86:/EREF/X/REMI/USTD//thanks/\n"
    (found,) = read(page("7/1", "100", "125", entry=entry)).entries
    assert (found.entry_id, found.remittance) == ("00000000001005", "thanks")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (":61:2603050305C50,65NTRFINV-2026-02-0004//B1X\n:86:PAYMENT\n", "PAYMENT | Ref INV-2026-02-0004"),
        (":61:2603050305C50,65NTRFINV-2026-02-0004\n:86:PAYMENT\n", "PAYMENT | Ref INV-2026-02-0004"),
        (
            ":61:2603050305C50,65NTRFNONREF//B1X\n:86:166?00X?20KREF+INV-2026-02-0004?21SVWZ+Rechnung\n",
            "Rechnung | Ref INV-2026-02-0004",
        ),
        (":61:2603050305C50,65NTRFSTMT00101//B1X\n:86:PAYMENT\n", "PAYMENT"),
    ],
)
def test_a_number_in_another_reference_stands_in_the_text(read: ReadText, entry: str, said: str) -> None:
    assert read(page("7/1", "100", "151", entry=entry)).entries[0].remittance == said


def test_returned_items_are_returns(read: ReadText) -> None:
    entry = ":61:2603050305D25,00NRTINONREF//B1\n:86:returned\n"
    assert read(page("7/1", "100", "75", entry=entry)).entries[0].is_return

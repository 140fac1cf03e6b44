from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError
from tests.orchestrator.bank.conftest import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.bank import Statement
    from tests.orchestrator.bank.conftest import ReadText

V02 = (SAMPLES / "camt053_v02_sparkasse.xml").read_text(encoding="utf-8")
V08 = (SAMPLES / "camt053_v08_batch.xml").read_text(encoding="utf-8")


def entry(amount: str, *, details: str = "", more: str = "", day: str = "2026-03-10") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt>{more}<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def statement(*entries: str) -> str:
    return f"<Document><BkToCstmrStmt><Stmt><Id>S</Id>{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"


def test_a_payment_says_who_paid_what_for_what_and_when(sample: Callable[[str], Statement]) -> None:
    paid = sample("camt053_v02_sparkasse.xml").entries[0]
    assert (paid.entry_id, paid.account_iban) == ("2026031000123456000", "DE02120300000000202051")
    assert (paid.amount, paid.currency) == (Decimal("404.60"), "EUR")
    assert (paid.booked_on, paid.value_on) == (date(2026, 3, 10), date(2026, 3, 11))
    assert (paid.payer_name, paid.payer_iban) == ("Müller & Söhne Maschinenbau GmbH", "DE89370400440532013000")
    assert paid.remittance == "Rechnung vom Maerz fuer Ihre APIs INV-2026-02-0047"
    assert paid.remittance_lines == ("Rechnung vom Maerz fuer Ihre APIs I", "NV-2026-02-0047")
    assert (paid.end_to_end_id, paid.is_return) == (None, False)


def test_a_debit_that_came_back_is_a_negative_return_of_the_debtor_on_the_day_of_the_banks_clock(
    sample: Callable[[str], Statement],
) -> None:
    returned = sample("camt053_v02_sparkasse.xml").entries[1]
    assert (returned.amount, returned.is_return, returned.payer_name) == (Decimal("-50.00"), True, "Größe AG")
    assert returned.booked_on == returned.value_on == date(2026, 3, 10)
    assert returned.end_to_end_id == "DD-2026-02-0031"


def test_only_booked_entries_count_and_the_others_are_reported(sample: Callable[[str], Statement]) -> None:
    assert sample("camt053_v02_sparkasse.xml").pending_count == 1
    assert sample("camt053_v08_batch.xml").pending_count == 2


def test_a_batch_with_amounts_is_one_entry_per_transaction(sample: Callable[[str], Statement]) -> None:
    parts = sample("camt053_v08_batch.xml").entries[:3]
    assert [(part.entry_id, part.amount, part.payer_name, part.remittance) for part in parts] == [
        ("BATCH-77#1", Decimal("100.00"), "Alpha Ltd", "INV-2026-02-0001"),
        ("BATCH-77#2", Decimal("100.00"), "Alpha Ltd", "INV-2026-02-0001"),
        ("BATCH-77#3", Decimal("100.00"), "Beta BV", "INV-2026-02-0002"),
    ]


def test_a_batch_whose_amounts_do_not_add_up_is_one_entry_with_all_texts(sample: Callable[[str], Statement]) -> None:
    read = sample("camt053_v08_batch.xml")
    whole = read.entries[3]
    assert (whole.amount, whole.payer_name) == (Decimal("150.00"), None)
    assert whole.remittance == "INV-2026-02-0003 INV-2026-02-0004"
    assert len(read.warnings) == 1
    assert "do not add up to 150.00; it is one entry" in read.warnings[0]


def test_transactions_with_references_of_their_own_keep_them(read: ReadText) -> None:
    details = "".join(
        f'<TxDtls><Refs><AcctSvcrRef>{reference}</AcctSvcrRef></Refs><Amt Ccy="EUR">5.00</Amt></TxDtls>'
        for reference in ("A-1", "A-2")
    )
    assert [part.entry_id for part in read(statement(entry("10.00", details=details))).entries] == ["A-1", "A-2"]
    same = details.replace("A-2", "A-1")
    parts = read(statement(entry("10.00", details=same, more="<AcctSvcrRef>B-1</AcctSvcrRef>"))).entries
    assert [part.entry_id for part in parts] == ["B-1#1", "B-1#2"]


def test_a_batch_of_credits_and_debits_adds_up_by_sign(read: ReadText) -> None:
    details = (
        '<TxDtls><Amt Ccy="EUR">12.00</Amt></TxDtls>'
        '<TxDtls><Amt Ccy="EUR">2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>'
    )
    assert [part.amount for part in read(statement(entry("10.00", details=details))).entries] == [
        Decimal("12.00"),
        Decimal("-2.00"),
    ]


def test_structured_references_are_found_and_stand_in_the_text_too(sample: Callable[[str], Statement]) -> None:
    paid = sample("camt053_v04_structured.xml").entries[0]
    assert paid.creditor_reference == "RF18539007547034"
    assert paid.remittance_lines == ("INV-2026-02-0047", "RF18539007547034", "merci")
    assert (paid.end_to_end_id, paid.payer_iban) == ("2026-17", "CH9300762011623852957")


def test_the_amount_is_that_of_the_account_not_the_payers_own_currency(sample: Callable[[str], Statement]) -> None:
    paid = sample("camt053_v04_structured.xml").entries[1]
    assert (paid.amount, paid.currency, paid.payer_name) == (Decimal("90.00"), "CHF", "Émile Zola")


def test_the_banks_own_words_count_where_the_payer_wrote_nothing(sample: Callable[[str], Statement]) -> None:
    assert sample("camt053_v08_batch.xml").entries[4].remittance == "INV-2026-02-0005"
    assert sample("camt053_v13_prefixed.xml").entries[0].remittance == "Account keeping"


def test_the_running_number_of_a_statement_is_no_reference(sample: Callable[[str], Statement]) -> None:
    read = sample("camt053_v08_batch.xml")
    assert read.entries[3].entry_id is None
    assert sample("camt053_v04_structured.xml").entries[0].entry_id == "2026-03-10/17"


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(2, 14)])
def test_every_version_is_read_alike(read: ReadText, version: str) -> None:
    for text in (V02, V08):
        other = re.sub(r"camt\.053\.001\.\d\d", f"camt.053.001.{version}", text)
        assert read(other).entries == read(text).entries


@pytest.mark.parametrize("opening", ["<Cd>PRCD</Cd>", "<Cd>OPBD</Cd>"])
def test_balances_that_do_not_fit_the_entries_are_a_warning(read: ReadText, opening: str) -> None:
    text = V02.replace("<Cd>PRCD</Cd>", opening)
    assert read(text).warnings == ()
    wrong = read(text.replace(">1354.60<", ">1354.61<"))
    assert len(wrong.entries) == 2
    (warning,) = wrong.warnings
    assert warning == (
        "Statement 2026-03-10: the opening balance 1000.00 and 2 entries do not add up to the closing balance 1354.61;"
        " the difference is 0.01."
    )


def test_several_statements_are_read_and_what_stands_in_two_is_named(read: ReadText) -> None:
    one = entry("10.00", more="<AcctSvcrRef>A</AcctSvcrRef>")
    two = entry("11.00", more="<AcctSvcrRef>B</AcctSvcrRef>")
    text = statement(one).replace("</Stmt>", f"</Stmt><Stmt><Id>T</Id>{one}{two}</Stmt>")
    found = read(text)
    assert found.statement_id == "S + T"
    assert len({item.fingerprint for item in found.entries}) == 2
    assert [warning[:31] for warning in found.warnings] == ["Entry A of 2026-03-10, 10.00 EU"]


def test_a_statement_without_entries_is_read(read: ReadText) -> None:
    assert read(statement()).entries == ()


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ('"EUR">404.60<', '"EUR">404,60<', "line 10, .*'404,60' is not an amount"),
        ('"EUR">404.60<', '"EUR">-404.60<', "'-404.60' is not an amount without a sign"),
        ('"EUR">404.60<', '"EUR">4e3<', "'4e3' is not an amount"),
        ('"EUR">404.60<', '"EUR">NaN<', "'NaN' is not an amount"),
        ('"EUR">404.60<', '"EUR"><', "'' is not an amount"),
        ('"EUR">404.60<', '"EURO">404.60<', "'EURO' is not a currency code"),
        ("<Dt>2026-03-11<", "<Dt>2026-02-29<", "entry 2026031000123456000, ValDt: '2026-02-29' is not a date"),
        ("<Dt>2026-03-11<", "<Dt>11.03.2026<", "is not a date"),
        ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK", "<CdtDbtInd>CREDIT</CdtDbtInd><Sts>BOOK", "'CREDIT' is not CRDT or"),
        ("<Sts>BOOK<", "<Sts>DONE<", "'DONE' is not a known status"),
        (">1354.60<", ">x<", "balance CLBD: 'x' is not an amount"),
    ],
)
def test_one_wrong_value_refuses_the_file_and_names_the_place(
    read: ReadText, right: str, wrong: str, message: str
) -> None:
    assert right in V02
    with pytest.raises(BillingError, match=rf"statement\.txt, .*{message}"):
        read(V02.replace(right, wrong, 1))


def test_an_entry_without_amount_or_date_is_refused(read: ReadText) -> None:
    with pytest.raises(BillingError, match="has no amount"):
        read(statement(re.sub(r"<Amt.*?</Amt>", "", entry("1.00"))))
    with pytest.raises(BillingError, match="neither a booking date"):
        read(statement(re.sub(r"<BookgDt>.*?</BookgDt>", "", entry("1.00"))))


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("BkToCstmrAcctRpt", "CAMT.052, a report within the day"),
        ("BkToCstmrDbtCdtNtfctn", "CAMT.054"),
        ("CstmrCdtTrfInitn", "not a CAMT.053 statement"),
    ],
)
def test_other_messages_are_refused_by_name(read: ReadText, message: str, reason: str) -> None:
    with pytest.raises(BillingError, match=re.escape(reason)):
        read(f"<Document><{message}><Stmt/></{message}></Document>")


def test_a_file_without_a_statement_is_refused(read: ReadText) -> None:
    with pytest.raises(BillingError, match="without a statement"):
        read("<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>")


@pytest.mark.parametrize(
    "envelope",
    [
        "<BizMsgEnvlp><AppHdr><BizMsgIdr>1</BizMsgIdr></AppHdr>{0}</BizMsgEnvlp>",
        "<message><AppHdr/>{0}</message>",
        "<a><b><c/></b><d>{0}</d></a>",
    ],
)
def test_a_statement_is_found_in_the_envelope_of_its_network(read: ReadText, envelope: str) -> None:
    text = statement(entry("10.00"))
    assert read(envelope.format(text)).entries == read(text).entries


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<Document><CstmrCdtTrfInitn/></Document>", r"line 1: its Document holds 'CstmrCdtTrfInitn', not a CAMT\.053"),
        ("<Document><BkToCstmrAcctRptV01/></Document>", r"is CAMT\.052, a report within the day"),
        ("<Document><BkToCstmrDbtCdtNtfctnV01/></Document>", r"is CAMT\.054, a notice"),
        ("<Document><BkToCstmrStmtV01/></Document>", r"is CAMT\.053 in its first version"),
        ("<Document/>", "its root is 'Document', and no Document with content"),
        ("<html><body/></html>", "not a CAMT.053 statement: its root is 'html'"),
        (
            statement(entry("1.00")).replace("</BkToCstmrStmt>", "</BkToCstmrStmt><BkToCstmrStmt/>"),
            "line 1: a second message",
        ),
        (statement(entry("2<b/>5.00")), "'b' is not part of an amount"),
        (
            statement(entry("1.00")).replace("<Sts>BOOK</Sts>", "<Sts><Prtry>PENDING</Prtry></Sts>"),
            "'PENDING' is not a",
        ),
        (
            statement(entry("1.00")).replace("<Sts>BOOK</Sts>", "<Sts><Prtry>BOOK</Prtry></Sts>"),
            "'BOOK' is not a known",
        ),
    ],
)
def test_what_is_no_plain_statement_is_refused_by_what_it_is(read: ReadText, text: str, message: str) -> None:
    with pytest.raises(BillingError, match=message):
        read(text)


@pytest.mark.parametrize("number", ["INV-2026-02-0004", "inv 2026 02 0004"])
@pytest.mark.parametrize("place", ["<Refs><InstrId>{0}</InstrId></Refs>", "<AddtlTxInf>{0}</AddtlTxInf>"])
def test_a_number_beside_the_text_stands_in_it_too(read: ReadText, place: str, number: str) -> None:
    details = f"<TxDtls>{place.format(number)}<RmtInf><Ustrd>thanks</Ustrd></RmtInf></TxDtls>"
    assert read(statement(entry("1.00", details=details))).entries[0].remittance == f"thanks | Ref {number}"
    other = details.replace(number, "SEPA credit transfer")
    assert read(statement(entry("1.00", details=other))).entries[0].remittance == "thanks"


@pytest.mark.parametrize("code", ["NRTI+109+00931", "NTRF+159+931", "NMSC+108"])
def test_the_banks_own_code_of_a_return_marks_one(read: ReadText, code: str) -> None:
    more = f"<BkTxCd><Prtry><Cd>{code}</Cd><Issr>DK</Issr></Prtry></BkTxCd>"
    assert read(statement(entry("1.00", more=more))).entries[0].is_return
    assert not read(statement(entry("1.00", more=more.replace(code, "NTRF+166+931")))).entries[0].is_return


def test_the_amount_of_a_part_in_another_currency_is_not_the_booked_one(read: ReadText) -> None:
    details = '<TxDtls><AmtDtls><TxAmt><Amt Ccy="{0}">5.00</Amt></TxAmt></AmtDtls></TxDtls>'
    foreign = details.format("USD") + details.format("EUR")
    assert [part.amount for part in read(statement(entry("10.00", details=foreign))).entries] == [Decimal("10.00")]
    assert len(read(statement(entry("10.00", details=details.format("EUR") * 2))).entries) == 2


@pytest.mark.parametrize("head", ["<Acct><Ccy>{0}</Ccy></Acct>", "<Bal><Amt Ccy='{0}'>1</Amt></Bal>"])
def test_an_entry_in_another_currency_than_its_account_is_a_warning(read: ReadText, head: str) -> None:
    assert read(statement(head.format("EUR"), entry("25.00"))).warnings == ()
    assert read(statement(head.format("CHF"), entry("25.00"))).warnings == (
        "Statement S: 1 entry is in EUR, but the account is in CHF. Is that so?",
    )


def test_an_entry_without_direction_is_refused_in_words(read: ReadText) -> None:
    with pytest.raises(BillingError, match=r"'' is not CRDT or DBIT"):
        read(statement(entry("25.00").replace("<CdtDbtInd>CRDT</CdtDbtInd>", "")))

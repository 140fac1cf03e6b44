"""What version 0.1.0 imported is recognised when it comes again. `first_version.json` holds what 0.1.0 stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from psycopg.types.json import Jsonb

from orchestrator.bank import references
from orchestrator.bank.statements import import_statement
from orchestrator.engine.database import Database

if TYPE_CHECKING:
    import psycopg

PLACEHOLDERS = (
    *(
        "NA",
        "N/A",
        "n.a.",
        "NONE",
        "None.",
        "NULL",
        "NOREF",
        "NO REF",
        "NONREF.",
        "NON-REF",
        "NOTSPECIFIED",
        "NOT PROVIDED",
    ),
    *(
        "Not Applicable",
        "UNKNOWN",
        "UNBEKANNT",
        "nicht angegeben",
        "KEINE",
        "Keine Angabe",
        "-",
        "--",
        "0000000",
        "EREF0",
    ),
)
OTHERS = ("", "NONREF", "REF-77")
ENTRIES = tuple((reference, payer) for reference in (*PLACEHOLDERS, *OTHERS) for payer in ("Ann", "Bob"))
MIGRATIONS = Path(__file__).parents[3] / "migrations"
STORED = json.loads((Path(__file__).parent / "first_version.json").read_text(encoding="utf-8"))

Entries = Sequence[tuple[str, str]]


def camt(entries: Entries) -> str:
    ntry = (
        "<Ntry><Amt Ccy='EUR'>25.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-05</Dt>"
        "</BookgDt><AcctSvcrRef>{0}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>{1}</Nm></Dbtr></RltdPties>"
        "<RmtInf><Ustrd>thanks</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )
    return statement_of("".join(ntry.format(*entry) for entry in entries))


def statement_of(ntry: str) -> str:
    account = "<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>"
    return f"<Document><BkToCstmrStmt><Stmt><Id>S</Id>{account}{ntry}</Stmt></BkToCstmrStmt></Document>"


def batch(entries: Entries) -> str:
    """One entry of the account, whose transactions have references that do not tell them apart any more."""
    details = "".join(
        f"<TxDtls><Refs><AcctSvcrRef>{reference}-{payer}</AcctSvcrRef></Refs><Amt Ccy='EUR'>25.00</Amt>"
        f"<RltdPties><Dbtr><Nm>{payer}</Nm></Dbtr></RltdPties></TxDtls>"
        for reference, payer in entries
    ).replace("NONE-Ann", "NONE")
    return statement_of(
        f"<Ntry><Amt Ccy='EUR'>{25 * len(entries)}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt>"
        f"<Dt>2026-03-05</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def returned(entries: Entries) -> str:
    """Returns that only a code of the bank's own tells."""
    ntry = (
        "<Ntry><Amt Ccy='EUR'>25.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-05</Dt>"
        "</BookgDt><AcctSvcrRef>{0}</AcctSvcrRef><BkTxCd><Prtry><Cd>NTRF+109+1</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>"
        "<RltdPties><Dbtr><Nm>{1}</Nm></Dbtr><Cdtr><Nm>We</Nm></Cdtr></RltdPties></TxDtls></NtryDtls></Ntry>"
    )
    return statement_of("".join(ntry.format(*entry) for entry in entries))


def mt940(entries: Entries) -> str:
    lines = "".join(
        f":61:2603050305C25,00NTRFNONREF//{reference}\n:86:166?00CREDIT?20thanks?32{payer}\n"
        for reference, payer in entries
    )
    return f":20:X\n:25:DE02120300000000202051\n:28C:1/1\n:60F:C260304EUR0,00\n{lines}:62F:C260305EUR0,00\n-\n"


def csv(entries: Entries) -> str:
    rows = "".join(f"{reference},2026-03-05,25.00,EUR,{payer},thanks\n" for reference, payer in entries)
    return f"entry_id,booked_on,amount,currency,payer,reference\n{rows}"


FORMATS = {"camt": camt, "batch": batch, "returned": returned, "mt940": mt940, "csv": csv}


@pytest.fixture
def form(request: pytest.FixtureRequest, database: psycopg.Connection) -> str:
    """A format, whose entries version 0.1.0 has stored; then the database was upgraded."""
    (rollback,) = MIGRATIONS.glob("*_mark_entries_of_first_version.rollback.sql")
    database.execute("drop schema reporting, reporting_models cascade")
    database.execute(rollback.read_bytes())
    database.execute(
        """
        insert into billing.bank_transactions (
            fingerprint, entry_id, account_iban, booked_on, entered_on, amount, currency, payer_name, remittance,
            is_return, source
        )
        select
            fingerprint, entry_id, account_iban, '2026-03-05', '2026-03-05', amount, 'EUR', payer_name,
            coalesce(remittance, ''), coalesce(is_return, false), 'statement'
        from jsonb_populate_recordset(null::billing.bank_transactions, %s)
        """,
        (Jsonb(STORED[request.param]),),
    )
    database.execute(rollback.with_name(rollback.name.replace(".rollback", "")).read_bytes())
    return str(request.param)


def new_in(database: psycopg.Connection, folder: Path, form: str, entries: Entries) -> int:
    file = folder / "statement"
    file.write_text(FORMATS[form](entries), encoding="utf-8")
    return import_statement(Database(database), file, report=lambda _: None).new


def test_every_placeholder_is_asked_for() -> None:
    known = {references.plain(placeholder) for placeholder in (*PLACEHOLDERS, "NOTAPPLICABLE", "NOTSPECIFIED")}
    assert known >= references.NO_REFERENCE - references.KNOWN_TO_FIRST_VERSION


@pytest.mark.parametrize("form", FORMATS, indirect=True)
def test_the_same_statement_again_books_nothing(database: psycopg.Connection, tmp_path: Path, form: str) -> None:
    assert new_in(database, tmp_path, form, ENTRIES) == 0


@pytest.mark.parametrize("form", ["camt", "returned", "mt940", "csv"], indirect=True)
def test_a_longer_statement_books_what_is_new_and_that_once(
    database: psycopg.Connection, tmp_path: Path, form: str
) -> None:
    longer = [(reference, payer) for reference in (*PLACEHOLDERS, *OTHERS) for payer in ("Zed", "Ann", "Bob", "Zoe")]
    assert new_in(database, tmp_path, form, longer) == len(longer) // 2
    assert new_in(database, tmp_path, form, longer) == 0


@pytest.mark.parametrize("form", ["camt", "returned", "mt940", "csv"], indirect=True)
def test_a_part_of_a_statement_books_nothing(database: psycopg.Connection, tmp_path: Path, form: str) -> None:
    assert new_in(database, tmp_path, form, [entry for entry in ENTRIES if entry[1] == "Bob"]) == 0

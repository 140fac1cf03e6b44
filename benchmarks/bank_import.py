"""Measures the import of a bank statement: 100,000 entries of CAMT.053 (38 MB), once new and once again.

usage: benchmarks/bank_import.py DATABASE_URL [ENTRIES] [FORMAT]

FORMAT is camt, mt940 or csv. One entry in a hundred names an invoice (if there are some: load and run
examples/first-quarter before), the others match nothing. The database must be deployed and is written to: use one of
your own.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from orchestrator.bank.statements import import_statement
from orchestrator.engine.database import Database

NAMED = 100


def camt(texts: list[str], mark: str) -> str:
    """Write a statement as German banks send it."""
    entries = "\n".join(
        f"""<Ntry><Amt Ccy="USD">{number % 900 + 1}.{number % 100:02}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-05</Dt></BookgDt><ValDt><Dt>2026-03-05</Dt></ValDt>
<AcctSvcrRef>{mark}{number:08}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E-{number}</EndToEndId></Refs>
<RltdPties><Dbtr><Pty><Nm>Customer {number}</Nm></Pty></Dbtr></RltdPties>
<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
        for number, text in enumerate(texts)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<BkToCstmrStmt><Stmt><Id>{mark}</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>\n{entries}"
        "</Stmt></BkToCstmrStmt></Document>"
    )


def mt940(texts: list[str], mark: str) -> str:
    """Write a statement with one line of text an entry."""
    entries = "\n".join(
        f":61:2603050305C{number % 900 + 1},{number % 100:02}NTRFNONREF//{mark}{number:08}\n"
        f":86:166?00CREDIT?20{text}?32Customer {number}"
        for number, text in enumerate(texts)
    )
    total = sum((number % 900 + 1) * 100 + number % 100 for number in range(len(texts)))
    closing = f"{total // 100},{total % 100:02}"
    head = f":20:{mark}\n:25:DE02120300000000202051\n:28C:1/1\n:60F:C260304USD0,00\n"
    return f"{head}{entries}\n:62F:C260305USD{closing}\n-\n"


def csv(texts: list[str], mark: str) -> str:
    """Write our own columns."""
    rows = "\n".join(
        f"{mark}{number:08},2026-03-05,{number % 900 + 1}.{number % 100:02},USD,Customer {number},{text}"
        for number, text in enumerate(texts)
    )
    return f"entry_id,booked_on,amount,currency,payer,reference\n{rows}\n"


def main(url: str, entries: int = 100_000, form: str = "camt") -> None:
    """Print seconds and the memory of the process, and the longest piece."""
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(url, autocommit=True) as connection:
        numbers = [
            number
            for (number,) in connection.execute(
                "select invoice_number from billing.invoices where currency = 'USD' and status = 'issued'"
            )
        ]
        texts = [
            numbers[place % len(numbers)] if numbers and place % NAMED == 0 else f"Payment {place} with many thanks"
            for place in range(entries)
        ]
        path = Path(folder) / "statement.txt"
        write = {"camt": camt, "mt940": mt940, "csv": csv}[form]
        path.write_text(write(texts, f"B{time.time_ns() % 10**6:06}"), encoding="utf-8")
        del texts
        for what in ("new", "again"):
            started = time.perf_counter()
            imported = import_statement(Database(connection), path, report=lambda _: None)
            seconds = time.perf_counter() - started
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            size = path.stat().st_size / 2**20
            print(f"{what}: {size:.0f} MB in {seconds:.1f} s, {memory:.0f} MB of memory, {dict(imported.counts)}")


if __name__ == "__main__":
    main(sys.argv[1], *(int(number) for number in sys.argv[2:3]), *sys.argv[3:4])

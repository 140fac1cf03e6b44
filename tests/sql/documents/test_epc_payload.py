from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    import psycopg

SELLER = {"name": "N" * 80, "iban": "DE02 1203 0000 0000 2020 51", "bic": "BYLADEM1001"}


def payload(database: psycopg.Connection, seller: dict[str, str], currency: str, amount: str) -> str | None:
    row = database.execute(
        "select billing.epc_payload(%s, %s, %s, 'INV-2026-02-0001')", (Jsonb(seller), currency, amount)
    ).fetchone()
    assert row is not None
    assert row[0] is None or isinstance(row[0], str)
    return row[0]


def test_the_code_has_the_lines_of_the_standard(database: psycopg.Connection) -> None:
    expected = "BCD\n002\n1\nSCT\nBYLADEM1001\n" + "N" * 70 + "\nDE02120300000000202051\nEUR12.50\n\n\nINV-2026-02-0001"
    assert payload(database, SELLER, "EUR", "12.50") == expected


def test_a_missing_bic_leaves_its_line_empty(database: psycopg.Connection) -> None:
    code = payload(database, {"name": "N", "iban": "DE02"}, "EUR", "1")
    assert code is not None
    assert code.splitlines()[4:7] == ["", "N", "DE02"]


@pytest.mark.parametrize(
    ("currency", "amount"), [("USD", "1"), ("EUR", "0"), ("EUR", "-1"), ("EUR", "1000000000"), ("EUR", "0.001")]
)
def test_other_currencies_and_amounts_have_no_code(database: psycopg.Connection, currency: str, amount: str) -> None:
    assert payload(database, SELLER, currency, amount) is None


def test_without_an_account_there_is_no_code(database: psycopg.Connection) -> None:
    assert payload(database, {"name": "N"}, "EUR", "1") is None

"""Whole amounts, as people type them, are printed with the decimals of their currency by every command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.orchestrator.cli.conftest import Billing

AMOUNT = r"[0-9][0-9,]*(?:\.[0-9]+)?"
AMOUNTS = re.compile(
    rf"(?<![-\w.,])({AMOUNT})(?=[ │]+(?:EUR|applied|outstanding|taken|more|now|is credit|kept))"
    rf"|credit balance ({AMOUNT})|(?:usage|subscriptions|proration|tax|total) +({AMOUNT})"
)
COMMANDS = [
    ("preview", "2026-03"),
    ("pay", "{0}", "10", "--on=2026-03-10"),
    ("pay", "{0}", "60", "--on=2026-03-11"),
    ("payout", "{account}", "40", "--on=2026-03-12"),
    ("reverse", "payout-1", "--reason=x"),
    ("reverse", "2", "--reason=x"),
    ("credit", "{0}", "--amount=5", "--reason=x"),
    ("bank", "unmatched"),
    ("bank", "assign", "{entry}", "{0}", "--yes"),
    ("bank", "undo", "{entry}", "--reason=x"),
    ("bank", "assign", "{entry}", "--account={account}"),
    ("run", "2026-03", "--no-deliver", "--as-of=2026-04-01"),
]


@pytest.fixture
def names(database: psycopg.Connection) -> dict[str, object]:
    """An open invoice of 30 EUR and a transfer of 90 EUR that says nothing."""
    till = Collection(database)
    bill = till.issued("30")
    entry = till.transfer("90", "thank you", entry_id="E-1", payer_name="Somebody")
    account = till.value("select account_number from billing.customers")
    return {"number": bill.number, "entry": entry.bank_transaction_id, "account": account}


def test_every_amount_has_the_decimals_of_its_currency(billing: Billing, names: dict[str, object]) -> None:
    said = {}
    for command in COMMANDS:
        result = billing(*(part.format(names["number"], **names) for part in command))
        assert result.returncode < 2, (command, result.stderr)
        said[command] = [each for found in AMOUNTS.findall(result.stdout + result.stderr) for each in found if each]
    assert all(said.values()), said
    assert [each for each in said.items() if not all(re.search(r"\.[0-9]{2}$", amount) for amount in each[1])] == []

"""The first quarter as it stands on 2026-03-15, for tests of what is shown: billed for real, paid by shortcut.

The money comes in through the engine's own functions, but without Stripe, bank statements or e-mail: the answers of
the cards are read from the example, and transfers are booked by hand, all but those that the story leaves open.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator import resources
from orchestrator.files.ingest import Dates
from orchestrator.files.load import load_folder
from tests.engine import Engine, day_after

if TYPE_CHECKING:
    import psycopg

AS_OF = "2026-03-15"
PERIODS = ("2025-12", "2026-01", "2026-02")
DUNNING_DAYS = ("2026-03-04", "2026-03-08", "2026-03-15")
"""Days 3, 7 and 14 after the charges that failed on the 1st."""
OPEN = Path(__file__).with_name("outstanding-2026-03-15.csv")
"""What is still to be paid on that day, by invoice."""


def play(connection: psycopg.Connection) -> None:
    """Play the story on an empty, deployed database, connected as its owner."""
    load_folder(connection, resources.folder("examples") / "first-quarter", dates=Dates.of(date.fromisoformat(AS_OF)))
    engine = Engine(connection)
    for period in PERIODS:
        engine.run(period)
        engine.deliver()
        _charge(engine, day_after(period).isoformat(), _cards() if period == PERIODS[-1] else {})
    cards = _cards()
    for on in DUNNING_DAYS:
        cards |= {account: "ok" for account, changed_on in _card_changes() if changed_on <= on}
        engine.connection.execute("select billing.advance_dunning(%s)", (on,))
        _charge(engine, on, cards)
        _charge_renewed_cards(engine, on)
    _book_transfers(engine)
    for day in ("2026-02-03", "2026-02-07", "2026-03-08", "2026-03-15"):
        engine.connection.execute("select billing.advance_dunning(%s)", (day,))


def _example(name: str) -> list[dict[str, str]]:
    return _rows(resources.folder("examples") / "first-quarter" / name)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _cards() -> dict[str, str]:
    return {row["account_number"]: row["card_from_2026-03-01"] for row in _example("cards.csv")}


def _card_changes() -> list[tuple[str, str]]:
    return [(row["account_number"], row["on"]) for row in _example("card_changes.csv")]


def _charge(engine: Engine, on: str, cards: dict[str, str]) -> None:
    claims = engine.connection.execute(
        "select subject_id, claim from billing.claim_work('charge', 'story', 10000, '1 hour', 'infinity', 'infinity')"
    ).fetchall()
    for attempt, claim in claims:
        row = engine.connection.execute(
            "select amount, account_number from billing.begin_payment_attempt(%s, %s, %s)", (attempt, claim, on)
        ).fetchone()
        if row is None:
            continue
        amount, account = row
        card = cards.get(account, "ok")
        engine.connection.execute(
            "select billing.record_payment_intent(%s, %s, %s)", (attempt, claim, f"pi_{attempt}_{claim}")
        )
        if card == "ok":
            engine.connection.execute("select billing.record_charge_succeeded(%s, %s, %s)", (attempt, amount, on))
        else:
            engine.connection.execute(
                "select billing.record_charge_declined(%s, %s, %s, null, %s)",
                (attempt, claim, card, on),
            )


def _charge_renewed_cards(engine: Engine, on: str) -> None:
    """Book what a webhook would: a hard decline is not tried again until there is a new card."""
    for account, changed_on in _card_changes():
        rows = engine.connection.execute(
            """
            select invoices.invoice_number, balances.outstanding
            from billing.invoice_balances as balances
            inner join billing.invoices using (invoice_id)
            inner join billing.customers on invoices.customer_id = customers.customer_id
            inner join billing.dunning_cases using (invoice_id)
            where balances.outstanding > 0 and customers.account_number = %s and dunning_cases.failure_kind = 'hard'
                and %s::date <= %s::date
            """,
            (account, changed_on, on),
        ).fetchall()
        for number, outstanding in rows:
            engine.connection.execute(
                "select billing.record_payment(%s, %s, %s, 'other', %s, true)",
                (number, outstanding, changed_on, f"story-{number}"),
            )


def _book_transfers(engine: Engine) -> None:
    """Pay each transfer when it is due, or now, but for what the story leaves open."""
    open_amounts = {row["invoice_number"]: Decimal(row["outstanding"]) for row in _rows(OPEN)}
    invoices = engine.connection.execute(
        """
        select invoices.invoice_number, balances.outstanding, least(invoices.due_on, %s::date)
        from billing.invoice_balances as balances inner join billing.invoices using (invoice_id)
        where balances.outstanding > 0 and invoices.collection_method = 'send_invoice'
        order by invoices.invoice_number
        """,
        (AS_OF,),
    ).fetchall()
    for number, outstanding, on in invoices:
        if (amount := outstanding - open_amounts.get(number, Decimal(0))) > 0:
            engine.connection.execute(
                "select billing.record_payment(%s, %s, %s, 'other', %s, true)", (number, amount, on, f"story-{number}")
            )

"""The first-quarter story: three months of a company with 200 customers, day by day, with the real engine.

Money and mail go to the sandbox, which stands in for Stripe and a mail server; everything else is what production
runs. A day of the story is a day of the schedule: run on the first, statements as they come, dunning, delivery.
"""

from __future__ import annotations

import csv
import shlex
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator import resources
from orchestrator.bank.statements import import_statement
from orchestrator.bootstrap import works
from orchestrator.console import counting, print_line, say
from orchestrator.delivery.workers import WORKER_ROLE, Deliverer
from orchestrator.demo.summary import print_summary
from orchestrator.deployment.deploy import ensure_deployed
from orchestrator.documents.renderer import PdfRenderer
from orchestrator.embedded import demo_home, server
from orchestrator.engine.database import Database, connected
from orchestrator.errors import OutsideSystemError
from orchestrator.files.ingest import Dates
from orchestrator.files.told import load_with_progress, print_load
from orchestrator.gateway.events import receive_events
from orchestrator.gateway.stripe.gateway import StripeGateway
from orchestrator.run import run_period
from orchestrator.wording.money import counted
from stripe_sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.config import Settings

FIRST_DAY = date(2026, 1, 1)
LAST_DAY = date(2026, 3, 15)
RUNS = {date(2026, 1, 1): "2025-12", date(2026, 2, 1): "2026-01", date(2026, 3, 1): "2026-02"}
STATEMENTS = {
    date(2026, 1, 31): "2026-01.mt940",
    date(2026, 2, 28): "2026-02.csv",
    date(2026, 3, 13): "2026-03-15.camt053.xml",
}
CARDS_FROM = date(2026, 3, 1)
PORTAL = "portal"
WORKERS = 10
SEED = "demo"


def tell(settings: Settings, *, is_fast: bool, is_stepwise: bool) -> None:
    """Play the story into the home's embedded server and print where it ends."""
    settings = replace(settings, database_url=None)
    demo_home.clear(settings)
    story = resources.folder("examples") / "first-quarter"
    try:
        with _sandboxed(settings) as (sandbox, sandboxed), PdfRenderer() as renderer:
            say("Starting PostgreSQL and deploying the engine")
            renderer.warm()
            ensure_deployed(sandboxed)
            told = Story(sandboxed, sandbox, renderer, story, is_stepwise=is_stepwise)
            told.play()
        seconds = f"February drafted, verified, numbered, rendered, mailed and charged in {told.seconds:.1f} s"
        print_summary(settings, story, as_of=LAST_DAY, more=[("Time", seconds)])
        _print_places(settings)
    finally:
        if is_fast:
            server.stop(settings)


class Story:
    """The days, and what happens on each."""

    def __init__(
        self, settings: Settings, sandbox: Sandbox, renderer: PdfRenderer, folder: Path, *, is_stepwise: bool
    ) -> None:
        self._settings = settings
        self._sandbox = sandbox
        self._renderer = renderer
        self._folder = folder
        self._is_stepwise = is_stepwise
        self._customers: dict[str, str] = {}
        self._changes = _rows(folder / "card_changes.csv")
        self.seconds = 0.0

    def play(self) -> None:
        """From the first of January to the fifteenth of March."""
        self._open_stripe_accounts()
        with connected(self._settings, WORKER_ROLE, name="demo") as connection:
            database = Database(connection)
            day = FIRST_DAY
            while day <= LAST_DAY:
                self._play_day(database, day)
                day += timedelta(days=1)

    def _open_stripe_accounts(self) -> None:
        """Load the company, its card customers known to Stripe with cards that work."""
        with tempfile.TemporaryDirectory() as copy:
            folder = Path(shutil.copytree(self._folder, copy, dirs_exist_ok=True))
            customers = _rows(folder / "customers.csv")
            for customer in customers:
                if customer["collection_method"] == "charge_automatically":
                    at_stripe = self._sandbox.add_customer(
                        name=customer["name"],
                        email=customer["billing_email"],
                        metadata={"account_number": customer["account_number"]},
                    )
                    customer["stripe_customer_id"] = at_stripe.customer_id
                    customer["stripe_payment_method_id"] = at_stripe.payment_method_id
                    self._customers[customer["account_number"]] = at_stripe.customer_id
            columns = [*customers[0], "stripe_customer_id", "stripe_payment_method_id"]
            with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(dict.fromkeys(columns)), restval="")
                writer.writeheader()
                writer.writerows(customers)
            with connected(self._settings, WORKER_ROLE, name="load") as connection:
                print_load(load_with_progress(connection, folder, dates=Dates.of(LAST_DAY)))

    def _play_day(self, database: Database, day: date) -> None:
        self._sandbox.set_now(_morning(day))
        self._change_cards(day)
        began = time.monotonic()
        if day in RUNS:
            self._step(f"{day}: billing {RUNS[day]}")
            run_period(database, RUNS[day], as_of=day, report=say)
        if day in STATEMENTS:
            imported = import_statement(database, self._folder / "bank" / STATEMENTS[day], report=say)
            self._step(f"{day}: the bank statement {STATEMENTS[day]} brings {counted(imported.entries, 'payment')}")
        receive_events(database, StripeGateway(self._settings), as_of=day)
        database.advance_dunning(as_of=day)
        self._deliver(day, is_shown=day in RUNS)
        if day in RUNS:
            self.seconds = time.monotonic() - began

    def _deliver(self, day: date, *, is_shown: bool) -> None:
        began = time.monotonic()
        kinds = works(self._settings, self._renderer, as_of=day)
        with counting((kind.name for kind in kinds), is_shown=is_shown) as advance:
            delivery = Deliverer(self._settings, kinds, workers=WORKERS).deliver(advance=advance)
        if delivery.failed:
            reasons = "; ".join(f"{subject}: {error}" for (_, subject), error in sorted(delivery.failed.items()))
            raise OutsideSystemError(f"The delivery of {day} failed: {reasons}")
        if is_shown:
            done = ", ".join(counted(delivery.done[kind.name], kind.name.removesuffix("s")) for kind in kinds)
            say(f"{day}: delivered {done} in {time.monotonic() - began:.1f} s")

    def _change_cards(self, day: date) -> None:
        if day == CARDS_FROM:
            for row in _rows(self._folder / "cards.csv"):
                self._sandbox.set_card(self._customers[row["account_number"]], row["card_from_2026-03-01"])
        for change in self._changes:
            if change["on"] == day.isoformat():
                self._step(f"{day}: account {change['account_number']}: {change['what']}")
                changed = self._sandbox.replace_card if PORTAL in change["what"] else self._sandbox.set_card
                changed(self._customers[change["account_number"]], change["card"])

    def _step(self, what: str) -> None:
        say(what)
        if self._is_stepwise:
            with suppress(EOFError):
                input("Enter to go on ")


@contextmanager
def _sandboxed(settings: Settings) -> Iterator[tuple[Sandbox, Settings]]:
    mail = settings.home / "mail"
    with Sandbox.start(mail_folder=mail, seed=SEED, now=_morning(FIRST_DAY)) as sandbox:
        yield (
            sandbox,
            replace(
                settings,
                stripe_api_key=sandbox.api_key,
                stripe_api_base=sandbox.stripe_url,
                smtp_url=sandbox.smtp_url,
            ),
        )


def _print_places(settings: Settings) -> None:
    """Write the PDFs to a folder and say where everything is."""
    folder = settings.home / "invoices"
    folder.mkdir()
    with connected(settings, WORKER_ROLE, name="demo") as connection:
        for number, pdf in Database(connection).stored_documents():
            (folder / f"{number}.pdf").write_bytes(pdf)
    print_line(f"PDFs       {folder}")
    print_line(f"E-mails    {settings.home / 'mail'}")
    billing = f"BILLING_HOME={shlex.quote(str(settings.home))} {shlex.quote(sys.argv[0])}"
    print_line(f"Dashboard  {billing} serve")
    print_line(f"           then http://127.0.0.1:8000/?as_of={LAST_DAY}")
    print_line(f'SQL        psql "$({billing} url --role billing_reader)"')


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

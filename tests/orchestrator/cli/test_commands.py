from __future__ import annotations

import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from orchestrator.cli.app import IN_ORDER_OF_USE
from tests.orchestrator.cli.conftest import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

    from orchestrator.config import Settings
    from tests.given import Given
    from tests.orchestrator.cli.conftest import Billing

PATIENCE = 90


def test_help_names_the_commands_in_the_order_of_use(billing: Billing) -> None:
    listed = billing("--help").stdout.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == list(IN_ORDER_OF_USE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "2026-13"), "'2026-13' is not a period"),
        (("run", "2026-02", "--as-of=1.3.2026"), "'1.3.2026' is not a date"),
        (("export", "secrets"), "secrets"),
        (("pdf", "INV-1"), "There is no invoice INV-1."),
        (("pdf", " inv-1 "), "There is no invoice INV-1."),
        (("void", "inv-1", "--reason=x"), "INV-1"),
        (("credit", "inv-1", "--reason=x"), "INV-1"),
        (("pay", "Inv-1", "5"), "INV-1"),
        (("pay", "INV-1", "5"), "INV-1"),
        (("pay", "INV-1", "1e3"), "'1e3' is not an amount"),
        (("pay", "INV-1", "1_000"), "'1_000' is not an amount"),
        (("pay", "INV-1", "-5"), "No such option"),
        (("void", "INV-1", "--reason=x"), "INV-1"),
        (("credit", "INV-1", "--reason=x", "--amount=٣"), "'٣' is not an amount"),
        (("load", "nowhere"), "nowhere"),
        (("ingest", "nowhere.csv"), "nowhere.csv"),
        (("bank", "import", "nowhere.xml"), "nowhere.xml"),
        (("bank", "assign", "7", "INV-1"), "There is no bank entry 7"),
        (("bank", "assign", "7"), "Name invoices, or --account, or --payment"),
        (("bank", "undo", "S4", "--reason", "r"), "There is no bank entry S4"),
        (("deliver", "--workers=0"), "--workers"),
    ],
)
def test_what_is_refused_is_refused_in_a_sentence(billing: Billing, arguments: tuple[str, ...], said: str) -> None:
    result = billing(*arguments)
    assert result.returncode == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_preview_of_nothing_says_so(billing: Billing) -> None:
    result = billing("preview", "2026-02", "--account=9999")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "2026-02: a run would bill nothing to account 9999.\n"


def test_whoever_may_only_read_can_export(billing: Billing, settings: Settings) -> None:
    assert settings.database_url is not None
    reader = settings.database_url.replace("postgresql://postgres@", "postgresql://billing_reader@")
    assert billing("export", "aging", DATABASE_URL=reader).returncode == 0


@pytest.mark.parametrize("url", ["mysql://u:secret@h/x", "postgresql://u:secret%zz@h/x", "secret"])
def test_a_wrong_address_is_named_without_its_password(billing: Billing, url: str) -> None:
    result = billing("check", DATABASE_URL=url)
    assert result.returncode == 2
    assert "DATABASE_URL is not a connection string" in result.stderr
    assert "secret" not in result.stderr


@pytest.fixture
def interruptible() -> Iterator[None]:
    """What is run in the background ignores Ctrl-C, and hands that down."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_is_said_in_a_sentence(environment: dict[str, str], database: psycopg.Connection) -> None:
    with subprocess.Popen(
        [str(PROGRAM), "ingest", "-"], env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + PATIENCE
        connected = "select count(*) from pg_stat_activity where application_name = 'billing-ingest'"
        while database.execute(connected.encode()).fetchone() == (0,):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        while process.poll() is None:  # one that comes while a library is imported can be lost
            assert time.monotonic() < deadline
            process.send_signal(signal.SIGINT)
            time.sleep(1)
        _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said.splitlines()[-1]) == (
        130,
        "billing: Interrupted. What was done is kept; the same command goes on from there.",
    )


def test_a_closed_pipe_is_no_error(environment: dict[str, str], given: Given) -> None:
    for _ in range(3):
        given.subscription(given.customer(), given.flat_plan())
    given.run("2026-02")
    command = f"'{PROGRAM}' export invoices | true; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(
        ["bash", "-c", command], env=environment, check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (result.stdout, result.stderr) == ("0\n", "")


@pytest.mark.parametrize("made", ["mail/a.eml", "invoices/a.pdf", "postgres/PG_VERSION"])
def test_a_demo_touches_no_home_it_did_not_make(billing: Billing, tmp_path: Path, made: str) -> None:
    kept = tmp_path / "home" / made
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    result = billing("demo", "--fast")
    assert result.returncode == 2
    assert "holds files that no demo has made" in result.stderr
    assert kept.read_text() == "mine"


def test_data_of_ones_own_end_the_home_of_a_demo(billing: Billing, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/demo").touch()
    (tmp_path / "events.csv").write_text("event_id,account_number,metric,quantity,occurred_at\n")
    assert billing("ingest", str(tmp_path / "events.csv")).returncode == 0
    (tmp_path / "home/mail").mkdir()
    assert billing("demo", "--fast").returncode == 2

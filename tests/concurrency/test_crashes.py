"""Kill -9 at every boundary: the same command then finishes, and nobody can tell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestrator.steps import Step
from tests.month import deliver, number

if TYPE_CHECKING:
    from orchestrator.config import Settings
    from tests.concurrency.fixtures import Opened
    from tests.month import Month

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 30


def killed_at(month: Month, step: Step) -> bool:
    """Bill the month in a process of its own that dies at a boundary; whether it did."""
    settings = month.settings
    environment = {
        "DATABASE_URL": settings.database_url,
        "BILLING_HOME": str(settings.home),
        "STRIPE_API_KEY": settings.stripe_api_key,
        "STRIPE_API_BASE": settings.stripe_api_base,
        "SMTP_URL": settings.smtp_url,
        "BILLING_PUBLIC_URL": settings.public_url,
    }
    process = subprocess.run(
        [sys.executable, "-m", "tests.month", step],
        cwd=REPOSITORY,
        env=os.environ | {name: value for name, value in environment.items() if value},
        check=False,
        capture_output=True,
        text=True,
    )
    assert process.returncode in {0, -signal.SIGKILL}, process.stderr
    _wait_until_the_server_has_noticed(settings)
    return process.returncode == -signal.SIGKILL


def _wait_until_the_server_has_noticed(settings: Settings) -> None:
    """A new process takes longer to start than the server to notice; the tests go on in their own."""
    deadline = time.monotonic() + PATIENCE
    alive = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    with psycopg.connect(str(settings.database_url), autocommit=True) as connection:
        while connection.execute(alive).fetchone() != (0,):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def without_repeated_mails(outcome: dict[str, object]) -> dict[str, object]:
    """E-mail is at least once, under one Message-ID."""
    mails = outcome["mails"]
    assert isinstance(mails, list)
    return outcome | {"mails": sorted(set(mails))}


def test_the_month_has_every_step(months: Opened) -> None:
    seen: set[Step] = set()
    with months() as month:
        month.bill(reached=seen.add)
    assert seen == set(Step)


def test_the_undisturbed_month_is_what_it_should_be(undisturbed: dict[str, object]) -> None:
    invoices = undisturbed["invoices"]
    assert isinstance(invoices, list)
    assert [(number, status, total) for number, status, _, _, total, *_ in invoices] == [
        ("INV-2026-01-0001", "paid", "119.00"),
        ("INV-2026-02-0001", "paid", "132.39"),
        ("INV-2026-02-0002", "issued", "119.00"),
        ("INV-2026-02-0003", "issued", "119.00"),
        ("INV-2026-02-0004", "issued", "119.00"),
        ("INV-2026-02-0005", "paid", "0.00"),
    ]
    assert undisturbed["money at Stripe"] == [("INV-2026-01-0001", 119_00), ("INV-2026-02-0001", 132_39)]
    assert undisturbed["money back"] == [50_00]
    assert undisturbed["broken"] == []


def test_undisturbed_months_are_equal(month: Month, undisturbed: dict[str, object]) -> None:
    month.bill()
    assert month.outcome() == undisturbed


@pytest.mark.parametrize("step", Step)
def test_a_process_killed_at_a_boundary_twice(month: Month, step: Step, undisturbed: dict[str, object]) -> None:
    assert killed_at(month, step)
    killed_at(month, step)
    delivery = month.bill()
    assert not delivery.failed
    outcome = month.outcome()
    if step == Step.EMAIL_HANDED_OVER:
        outcome = without_repeated_mails(outcome)
    assert outcome == undisturbed


class Died(Exception):  # noqa: N818 - stands for a process that is gone
    """At a boundary of a run."""


@pytest.mark.parametrize("step", [Step.RUN_DRAFTED, Step.RUN_NUMBERED, Step.RUN_CLOSED])
def test_a_held_run_that_dies_is_delivered_by_nobody(month: Month, step: Step) -> None:
    def dies(now: Step) -> None:
        if now is step:
            raise Died

    issued = "select count(*) from billing.invoices where period_start = '2026-02-01' and status <> 'draft'"
    with pytest.raises(Died):
        number(month.settings, reached=dies, is_held=True)
    deliver(month.settings)
    number(month.settings, is_held=True)
    deliver(month.settings)
    assert month.value(issued) == 0
    assert month.value("select invoices from billing.held_runs()") == 5

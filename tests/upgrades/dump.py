"""Writes tests/upgrades/<version>.sql.gz: a small company as this version leaves it, for the upgrades of all to come.

Run by `make release-dump` once a release, on the oldest PostgreSQL that is supported: what it writes the others read.
A dump that has landed never changes.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from orchestrator.config import Settings
from orchestrator.deployment.deploy import OWNER, deploy
from orchestrator.embedded import server
from orchestrator.embedded.cluster import SUPERUSER
from scripts.release_check import version
from tests.collection import Collection

FOLDER = Path(__file__).parent


def play(given: Collection) -> None:
    """Let everything happen once that leaves rows behind."""
    given.seller()
    given.tax_rate()
    paid, surplus, wrong, card = (
        given.issued("100.00", country="DE"),
        given.issued("19.95", "0.05", country="DE"),
        given.issued("80.00", country="DE"),
        given.issued("50.00", method="charge_automatically", country="DE"),
    )
    metered = given.customer(country="DE")
    given.subscription(metered, given.plan(tiers=[("10", "1.50"), (None, "0.75")]))
    given.usage(metered, "12.5")
    given.billed(metered)
    given.transfer("119.00", f"Invoice {paid.number}")
    given.transfer("50.00", f"Invoice {surplus.number}")
    given.transfer("7.77", "no number at all")
    given.charge(card)
    given.credited(card, "10.00")
    given.void(given.invoice(wrong.customer, "2026-02"), reason="wrong customer", on="2026-03-11")
    given.paid_by_hand(given.issued("12.00", country="DE"), "5.00")
    given.advance("2026-04-20")
    given.usage(metered, "3", on="2026-02-27")
    given.run("2026-03", as_of="2026-04-01")


def main() -> int:
    """Play it in a database of its own, and dump it with the programs of its own server."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), postgres_bin=Path(sys.argv[1]))
        try:
            deploy(settings)
            with psycopg.connect(server.address(settings, OWNER), autocommit=True) as connection:
                play(Collection(connection))
            command = [str(server.binaries(settings) / "pg_dump"), server.address(settings, SUPERUSER)]
            dump = subprocess.run(command, check=True, capture_output=True).stdout
        finally:
            server.stop(settings)
    file = FOLDER / f"{version()}.sql.gz"
    file.write_bytes(gzip.compress(dump, mtime=0))
    sys.stdout.write(f"{file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Renews the output beside examples/*.sql: sessions of psql over the first quarter as it stands on 2026-03-15."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from orchestrator import resources
from orchestrator.config import Settings
from orchestrator.deployment.deploy import OWNER, deploy
from orchestrator.embedded import server
from tests.orchestrator.web.story import play

FOLDER = resources.folder("examples")
_ROLE = re.compile(r"--role (\w+)")


def examples() -> list[Path]:
    """Find the sessions."""
    return sorted(FOLDER.glob("*.sql"))


def role_of(example: Path) -> str:
    """Read the role from the example's own instructions: it must be enough."""
    found = _ROLE.search(example.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{example.name} does not say as whom to run it")
    return found[1]


def session(example: Path, url: str, programs: Path) -> str:
    """Run an example as psql does with -a: its text, with the answers in between."""
    command = [str(programs / "psql"), "-Xaq", "-v", "ON_ERROR_STOP=1", "-P", "pager=off", "-f", str(example), url]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines()) + "\n"


def main() -> int:
    """Bill and collect the quarter in a server of its own, and write what the examples print."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder, "home"))
        try:
            deploy(settings)
            with psycopg.connect(server.address(settings, OWNER), autocommit=True) as connection:
                play(connection)
            for example in examples():
                url = server.address(settings, role_of(example))
                output = session(example, url, server.binaries(settings))
                example.with_suffix(".out").write_text(output, encoding="utf-8")
        finally:
            server.stop(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from orchestrator.config import Settings
from orchestrator.errors import BillingError
from orchestrator.web.serve import allowed_hosts, bound_socket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = (
    sys.executable,
    "-c",
    "from orchestrator.cli import main; main()",
    "serve",
    "--port",
    "0",
    "--as-of",
    "2026-03-15",
)


@contextmanager
def started(settings: Settings, lines: int) -> Iterator[tuple[list[str], list[str]]]:
    """The command until it has said so many lines; its log is there when it has ended."""
    environment = {**os.environ, "DATABASE_URL": settings.database_url or "", "BILLING_HOME": str(settings.home)}
    log: list[str] = []
    with subprocess.Popen(
        COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**environment, "PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout is not None
        yield [process.stdout.readline().split()[-1] for _ in range(lines)], log
        process.send_signal(signal.SIGTERM)
        rest, said = process.communicate(timeout=30)
        log += [rest, said]
    assert process.returncode == 0


def ask(address: str, secret: str) -> httpx.Response:
    with httpx.Client(base_url=address, transport=httpx.HTTPTransport(retries=20), timeout=20) as client:
        assert client.post("/login", data={"password": secret}).status_code == 303
        client.get("/i/a-secret-link?from=a-secret-query")
        return client.get("/api/billing/aging", headers={"Authorization": f"Bearer {secret}"})


def test_the_first_start_shows_a_secret_that_outlives_it(settings: Settings) -> None:
    with started(settings, 3) as ((address, _, secret), first):
        assert ask(address, secret).json()["as_of"] == "2026-03-15"
    with started(settings, 2) as ((address, _), second):
        assert ask(address, secret).status_code == 200
    assert second[0] == ""
    log = first[1]
    assert log.rstrip().endswith("Stopped.")
    assert re.search(r"method=GET path=/api/billing/aging status=200 ms=\d+ bytes=\d+ client=127.0.0.1", log)
    assert [text for text in (secret, "a-secret-link", "a-secret-query") if text in log + second[1]] == []


def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BillingError, match=r"Cannot listen on 127\.0\.0\.1"):
            bound_socket("127.0.0.1", taken.getsockname()[1])


def test_an_address_of_another_machine_is_said_in_a_sentence() -> None:
    with pytest.raises(BillingError, match="192"):
        bound_socket("192.0.2.1", 0)


def test_on_loopback_only_known_names_are_answered(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, public_url="https://pay.example")
    with bound_socket("127.0.0.1", 0) as listener:
        assert allowed_hosts(listener, settings) == ["localhost", "127.0.0.1", "[::1]", "pay.example"]
    with bound_socket("0.0.0.0", 0) as listener:  # noqa: S104 - what --host 0.0.0.0 does
        assert allowed_hosts(listener, settings) is None

"""Runs the application under uvicorn until it is told to stop, and makes the first secret that opens it."""

from __future__ import annotations

import ipaddress
import logging
import signal
import socket
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn

from orchestrator.errors import BillingError
from orchestrator.web.access import hashed, new_secret
from orchestrator.web.app import build_app
from orchestrator.web.slow_clients import PatientProtocol

if TYPE_CHECKING:
    from datetime import date
    from types import FrameType

    from orchestrator.config import Settings
    from orchestrator.engine.access import WebDatabase
    from orchestrator.gateway.port import CustomerPages

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
FIRST_NAME, FIRST_ROLE = "admin", "approver"
_STOP_SECONDS = 20


def first_secret(database: WebDatabase) -> str | None:
    """Let the first one in, and nobody when there was one before; returns the secret, which is kept nowhere."""
    secret = new_secret()
    is_first = database.add_first_access(name=FIRST_NAME, role=FIRST_ROLE, token_sha256=hashed(secret))
    return secret if is_first else None


def bound_socket(host: str, port: int) -> socket.socket:
    """Take the address before anything is promised about it; port 0 takes a free one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise BillingError(f"{host} is not an address of this machine: {error.strerror}.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise BillingError(
            f"Cannot listen on {host}, port {port}: {error.strerror}. Choose another with --port."
        ) from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the address to type into a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def allowed_hosts(listener: socket.socket, settings: Settings) -> list[str] | None:
    """On loopback only this machine's own names are answered, so that no page elsewhere can pose as this one."""
    if not ipaddress.ip_address(listener.getsockname()[0]).is_loopback:
        return None
    public = urlsplit(settings.public_url).hostname
    return [*LOOPBACK_NAMES, *([public] if public else [])]


def run_server(
    settings: Settings,
    listener: socket.socket,
    *,
    as_of: date | None,
    payments: CustomerPages | None,
    proxy: str | None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; requests under way are finished."""
    _log_to_stderr()
    app = build_app(settings, as_of=as_of, payments=payments, hosts=allowed_hosts(listener, settings))
    config = uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        proxy_headers=proxy is not None,
        forwarded_allow_ips=proxy,
        http=PatientProtocol,
        timeout_graceful_shutdown=_STOP_SECONDS,
        h11_max_incomplete_event_size=32 * 1024,
    )
    server = uvicorn.Server(config)
    # uvicorn raises the signal again once it has stopped; by then it has been obeyed.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _obeyed)
    server.run(sockets=[listener])
    if not server.started:
        raise BillingError("The server could not start; the messages above say why.")


def _obeyed(_number: int, _frame: FrameType | None) -> None:
    return


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("time=%(asctime)s level=%(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    for name in ("billing.web", "uvicorn.error", "psycopg.pool"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO if name == "billing.web" else logging.WARNING)

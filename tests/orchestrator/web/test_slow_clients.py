"""Whoever sends half a request, or takes no answer, is in nobody's way and is let go."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from uvicorn.server import ServerState

from orchestrator.web import slow_clients
from orchestrator.web.slow_clients import PatientProtocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope, Send

    from tests.orchestrator.web.served import Served

HALVES = {
    "a header that does not end": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ",
    "nothing": b"",
    "a body that does not come": b"POST /webhooks/stripe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n",
    "a second request": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /",
}
PATIENCE = 60


@contextmanager
def crowd(served: Served, size: int, half: bytes) -> Iterator[list[socket.socket]]:
    address = urlsplit(served.address)
    assert address.hostname is not None
    assert address.port is not None
    with ExitStack() as opened:
        sockets = []
        for _ in range(size):
            one = opened.enter_context(socket.create_connection((address.hostname, address.port), timeout=PATIENCE))
            one.sendall(half)
            sockets.append(one)
        yield sockets


def ended(one: socket.socket) -> bool:
    """Whether the server closes it; waits for that as long as a test may."""
    try:
        while one.recv(65536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES.keys())
def test_a_crowd_that_sends_half_requests_is_in_nobodys_way(served: Served, half: bytes) -> None:
    with crowd(served, slow_clients.MAX_ANSWERED + 20, half), served.client() as client:
        assert client.get("/healthz").status_code == 200
        signed = client.post("/webhooks/stripe", content=b"{}", headers={"stripe-signature": "none"})
        assert signed.status_code == 400


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES.keys())
def test_who_does_not_finish_a_request_is_let_go(served: Served, half: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_clients, "SECONDS", 0.2)
    with crowd(served, 3, half) as sockets:
        assert [ended(one) for one in sockets] == [True] * 3


def test_of_too_many_that_are_waited_for_the_oldest_goes(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_clients, "MAX_WAITED_FOR", 2)
    with crowd(served, 3, HALVES["a header that does not end"]) as (first, *_):
        assert ended(first)


def test_more_whole_requests_than_are_answered_at_once_are_told_to_come_back(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "MAX_ANSWERED", 0)
    assert httpx.get(f"{served.address}/healthz").status_code == 503


def test_who_takes_no_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_clients, "SECONDS", 0.2)

    async def answer_somebody_who_takes_nothing() -> None:
        over = asyncio.Event()

        async def long_answer(_scope: Scope, _receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for part in range(100):
                await send({"type": "http.response.body", "body": bytes(1024 * 1024), "more_body": part < 99})
            over.set()

        config = uvicorn.Config(long_answer, http=PatientProtocol, lifespan="off", log_config=None)
        config.load()
        protocol = partial(PatientProtocol, config=config, server_state=ServerState(), app_state={})
        listening = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*listening.sockets[0].getsockname(), limit=1)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            await over.wait()
        writer.transport.abort()
        listening.close()

    asyncio.run(answer_somebody_who_takes_nothing())

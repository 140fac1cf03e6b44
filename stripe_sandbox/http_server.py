"""HTTP on loopback by uvicorn's protocol, with a listener of our own.

uvicorn's Server takes a third of a second to stop and cannot come back. A sandbox that refuses connections on demand
has to do both at once.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

if TYPE_CHECKING:
    from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"
_GRACE = 0.05
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def listening_socket(port: int) -> socket.socket:
    """Open a listening socket on this machine only; port 0 takes a free one.

    The protocol is named because asyncio sets TCP_NODELAY only where it is; without, each answer takes 40 ms more.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
    except OSError:
        listener.close()
        raise
    return listener


class HttpServer:
    """Serves an application; runs on the event loop that calls it."""

    def __init__(self, app: ASGIApp) -> None:
        self._config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none", http="h11")
        self._config.load()
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self, port: int) -> None:
        """Start to listen; already listening is no change."""
        if self._server is None:
            listener = listening_socket(port)
            self.port = listener.getsockname()[1]
            self._server = await asyncio.get_running_loop().create_server(self._protocol, sock=listener)

    def _protocol(self) -> H11Protocol:
        return H11Protocol(config=self._config, server_state=self._state, app_state={"reset": self._reset})

    async def close(self) -> None:
        """Refuse connections and cut those there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in self._connections():
            connection.transport.abort()
        await asyncio.sleep(0)

    async def pause(self, seconds: int) -> None:
        """Let the present answer go out, then refuse connections for some seconds."""
        await asyncio.sleep(_GRACE)
        await self.close()
        await asyncio.sleep(seconds)
        await self.open(self.port)

    def _connections(self) -> list[Any]:
        return list(self._state.connections)

    def _reset(self, client: tuple[str, int]) -> None:
        for connection in self._connections():
            if connection.client == client:
                opened: socket.socket = connection.transport.get_extra_info("socket")
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                connection.transport.abort()

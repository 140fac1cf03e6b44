"""Answers are written to memory, or past a size to a temporary file, before the first byte goes out.

So the database connection is free again however slowly the client reads, the length and the hash are known, and an
error after half of a report is still an error and not half of a report.
"""

from __future__ import annotations

import gzip
import hashlib
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from orchestrator.web.problems import bad_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from starlette.requests import Request

IN_MEMORY = 1024 * 1024
MAX_SIZE = 256 * 1024 * 1024
_CHUNK = 64 * 1024
_COMPRESSION = 5
_NOT_MODIFIED = 304


class Spool:
    """Collects one answer, compressed where the client takes that."""

    def __init__(self, *, is_gzipped: bool = False) -> None:
        self.file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed when the answer has been sent
        self.size = 0
        self.is_gzipped = is_gzipped
        self._hash = hashlib.sha256()
        self._zip = (
            gzip.GzipFile(fileobj=_Sink(self), mode="wb", compresslevel=_COMPRESSION, mtime=0) if is_gzipped else None
        )
        self._written = 0

    def write(self, data: bytes) -> None:
        """Add to the answer."""
        self._written += len(data)
        if self._written > MAX_SIZE:
            raise bad_request("The report is too long for one answer. Ask for one period, or use limit and offset.")
        if self._zip:
            self._zip.write(data)
        else:
            self.keep(data)

    def writelines(self, lines: Iterable[bytes]) -> None:
        """Add one after the other."""
        for line in lines:
            self.write(line)

    def keep(self, data: bytes) -> None:
        """Store what goes over the wire."""
        self.size += len(data)
        self._hash.update(data)
        self.file.write(data)

    def finish(self) -> str:
        """End the answer and return its entity tag."""
        if self._zip:
            self._zip.close()
        return f'"{self._hash.hexdigest()[:32]}"'


class _Sink:
    """What gzip writes to."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def write(self, data: bytes) -> int:
        self._spool.keep(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""


def new_spool(request: Request) -> Spool:
    """Begin the answer to a request."""
    accepted = [part.strip() for part in request.headers.get("accept-encoding", "").lower().split(",")]
    return Spool(is_gzipped="gzip" in accepted)


def spooled_response(request: Request, spool: Spool, *, media_type: str, headers: dict[str, str]) -> Response:
    """Send what was collected, or say that it is what the client has already."""
    tag = spool.finish()
    headers = {"ETag": tag, "Vary": "Accept, Accept-Encoding, Authorization, Cookie", **headers}
    if _is_known(request.headers.get("if-none-match", ""), tag):
        spool.file.close()
        return Response(status_code=_NOT_MODIFIED, headers=headers)
    headers["Content-Length"] = str(spool.size)
    headers["Content-Type"] = media_type
    if spool.is_gzipped:
        headers["Content-Encoding"] = "gzip"
    closing = BackgroundTask(spool.file.close)
    if request.method == "HEAD":
        return Response(headers=headers, background=closing)
    return StreamingResponse(_chunks(spool), headers=headers, background=closing)


async def _chunks(spool: Spool) -> AsyncIterator[bytes]:
    await run_in_threadpool(spool.file.seek, 0)
    while chunk := await run_in_threadpool(spool.file.read, _CHUNK):
        yield chunk


def _is_known(known: str, tag: str) -> bool:
    tags = [one.strip().removeprefix("W/") for one in known.split(",")]
    return tag in tags or tags == ["*"]

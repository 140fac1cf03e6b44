"""Invoices and credit notes as PDF, on every core.

Layout is pure Python and holds the interpreter's lock (ten threads are twice as slow as one), so documents go to a
pool of processes. Each serves one document at a time over its own pipe: a crash or a document without end costs one
process, never the pool.
"""

from __future__ import annotations

import json
import os
import queue
import resource
import subprocess
import sys
import threading
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from orchestrator.documents import worker as pdf_worker
from orchestrator.errors import OutsideSystemError

if TYPE_CHECKING:
    from collections.abc import Mapping

START_SECONDS = 60.0
"""A renderer is ready after one to two seconds; a machine that needs this long has another problem."""

DOCUMENT_SECONDS = 60.0
"""Two hundred lines take less than a second; what takes this long will not end."""

DOCUMENTS_PER_PROCESS = 2_000
"""A process is replaced after so many documents, which bounds what the libraries underneath may leak."""

# -P and an explicit path: a file called json.py in the working directory must not end up in the renderer.
CHILD = "import sys; sys.path[:0] = sys.argv[3:]; import orchestrator.documents.worker as w; w.main(*sys.argv[1:3])"

SYSTEM_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 libfontconfig1 libglib2.0-0"


class RenderError(OutsideSystemError):
    """A document could not be rendered."""


class RendererUnavailableError(RenderError):
    """PDF rendering needs system libraries that are not on this machine."""

    def __init__(self, reason: str) -> None:
        """Name the packages, which is what a person can act on."""
        super().__init__(
            "PDF rendering needs system libraries that are not on this machine. "
            f"On Debian and Ubuntu: apt-get install {SYSTEM_PACKAGES}. "
            f"On macOS: brew install pango. ({reason.splitlines()[0] if reason else 'no details'})"
        )


class PdfRenderer:
    """A pool of renderer processes, one a core; `render` may be called from any number of threads."""

    def __init__(
        self, *, processes: int | None = None, document_seconds: float = DOCUMENT_SECONDS, memory: int | None = None
    ) -> None:
        """Start nothing yet: `warm` does, or the first `render`. Memory is a limit in bytes for each process."""
        self._document_seconds = document_seconds
        self._memory = memory
        self._slots: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        self._running: set[_Process] = set()
        self._lock = threading.Lock()
        self._is_closed = False
        for _ in range(processes or available_cores()):
            self._slots.put(None)

    def __enter__(self) -> Self:
        """Allow `with PdfRenderer() as renderer`."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes, whatever happened."""
        self.close()

    def warm(self) -> None:
        """Start every process and return at once: they load fonts while the caller does something else."""
        idle = []
        with suppress(queue.Empty):
            while True:
                idle.append(self._slots.get_nowait())
        for slot in idle:
            self._slots.put(slot or self._start())

    def render(self, document: Mapping[str, object]) -> bytes:
        """Wait for a free process and return the PDF; RenderError names the document that failed."""
        title = document_title(document)
        payload = _encoded(document, title)
        slot = self._slots.get()
        try:
            self._refuse_if_closed()
            slot = slot or self._start()
            return slot.render(payload, title=title, seconds=self._document_seconds)
        finally:
            self._slots.put(self._successor(slot))

    def process_ids(self) -> list[int]:
        """Processes that run now, for whoever watches them."""
        with self._lock:
            return [process.process_id for process in self._running]

    def close(self) -> None:
        """End all processes; documents still being rendered fail."""
        with self._lock:
            self._is_closed = True
            running = list(self._running)
        for process in running:
            process.kill()

    def _start(self) -> _Process:
        with self._lock:
            self._refuse_if_closed()
            try:
                process = _Process(self._memory)
            except OSError as error:
                raise RenderError(f"No renderer process could be started: {error.strerror}.") from None
            self._running.add(process)
            return process

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise RenderError("The PDF renderer is closed.")

    def _successor(self, process: _Process | None) -> _Process | None:
        """Keep a process that is fit; in the place of one that is not, the next document starts another."""
        if process is None or process.is_fit:
            return process
        process.kill()
        with self._lock:
            self._running.discard(process)
        return None


class _Process:
    """One renderer process and the pipe to it."""

    def __init__(self, memory: int | None = None) -> None:
        self._pipe, child_end = Pipe()
        self._documents = 0
        self._is_ready = False
        self._is_answering = False
        self._folder = TemporaryDirectory(prefix="billing-pdf-", ignore_cleanup_errors=True)
        source = str(Path(__file__).resolve().parents[2])
        command = [sys.executable, "-P", "-c", CHILD, str(child_end.fileno()), self._folder.name, source]
        with child_end:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code, no shell
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[child_end.fileno()]
            )
        if memory is not None and hasattr(resource, "prlimit"):
            resource.prlimit(self._process.pid, resource.RLIMIT_AS, (memory, memory))

    @property
    def process_id(self) -> int:
        """As the operating system knows it."""
        return self._process.pid

    @property
    def is_fit(self) -> bool:
        """Whether the last request was answered in full and the process is not due for replacement."""
        return not self._is_answering and self._documents < DOCUMENTS_PER_PROCESS

    def render(self, payload: bytes, *, title: str, seconds: float) -> bytes:
        """Send one document and wait for its PDF; an interruption here leaves the process unfit."""
        self._is_answering = True
        if not self._is_ready:
            kind, content = self._answer(title, START_SECONDS)
            if kind == pdf_worker.UNAVAILABLE:
                raise RendererUnavailableError(content.decode())
            self._is_ready = True
        with suppress(OSError):  # a process that is gone shows when its answer is awaited
            self._pipe.send_bytes(payload)
        kind, content = self._answer(title, seconds)
        self._documents += 1
        self._is_answering = False
        if kind == pdf_worker.FAILED:
            raise _failure(title, content.decode())
        return content

    def kill(self) -> None:
        """End the process; it holds nothing that could be lost. The pipe closes with the last reference to it."""
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    def _answer(self, title: str, seconds: float) -> tuple[bytes, bytes]:
        try:
            if not self._pipe.poll(seconds):
                raise _failure(title, f"the time limit of {seconds:g} seconds was reached")
            message = self._pipe.recv_bytes()
        except (EOFError, OSError):
            raise self._crash(title) from None
        return message[:1], message[1:]

    def _crash(self, title: str) -> RenderError:
        self._process.kill()
        return _failure(title, f"its renderer process ended (status {self._process.wait()})")


def document_title(document: Mapping[str, object]) -> str:
    """Name a document in an error message, also one without a number."""
    kind = str(document.get("document", "document")).replace("_", " ").capitalize()
    return f"{kind} {document.get('number', 'without a number')}"


def available_cores() -> int:
    """Cores this process may use, which a container or `taskset` may have limited."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _encoded(document: Mapping[str, object], title: str) -> bytes:
    try:
        return json.dumps(document).encode()
    except (TypeError, ValueError) as error:
        raise _failure(title, f"it is not plain JSON: {error}") from None


def _failure(title: str, reason: str) -> RenderError:
    return RenderError(f"{title} could not be rendered: {reason}.")

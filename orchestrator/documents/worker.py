"""A child process of the renderer pool: documents in as JSON, PDFs out, over one inherited pipe.

It runs as a fresh interpreter (`python -c`), not as a multiprocessing child: those import the parent's main module,
which would load the whole command line into each renderer.
"""

from __future__ import annotations

import json
import shutil
import signal
import tempfile
from multiprocessing.connection import Connection

from orchestrator.resources import folder

READY, DONE, FAILED, UNAVAILABLE = b"R", b"D", b"F", b"U"
"""The first byte of each message to the parent."""

WARM_UP_DOCUMENT = "transfer-eur-epc.json"


def main(descriptor: str, directory: str) -> None:
    """Serve until the parent closes the pipe, or is gone; what is written to disk meanwhile goes with the directory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = directory
    with Connection(int(descriptor)) as pipe:
        try:
            serve(pipe)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return
        finally:
            shutil.rmtree(directory, ignore_errors=True)


def serve(pipe: Connection) -> None:
    """Render once before saying ready: the first page loads fonts and costs twice as much as the next."""
    try:
        from orchestrator.documents.engine import PdfEngine  # noqa: PLC0415 - what it needs may be missing, and the parent is told
    except OSError as error:
        pipe.send_bytes(UNAVAILABLE + str(error).encode())
        return
    engine = PdfEngine()
    engine.render(json.loads((folder("examples") / "documents" / WARM_UP_DOCUMENT).read_text(encoding="utf-8")))
    pipe.send_bytes(READY)
    while True:
        document = json.loads(pipe.recv_bytes())
        try:
            answer = DONE + engine.render(document)
        except Exception as error:  # noqa: BLE001 - whatever it was, it belongs to this document and the parent reports it
            answer = FAILED + explain(error).encode()
        pipe.send_bytes(answer)


def explain(error: Exception) -> str:
    """Say in words what a template or a filter could not use."""
    if isinstance(error, KeyError):
        return f"the field {error} is missing"
    return str(error) or type(error).__name__

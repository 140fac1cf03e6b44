"""The seller's logo: a picture by its content, from an ordinary file, drawn once before any document has it."""

from __future__ import annotations

import json
import os
import re
import stat
from base64 import b64encode
from typing import TYPE_CHECKING

from orchestrator.documents.renderer import PdfRenderer, RenderError, RendererUnavailableError
from orchestrator.resources import folder

if TYPE_CHECKING:
    from pathlib import Path

MAX_LOGO = 1024 * 1024
DRAWING_SECONDS = 5.0
"""A page with a reasonable picture takes a tenth of a second."""
DRAWING_MEMORY = 2 * 1024**3
_SVG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE[^>]*>\s*)?<svg[\s>]", re.DOTALL
)
_PAGE = "transfer-eur-epc.json"


def read_logo(path: Path) -> dict[str, object]:
    """Return the picture as `billing.load_seller` wants it staged, or what it should have been."""
    try:
        picture = _content(path)
    except (OSError, ValueError):
        picture = None
    if picture is None:
        return {"logo_problem": "the path of a readable file"}
    if len(picture) > MAX_LOGO:
        return {"logo_problem": "a picture of at most 1 MB"}
    kind = _media_type(picture)
    if kind is None:
        return {"logo_problem": "a PNG, JPEG or SVG picture"}
    logo = {"media_type": kind, "base64": b64encode(picture).decode()}
    if not _can_be_drawn(logo):
        return {"logo_problem": f"a picture that is drawn within {DRAWING_SECONDS:g} seconds"}
    return {f"logo_{name}": value for name, value in logo.items()}


def _content(path: Path) -> bytes | None:
    """Read an ordinary file only: a pipe or a device may never end, or never begin."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        is_ordinary = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return os.read(descriptor, MAX_LOGO + 1) if is_ordinary else None
    finally:
        os.close(descriptor)


def _media_type(picture: bytes) -> str | None:
    """Tell the kind of picture by its content, because that is what a PDF or a browser will do."""
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if picture.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/svg+xml" if _SVG.match(picture) else None


def _can_be_drawn(logo: dict[str, str]) -> bool:
    """Put it on a page in a process of its own: two kilobytes of SVG can ask for a picture that never ends."""
    document = json.loads((folder("examples") / "documents" / _PAGE).read_text(encoding="utf-8"))
    document["seller"]["logo"] = logo
    with PdfRenderer(processes=1, document_seconds=DRAWING_SECONDS, memory=DRAWING_MEMORY) as renderer:
        try:
            renderer.render(document)
        except RendererUnavailableError:
            return True  # this machine makes no PDFs, and says so when one is asked for
        except RenderError:
            return False
    return True

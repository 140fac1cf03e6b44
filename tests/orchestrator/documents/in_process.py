"""Renders in this process what the pool renders in one of its own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from orchestrator.documents.engine import PdfEngine

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def _engine() -> PdfEngine:
    return PdfEngine()


def render_document(document: Mapping[str, object]) -> bytes:
    return _engine().render(document)

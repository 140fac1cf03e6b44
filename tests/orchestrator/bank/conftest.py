from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from orchestrator.bank import read_statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.bank import Statement

SAMPLES = Path(__file__).parent / "samples"


class ReadText(Protocol):
    """Writes a text to a file and reads it as a statement."""

    def __call__(self, text: str | bytes, *, name: str = "statement.txt", mapping: str | None = None) -> Statement: ...


@pytest.fixture
def sample() -> Callable[[str], Statement]:
    def read(name: str) -> Statement:
        mapping = (SAMPLES / name).with_suffix(".toml")
        return read_statement(SAMPLES / name, mapping=mapping if name.endswith(".csv") else None)

    return read


@pytest.fixture
def read(tmp_path: Path) -> ReadText:
    def read_text(text: str | bytes, *, name: str = "statement.txt", mapping: str | None = None) -> Statement:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        mapping_file = tmp_path / "mapping.toml"
        if mapping is not None:
            mapping_file.write_text(mapping, encoding="utf-8")
        return read_statement(file, mapping=None if mapping is None else mapping_file)

    return read_text

"""Reads one statement file: its format is told by its content, and all of it is read or none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.bank.camt import read_camt
from orchestrator.bank.csv_statement import read_csv
from orchestrator.bank.mt940_statement import read_mt940
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.bank.entries import Statement

MAX_BYTES = 50 * 2**20

_PACKED = {b"PK\x03\x04": "ZIP", b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7z"}
_MT940_FIELD = re.compile(rb"^:(?:20|25|28C?|60[FM]):", re.MULTILINE)
_UTF_16_XML = (b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00?\x00", b"\x00<\x00?")
_UTF_8_MARK = b"\xef\xbb\xbf"


def read_statement(path: Path, *, mapping: Path | None = None) -> Statement:
    """Read CAMT.053, MT940 or CSV; `mapping` names a TOML file that describes the columns of a CSV file."""
    content = _content(path)
    for magic, kind in _PACKED.items():
        if content.startswith(magic):
            raise BillingError(f"{path.name} is a {kind} archive. Unpack it first.")
    reader = _reader_for(content)
    if reader is None:
        return read_csv(content, path.name, mapping)
    if mapping is not None:
        raise BillingError(f"{path.name} is not a CSV file, so the mapping {mapping.name} does not apply to it.")
    return reader(content, path.name)


def _reader_for(content: bytes) -> Callable[[bytes, str], Statement] | None:
    start = content.removeprefix(_UTF_8_MARK).lstrip()
    if start.startswith((b"<", *_UTF_16_XML)):
        return read_camt
    if _MT940_FIELD.search(content.removeprefix(_UTF_8_MARK).replace(b"\r", b"\n")):
        return read_mt940
    return None


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BillingError(f"The statement {path} cannot be read: {error.strerror}.") from None
    if len(content) > MAX_BYTES:
        raise BillingError(f"{path.name} is larger than {MAX_BYTES // 2**20} MB, the limit for a bank statement.")
    if not content.strip():
        raise BillingError(f"{path.name} is empty.")
    return content

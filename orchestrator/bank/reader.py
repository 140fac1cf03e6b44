"""Reads one statement file: its format is told by its content, and all of it is read or none."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from orchestrator.bank.camt import read_camt
from orchestrator.bank.csv_statement import read_csv
from orchestrator.bank.mt940_statement import read_mt940
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from orchestrator.bank.entries import Statement

MAX_BYTES = 50 * 2**20
_HEAD = 2**16

_PACKED = {b"PK\x03\x04": "ZIP", b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7z"}
_MT940_FIELD = re.compile(rb"^:(?:20|25|28C?|60[FM]):", re.MULTILINE)
_UTF_16_XML = (b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00?\x00", b"\x00<\x00?")
_UTF_8_MARK = b"\xef\xbb\xbf"


def read_statement(path: Path, *, mapping: Path | None = None) -> Statement:
    """Read CAMT.053, MT940 or CSV; `mapping` names a TOML file that describes the columns of a CSV file."""
    try:
        with path.open("rb") as file:
            return _read(file, path.name, mapping)
    except OSError as error:
        raise BillingError(f"The statement {path} cannot be read: {error.strerror}.") from None


def _read(file: BinaryIO, name: str, mapping: Path | None) -> Statement:
    """XML is read in pieces, the other formats whole."""
    head = file.read(_HEAD)
    _check(file, head, name)
    start = head.removeprefix(_UTF_8_MARK).lstrip()
    if start.startswith((b"<", *_UTF_16_XML)):
        _refuse_mapping(mapping, name)
        return read_camt(file, name)
    content = head + file.read()
    if not content.strip():
        raise BillingError(f"{name} is empty.")
    if _MT940_FIELD.search(content.removeprefix(_UTF_8_MARK).replace(b"\r", b"\n")):
        _refuse_mapping(mapping, name)
        return read_mt940(content, name)
    return read_csv(content, name, mapping)


def _check(file: BinaryIO, head: bytes, name: str) -> None:
    if os.fstat(file.fileno()).st_size > MAX_BYTES:
        raise BillingError(f"{name} is larger than {MAX_BYTES // 2**20} MB, the limit for a bank statement.")
    if not head:
        raise BillingError(f"{name} is empty.")
    for magic, kind in _PACKED.items():
        if head.startswith(magic):
            raise BillingError(f"{name} is a {kind} archive. Unpack it first.")


def _refuse_mapping(mapping: Path | None, name: str) -> None:
    if mapping is not None:
        raise BillingError(f"{name} is not a CSV file, so the mapping {mapping.name} does not apply to it.")

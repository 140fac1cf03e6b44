"""Reads what people send: lines of text, gzip or not, from a file or a pipe, in constant memory. Nothing is judged."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from orchestrator.errors import BillingError
from orchestrator.files.gunzip import MAGIC, TRAILING, Gunzip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENDS = ("\n", "\r")
_BUFFER = 1 << 16
MAX_LINE = 1_000_000
"""Characters; a longer line is no row of ours, and reading it whole would need its size in memory."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
NOT_UTF_8 = "UTF-8 text"
_SURROGATE = re.compile("[\ud800-\udfff]")
_BYTES = range(0xDC80, 0xDD00)
"""Surrogates that stand for a byte which is no UTF-8 (`surrogateescape`); the others are halves of a character."""


class Unreadable(NamedTuple):
    """What stands where a row should be."""

    line: int
    text: str
    expected: str


class LineTooLongError(csv.Error):
    """A line is longer than any row of ours."""


class DamagedFileError(BillingError):
    """The compressed data of a file is not whole."""


class _CountedBytes(io.RawIOBase):
    """Counts the bytes of the file as it lies on disk, for progress bars, also where they are compressed."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override] # the stub wants a WriteableBuffer
        chunk = self._source.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.count += len(chunk)
        return len(chunk)


class SourceFile:
    """The lines of one open file; iterating gives physical lines with their ends."""

    def __init__(self, name: str, source: BinaryIO) -> None:
        self.name = shown(name)
        self._counted = _CountedBytes(source)
        self._gunzip: Gunzip | None = None
        raw: io.BufferedReader[Any] = io.BufferedReader(cast("io.RawIOBase", self._counted))
        if raw.peek(2)[:2] == MAGIC:
            self._gunzip = Gunzip(cast("BinaryIO", raw))
            raw = io.BufferedReader(self._gunzip, buffer_size=_BUFFER)
        self._text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.line_number = 0
        if raw.peek(2)[:2] in _UTF_16:
            raise BillingError(f"{self.name} is not UTF-8 text; it looks like UTF-16. Nothing was read.")

    @property
    def bytes_read(self) -> int:
        """Bytes of the file consumed so far."""
        return self._counted.count

    def __iter__(self) -> Iterator[str]:
        """Give the lines one by one."""
        return self

    def __next__(self) -> str:
        """Give the next line and remember it as taken."""
        line = self._again.popleft() if self._again else self._next_line()
        if not line:
            raise StopIteration
        self.line_number += 1
        self.taken.append(line)
        if len(line) > MAX_LINE:
            raise LineTooLongError(f"a line of at most {MAX_LINE:,} characters")
        return line

    def first_line(self) -> str:
        """Look ahead to the first line that is not blank, which tells what kind of file this is."""
        line = next((line for line in self._again if line.strip()), "")
        while not line.strip() and (line := self._next_line()):
            self._again.append(line)
        return line

    def give_back(self) -> str:
        """Return the first line taken and let the others be read again, each as the start of a row."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        self.line_number -= len(rest)
        return first

    def _next_line(self) -> str:
        """Read a line, of one that is too long only the beginning; a line that was cut off with its file is none."""
        line = self._text.readline(MAX_LINE + 1)
        part = line
        while len(part) > MAX_LINE and not part.endswith(_ENDS):
            part = self._text.readline(MAX_LINE + 1)
        damage = self._gunzip.damage if self._gunzip else None
        if damage and not (line and (damage == TRAILING or part.endswith(_ENDS))):
            raise DamagedFileError(f"{self.name}: {damage}.")
        return line


@contextmanager
def open_source(path: Path) -> Iterator[SourceFile]:
    """Open a file by its path, whatever its compression."""
    try:
        source = path.open("rb", buffering=0)
    except OSError as error:
        raise BillingError(f"{path} cannot be read: {error.strerror}.") from error
    with source:
        yield SourceFile(path.name, cast("BinaryIO", source))


def text_problem(text: str) -> str | None:
    """Say what keeps a text out of a database: bytes that are no UTF-8, half a character, or a zero byte."""
    if "\0" in text:
        return "text without zero bytes"
    return None if text.isascii() or not _SURROGATE.search(text) else NOT_UTF_8


def shown(line: str) -> str:
    """Make a raw line fit to be stored and printed."""
    return _SURROGATE.sub(_escaped, line.rstrip("\r\n")[:1000].replace("\0", "\\0"))


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code - 0xDC00:02x}" if code in _BYTES else f"\\u{code:04x}"

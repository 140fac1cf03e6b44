"""Reads what people send: lines and CSV rows, gzip or not, from a file or a pipe, in constant memory.

Nothing here judges a value. A row that cannot even be read becomes an `Unreadable` with its line, and reading goes on
behind it: a quote that was never closed must not swallow the thousand good rows after it.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from orchestrator.errors import BillingError, NeedsAttention

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAX_LINE = 1_000_000
"""Characters; a longer line is no row of ours, and reading it whole would need its size in memory."""
_GZIP = b"\x1f\x8b"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Row(NamedTuple):
    """The cells of one row, and the physical line it starts on."""

    line: int
    cells: list[str]


class Unreadable(NamedTuple):
    """What stands where a row should be."""

    line: int
    text: str
    expected: str


class LineTooLongError(csv.Error):
    """A line is longer than any row of ours."""


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
        self.name = name
        self._counted = _CountedBytes(source)
        raw: io.BufferedReader[Any] = io.BufferedReader(cast("io.RawIOBase", self._counted))
        if raw.peek(2)[:2] == _GZIP:
            raw = io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=raw)))
        self._text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.line_number = 0
        if self._peek(raw)[:2] in _UTF_16:
            raise BillingError(f"{name} is not UTF-8 text; it looks like UTF-16. Nothing was read.")

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

    def first_character(self) -> str:
        """Look ahead to the first character that is no space, which tells CSV from NDJSON."""
        while line := self._next_line():
            self._again.append(line)
            if line.strip():
                return line.lstrip()[0]
        return ""

    def give_back(self) -> str:
        """Return the first line taken and let the others be read again, each as the start of a row."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        self.line_number -= len(rest)
        return first

    def _peek(self, raw: io.BufferedReader[Any]) -> bytes:
        with self._damage_reported():
            return raw.peek(2)

    def _next_line(self) -> str:
        with self._damage_reported():
            line = self._text.readline(MAX_LINE + 1)
            part = line
            while len(part) > MAX_LINE and not part.endswith(("\n", "\r")):
                part = self._text.readline(MAX_LINE + 1)
            return line

    @contextmanager
    def _damage_reported(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise NeedsAttention(
                f"{self.name}:{self.line_number}: the compressed data is damaged or ends early. "
                "What came before was read; send the whole file again."
            ) from error


@contextmanager
def open_source(path: Path) -> Iterator[SourceFile]:
    """Open a file by its path, whatever its compression."""
    try:
        source = path.open("rb", buffering=0)
    except OSError as error:
        raise BillingError(f"{path} cannot be read: {error.strerror}.") from error
    with source:
        yield SourceFile(path.name, cast("BinaryIO", source))


def csv_rows(source: SourceFile) -> Iterator[Row | Unreadable]:
    """Give each row that is not blank; of a broken one only the first line is given up."""
    reader = csv.reader(source, strict=True)
    width = 0
    while True:
        source.taken.clear()
        try:
            cells = next(reader)
            text = "".join(cells)
            problem = (
                f"{width} fields, found {len(cells)}" if len(cells) != (width or len(cells)) else text_problem(text)
            )
        except StopIteration:
            return
        except csv.Error as error:
            text, problem = "broken", str(error) if isinstance(error, LineTooLongError) else f"a row of CSV: {error}"
        start = source.line_number - len(source.taken) + 1
        if not text or text.isspace():
            continue
        if problem:
            yield Unreadable(start, shown(source.give_back()), problem)
        else:
            width = width or len(cells)
            yield Row(start, cells)


def text_problem(text: str) -> str | None:
    """Say what keeps a text out of a database: bytes that are no UTF-8, or a zero byte."""
    if "\0" in text:
        return "text without zero bytes"
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return "UTF-8 text"
    return None


def shown(line: str) -> str:
    """Make a raw line fit to be stored and printed."""
    text = line.rstrip("\r\n")[:1000].replace("\0", "\\0")
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def header_positions(
    source: SourceFile, header: Row | Unreadable | None, *, required: Sequence[str], optional: Sequence[str]
) -> tuple[dict[str, int], list[str]]:
    """Find the columns in a header: their positions, and the names nobody asked for."""
    if header is None:
        raise BillingError(f"{source.name} is empty; expected a header with {', '.join(required)}.")
    if isinstance(header, Unreadable):
        raise BillingError(f"{source.name}:{header.line}: the header cannot be read; expected {header.expected}.")
    names = [name.strip() for name in header.cells]
    missing = [name for name in required if name not in names]
    if missing:
        raise BillingError(f"{source.name}:{header.line}: the header lacks {', '.join(missing)}.")
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise BillingError(f"{source.name}:{header.line}: the header names {', '.join(doubled)} twice.")
    known = {*required, *optional}
    positions = {name: index for index, name in enumerate(names) if name in known}
    return positions, [name for name in names if name and name not in known]

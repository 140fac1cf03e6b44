"""Unpacks gzip as far as it goes and then says what is wrong, instead of losing what came before."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 16
_GZIP_ONLY = 31
"""zlib's word for: a gzip header and checksum, the largest window."""

CUT = "the compressed data ends early"
DAMAGED = "the compressed data is damaged"
TRAILING = "after the compressed data come bytes that are no gzip, which were not read"


class Gunzip(io.RawIOBase):
    """The content of a gzip file, of several members too; `damage` is set once no more can be read than was given."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._packed = b""
        self._member = zlib.decompressobj(_GZIP_ONLY)
        self._is_between = False
        self.damage: str | None = None

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override] # the stub wants a WriteableBuffer
        """Fill the buffer, or a part of it; nothing at the end, and after damage."""
        content = b""
        while not content and self._has_more():
            content = self._unpacked(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def _has_more(self) -> bool:
        """Fetch bytes of the present member, or find the next one."""
        if self.damage is None and self._is_between:
            return self._finds_member()
        self._packed = self._packed or self._source.read(_CHUNK)
        if not self._packed:
            self.damage = self.damage or CUT
        return self.damage is None

    def _finds_member(self) -> bool:
        """Pass over zeros, with which a file may be padded."""
        rest = self._packed.lstrip(b"\0")
        while len(rest) < len(MAGIC) and (follows := self._source.read(_CHUNK)):
            rest = (rest + follows).lstrip(b"\0")
        if rest and not rest.startswith(MAGIC):
            self.damage = TRAILING
        self._packed = rest
        if not rest or self.damage:
            return False
        self._member, self._is_between = zlib.decompressobj(_GZIP_ONLY), False
        return True

    def _unpacked(self, size: int) -> bytes:
        before = self._member.copy()
        try:
            content = self._member.decompress(self._packed, size)
        except zlib.error:
            self.damage = DAMAGED
            return _good_part(before, self._packed)
        self._is_between = self._member.eof
        self._packed = self._member.unused_data if self._is_between else self._member.unconsumed_tail
        return content


def _good_part(member: zlib._Decompress, packed: bytes) -> bytes:
    """Go up to the fault byte by byte: a call that fails gives nothing of what it had unpacked already."""
    content = b""
    try:
        for position in range(len(packed)):
            content += member.decompress(packed[position : position + 1])
    except zlib.error:
        pass
    return content

"""Headers of an e-mail, folded here because the library's own folding cannot be trusted with names.

Python 3.11 drops the quotes of a long name when it folds it, so that a comma in a customer's name makes a second
recipient. Names and subjects are written here: quoted when short and ASCII, else as encoded words (RFC 2047), in which
no character means anything.
"""

from __future__ import annotations

import base64
import re
from email.headerregistry import Address
from email.policy import SMTP, EmailPolicy
from textwrap import wrap
from typing import Any

from orchestrator.wording.words import plain_text

MAX_NAME = 200
_MAX_QUOTED = 60
_LINE = 76
_ENCODED_BYTES = 45
"""As base64 with `=?utf-8?b?` and `?=` around it, 72 characters: an encoded word may have 75."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,254}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")


class MailPolicy(EmailPolicy):
    """SMTP's line ends and limits, with our own folding of names and subjects."""

    def fold(self, name: str, value: Any) -> str:  # noqa: ANN401 - header or source text, as the library has it
        """Write one header."""
        addresses = getattr(value, "addresses", None)
        if addresses and len(addresses) == 1:
            return f"{name}: {_folded_address(addresses[0])}{self.linesep}"
        if name.lower() == "subject":
            text = str(value)
            return (
                f"{_folded(f'{name}: {text}') if text.isascii() else f'{name}: {_encoded_words(text)}'}{self.linesep}"
            )
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:  # noqa: ANN401 - as above
        """Write one header; all of ours are ASCII."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


MAIL_POLICY = MailPolicy(linesep=SMTP.linesep)


def mail_address(party: object) -> Address:
    """Take any name, since what steers a header is dropped from it, but only an address that is exactly one."""
    if not isinstance(party, dict):
        raise TypeError("its sender and recipient must have a name and an address")
    address = party["address"]
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise ValueError(f"{str(address)[:80]!r} is not one e-mail address")
    return Address(display_name=header_text(str(party["name"] or ""))[:MAX_NAME].strip(), addr_spec=address)


def header_text(value: str) -> str:
    """One line of text that no reader decodes once more."""
    return " ".join(plain_text(value).split()).replace("=?", "= ?")


def _folded_address(address: Address) -> str:
    name = header_text(address.display_name)
    if not name:
        return address.addr_spec
    if name.isascii() and len(name) <= _MAX_QUOTED:
        escaped = re.sub(r'(["\\])', r"\\\1", name)
        separator = " " if len(escaped) + len(address.addr_spec) <= _MAX_QUOTED else "\r\n "
        return f'"{escaped}"{separator}<{address.addr_spec}>'
    return f"{_encoded_words(name)}\r\n <{address.addr_spec}>"


def _folded(line: str) -> str:
    """Break between words, never right after the name: some readers show that break as a leading space."""
    return "\r\n ".join(wrap(line, _LINE, break_long_words=False, break_on_hyphens=False))


def _encoded_words(text: str) -> str:
    """Cut between characters, never within one."""
    words: list[bytes] = [b""]
    for character in text:
        encoded = character.encode()
        if len(words[-1]) + len(encoded) > _ENCODED_BYTES:
            words.append(b"")
        words[-1] += encoded
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)

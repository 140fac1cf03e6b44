from __future__ import annotations

from itertools import product

import pytest

from orchestrator.web.forms import local_path

PIECES = (
    "/",
    "\\",
    "\t",
    "\n",
    "\r",
    " ",
    ":",
    "@",
    ".",
    "?",
    "#",
    "%2f",
    "%5c",
    "evil.example",
    "https",
    "\u2044",
    "\x00",
)


def is_another_site(address: str) -> bool:
    """What a browser makes of it (URL Standard): blanks around and tabs within do not count, a backslash is a slash."""
    text = address.strip("".join(map(chr, range(33))))
    for ignored in "\t\n\r":
        text = text.replace(ignored, "")
    return not text.startswith("/") or text.replace("\\", "/").startswith("//")


@pytest.mark.parametrize("first", PIECES)
def test_no_address_leads_to_another_site(first: str) -> None:
    for rest in product(("", *PIECES), repeat=3):
        assert not is_another_site(local_path("".join((first, *rest))))


@pytest.mark.parametrize(
    "address",
    ["///evil.example/x", "////evil.example", "//", "/\\evil.example", "/\t/evil.example", "javascript:x", ""],
)
def test_what_is_no_page_of_ours_becomes_the_front_page(address: str) -> None:
    assert local_path(address) == "/"


@pytest.mark.parametrize(
    "address", ["/", "/?trend=week", "/invoices/INV-2026-02-0001.pdf", "/a?next=//b", "/a//b", "/%2F"]
)
def test_a_page_of_ours_is_kept(address: str) -> None:
    assert local_path(address) == address

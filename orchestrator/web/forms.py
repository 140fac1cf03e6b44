"""Forms that people send, and the addresses they may be sent on to."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from orchestrator.web.problems import Problem, bad_request

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_FORM = 10_000
BODY_SECONDS = 10
_MEDIA_TYPE = "application/x-www-form-urlencoded"
_LOCAL = re.compile(r"/(?!/)[ -\[\]-~]*")
"""One slash, then printable ASCII without a backslash: browsers take two of either, whatever follows, for a host."""


async def read_body(request: Request) -> bytes:
    """Read a whole body; who sends it drop by drop is sent away."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.body()
    except TimeoutError:
        raise Problem(408, "The request took too long to arrive.", {"Connection": "close"}) from None


async def read_form(request: Request) -> dict[str, str]:
    """Read a form."""
    if request.headers.get("content-type", _MEDIA_TYPE).partition(";")[0].strip() != _MEDIA_TYPE:
        raise bad_request("Expected a form.")
    body = await read_body(request)
    try:
        if len(body) > MAX_FORM:
            raise bad_request("The form is too long.")
        fields = parse_qs(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise bad_request("The form is not UTF-8, or has too many fields.") from None
    return {name: values[-1] for name, values in fields.items()}


def local_path(address: str | None) -> str:
    """Return an address only if it leads to a page of this server; otherwise the front page."""
    return address if address and _LOCAL.fullmatch(address) else "/"

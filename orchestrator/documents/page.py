"""An invoice or credit note as HTML: what the database computed, poured into templates that only format."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import segno

from orchestrator.wording.templating import template_environment

if TYPE_CHECKING:
    from jinja2 import Environment

ASSET_SCHEME = "asset:"
LOGO_MEDIA_TYPES = frozenset({"image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"})

# Pixels per QR module: enough that a viewer which smooths images leaves the edges sharp.
QR_SCALE = 4

UNMARKED = {"mark": None, "replaces": None}
"""What a document says that leaves it out: it is neither a draft nor void, and takes no other's place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A picture or font that a document may name; nothing else can be loaded."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the layout engine gets: the HTML and the pictures it refers to."""

    html: str
    assets: Mapping[str, Asset]


def build_page(document: Mapping[str, object]) -> Page:
    """Fill the template; a key that it needs and the document lacks is an error."""
    assets = dict(_assets(document))
    template = _environment().get_template("document.html")
    return Page(html=template.render(UNMARKED | dict(document)), assets=assets)


@cache
def _environment() -> Environment:
    return template_environment()


def _assets(document: Mapping[str, object]) -> list[tuple[str, Asset]]:
    assets = []
    seller = document["seller"]
    if isinstance(seller, Mapping) and seller["logo"]:
        assets.append((f"{ASSET_SCHEME}logo", _logo(seller["logo"])))
    for key, name in (("payment_url", "pay"), ("epc_payload", "transfer")):
        if payload := document[key]:
            assets.append((f"{ASSET_SCHEME}{name}", _qr_code(str(payload))))
    return assets


def _logo(logo: Mapping[str, str]) -> Asset:
    media_type = logo["media_type"]
    if media_type not in LOGO_MEDIA_TYPES:
        raise ValueError(f"the seller's logo is {media_type}; expected one of {', '.join(sorted(LOGO_MEDIA_TYPES))}")
    try:
        content = base64.b64decode(logo["base64"])
    except binascii.Error:
        raise ValueError("the seller's logo is not valid base64") from None
    return Asset(media_type=media_type, content=content)


def _qr_code(payload: str) -> Asset:
    """Level M, bytes in UTF-8 without an ECI header: what EPC069-12 asks for and every camera reads."""
    code = segno.make(payload, error="m", boost_error=False, micro=False, encoding="utf-8")
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=QR_SCALE, border=0)
    return Asset(media_type="image/png", content=picture.getvalue())

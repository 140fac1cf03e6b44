"""The layout engine: HTML to tagged PDF/UA-1, with fonts and style sheet parsed once per process.

Importing this module loads WeasyPrint and with it the system's Pango;
`orchestrator.documents.renderer` explains what is missing.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from orchestrator.documents.page import ASSET_SCHEME, Asset, build_page
from orchestrator.resources import folder

if TYPE_CHECKING:
    from collections.abc import Mapping

FONT_MEDIA_TYPES = {".otf": "font/otf", ".ttf": "font/ttf"}


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Serves what is in memory and refuses the rest: no file, no network, no data URL, no attachment."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        super().__init__(allowed_protocols=())
        self._assets = assets

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002
        """Look the address up; WeasyPrint turns a refusal into the picture's alternative text."""
        asset = self._assets.get(url)
        if asset is None:
            raise ValueError(f"a document may not load {url[:200]}")
        return URLFetcherResponse(url, asset.content, {"Content-Type": asset.media_type})


class PdfEngine:
    """Holds what documents share. One per process: Pango's font map is not meant for several threads."""

    def __init__(self) -> None:
        self._fonts = FontConfiguration()
        self._style = CSS(
            string=(folder("templates") / "print.css").read_text(encoding="utf-8"),
            url_fetcher=AssetFetcher(_font_assets()),
            font_config=self._fonts,
        )

    def render(self, document: Mapping[str, object]) -> bytes:
        """Same document, same bytes: dates and identifier come from the document, never from the clock."""
        page = build_page(document)
        html = HTML(string=page.html, base_url=ASSET_SCHEME, url_fetcher=AssetFetcher(page.assets))
        identifier = hashlib.sha256(page.html.encode()).hexdigest()[:32]
        pdf: bytes = html.write_pdf(
            font_config=self._fonts,
            stylesheets=[self._style],
            pdf_variant="pdf/ua-1",
            pdf_identifier=identifier.encode(),
        )
        return pdf


def _font_assets() -> dict[str, Asset]:
    return {
        f"{ASSET_SCHEME}fonts/{file.name}": Asset(media_type=FONT_MEDIA_TYPES[file.suffix], content=file.read_bytes())
        for file in sorted((folder("templates") / "fonts").iterdir())
        if file.suffix in FONT_MEDIA_TYPES
    }

"""Pages out of templates, and the files beside them: style, script, fonts. All of it from this server, none by hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from orchestrator.resources import folder
from orchestrator.web.figures import WEB_FILTERS
from orchestrator.web.problems import not_found
from orchestrator.wording.templating import template_environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment
    from starlette.requests import Request

_FILES = {
    "web/style.css": "text/css; charset=utf-8",
    "web/dashboard.css": "text/css; charset=utf-8",
    "web/payment.css": "text/css; charset=utf-8",
    "web/dashboard.js": "text/javascript; charset=utf-8",
    "web/icon.svg": "image/svg+xml",
    "fonts/InvoiceSans-Regular.otf": "font/otf",
    "fonts/InvoiceSans-SemiBold.otf": "font/otf",
}
"""The only files served, by their path under templates/; the last part is their address."""
_FOREVER = "public, max-age=31536000, immutable"
_VERSION_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file as it is served; its address changes with its content, so it can be kept for ever."""

    content: bytes
    media_type: str
    version: str


def page(
    name: str, values: Mapping[str, object], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Fill a template; pages are never kept by anybody."""
    html = _environment().get_template(f"web/{name}").render(values)
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store", **(headers or {})})


def asset_routes() -> list[Route]:
    """Return where the files are."""
    return [Route("/assets/{version}/{name}", _serve)]


def asset_address(name: str) -> str:
    """Return the address of a file."""
    return f"/assets/{_assets()[name].version}/{name}"


async def _serve(request: Request) -> Response:
    asset = _assets().get(request.path_params["name"])
    if asset is None or asset.version != request.path_params["version"]:
        raise not_found("There is no such file.")
    return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": _FOREVER})


@cache
def _assets() -> dict[str, Asset]:
    """Read the files once; style sheets name the fonts by their addresses."""
    assets: dict[str, Asset] = {}
    for path, media_type in reversed(_FILES.items()):
        content = (folder("templates") / path).read_bytes()
        name = path.rpartition("/")[2]
        if name.endswith(".css"):
            for other, asset in assets.items():
                content = content.replace(f"asset:{other}".encode(), f"/assets/{asset.version}/{other}".encode())
        version = hashlib.sha256(content).hexdigest()[:_VERSION_LENGTH]
        assets[name] = Asset(content=content, media_type=media_type, version=version)
    return assets


@cache
def _environment() -> Environment:
    environment = template_environment(WEB_FILTERS)
    environment.globals |= {"asset": asset_address}
    return environment

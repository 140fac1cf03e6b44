"""How templates are filled everywhere: a value that is missing is an error, and every text is printable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from orchestrator.resources import folder
from orchestrator.wording.words import FILTERS, TESTS, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def template_environment(filters: Mapping[str, Callable[..., object]] | None = None) -> Environment:
    """Return what fills the files of templates/, with the filters that all share and those of the caller."""
    environment = Environment(
        loader=FileSystemLoader(folder("templates")),
        autoescape=select_autoescape(disabled_extensions=["txt"], default=True),
        undefined=StrictUndefined,
        finalize=printable,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {**FILTERS, **(filters or {})}
    environment.tests |= TESTS
    return environment

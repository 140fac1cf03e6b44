"""What the files of sql/ declare: functions and views by name, each with its place and its own text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from orchestrator import resources

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = {"contract"}
"""Rooms whose files are sources: what becomes of one file that is loaded, in the order in which it happens."""
BEGINNING = re.compile(r"(?:^--.*\n)*^create or replace (?:function|view) billing\.(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A function or view, its comments before and after it, and the triggers that call it."""

    name: str
    path: Path
    text: str

    @property
    def room(self) -> str:
        return self.path.parent.name

    @property
    def header(self) -> str:
        return self.text.partition("create or replace")[0]


@cache
def declarations() -> tuple[Declaration, ...]:
    """All of them; a name may be there twice, which a test forbids."""
    found = []
    for path in sorted(resources.folder("sql").glob("*/*.sql")):
        text = path.read_text(encoding="utf-8")
        beginnings = list(BEGINNING.finditer(text))
        ends = [later.start() for later in beginnings[1:]] + [len(text)]
        found += [
            Declaration(name=one[1], path=path, text=text[one.start() : end])
            for one, end in zip(beginnings, ends, strict=True)
        ]
    return tuple(found)


def by_name() -> dict[str, Declaration]:
    return {one.name: one for one in declarations()}

"""The documentation as tests read it: tables marked as worked, and SQL sessions with their output."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from tests.conventions.repository import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_SESSION = re.compile(r"^```sql\n(?P<queries>.*?)^```\n\n```text\n(?P<output>.*?)^```$", re.MULTILINE | re.DOTALL)


def text(name: str) -> str:
    """Text of a file of the project, such as docs/glossary.md."""
    return (ROOT / name).read_text(encoding="utf-8")


def worked(document: str, name: str) -> list[dict[str, str]]:
    """Rows of the table that follows the mark of this name, by their column."""
    marked = re.search(rf"^<!-- worked: {name} -->\n(?P<table>(?:\|.*\n)+)", document, re.MULTILINE)
    assert marked, f"no table is marked {name}"
    return table(marked["table"])


def table(markdown: str) -> list[dict[str, str]]:
    """Rows of a Markdown table, code ticks taken off."""
    header, _, *rows = ([cell.strip().strip("`") for cell in row.split("|")[1:-1]] for row in markdown.splitlines())
    return [dict(zip(header, row, strict=True)) for row in rows]


def table_of(document: str, first_column: str) -> list[dict[str, str]]:
    """Rows of the table whose first column has this name."""
    found = re.search(rf"^\| {first_column} \|.*\n(?:\|.*\n)+", document, re.MULTILINE)
    assert found, f"there is no table of {first_column}"
    return table(found[0])


def section(document: str, heading: str) -> str:
    """What stands under a heading, until the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(?P<text>.*?)(?=^#+ |\Z)", document, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {heading}"
    return found["text"]


def blocks(document: str, language: str) -> list[str]:
    """Fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)


def names(cell: str) -> list[str]:
    """Names between ticks in the cell of a table, whose outermost ticks are off already."""
    return [name.strip("` ") for name in cell.split("`, `")]


def marks(document: str) -> list[str]:
    """Names of the tables that are marked as worked."""
    return re.findall(r"^<!-- worked: ([\w-]+) -->$", document, re.MULTILINE)


def sessions(document: str) -> list[tuple[str, str]]:
    """SQL blocks that are followed by their output."""
    return [(session["queries"], session["output"]) for session in _SESSION.finditer(document)]


def psql(programs: Path, url: str, *, queries: str) -> str:
    """What psql prints, without the spaces at the end of lines that no file here has."""
    command = [str(programs / "psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-P", "pager=off", url]
    done = subprocess.run(command, input=queries, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines()) + "\n"

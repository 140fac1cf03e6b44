"""The commands of the documentation exist, its links lead somewhere, and the session of the README is what happens."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest
import typer
from typer.main import get_command

from orchestrator.cli.app import app
from tests.conventions import documents
from tests.conventions.repository import ROOT, files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Clone

DOCUMENTS = ["README.md", *sorted(name for name in files() if re.fullmatch(r"docs/[\w-]+\.md", name))]
README = documents.text("README.md")
MAX_README_LINES = 140
BLOCK = re.compile(r"^```(?P<language>sh|console)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(billing [a-z][^`]*)`")
LINK = re.compile(r"(?:\]\(|src=\")(?!https?:)([\w./-]+)(?:#([\w-]+))?")


def commands() -> list[tuple[str, str]]:
    """Every command line of the documentation that begins with billing, with the file it is in."""
    found = []
    for name in DOCUMENTS:
        text = documents.text(name)
        for block in BLOCK.finditer(text):
            lines = block["text"].splitlines()
            typed = [line.removeprefix("$ ") for line in lines if block["language"] == "sh" or line.startswith("$ ")]
            found += [(name, line) for line in typed if line.startswith("billing ")]
        found += [(name, line) for line in INLINE.findall(text)]
    return sorted(set(found))


@pytest.mark.parametrize(("name", "line"), commands())
def test_a_command_exists_with_its_options(name: str, line: str) -> None:
    words = shlex.split(re.split(r" \| | 2>", line, maxsplit=1)[0])[1:]
    command: object = get_command(app)
    while isinstance(command, typer.core.TyperGroup) and words and not words[0].startswith("-"):
        known = command.commands
        assert words[0] in known, f"{name}: billing has no command {words[0]}"
        command = known[words.pop(0)]
    assert isinstance(command, typer.core.TyperCommand | typer.core.TyperGroup)
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert [word for word in words if word.startswith("--") and word not in options] == []


@pytest.mark.parametrize("target", re.findall(r"^make ([a-z-]+)$", README, re.MULTILINE))
def test_a_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", documents.text("Makefile"), re.MULTILINE)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    for path, anchor in LINK.findall(documents.text(name)):
        target = (ROOT / name).parent / path
        assert target.is_file(), f"{name} links to {path}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_room_is_on_the_map() -> None:
    rooms = {name.split("/")[0] for name in files() if "/" in name} - {"docs", "scripts", ".ci", ".github"}
    assert set(re.findall(r"^\| `(\w+)/` \|", README, re.MULTILINE)) == rooms


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= MAX_README_LINES


def test_the_session_of_the_readme_is_what_happens(clone: Clone, tmp_path: Path) -> None:
    (session,) = documents.blocks(README, "console")
    (preparation,) = (block for block in documents.blocks(README, "sh") if "export" in block)
    environment = {
        **os.environ,
        "PATH": os.defpath,
        "TMPDIR": str(tmp_path),
        "DATABASE_URL": clone.url("postgres"),
        "COLUMNS": "200",
        "PSQLRC": os.devnull,
    }
    for step in session.split("\n\n$ "):
        command, printed = _command_and_output(step.removeprefix("$ "))
        done = subprocess.run(
            ["bash", "-c", preparation + command],
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        assert [line.rstrip() for line in done.stdout.strip("\n").splitlines()] == printed.strip("\n").splitlines(), (
            command
        )


def _command_and_output(step: str) -> tuple[str, str]:
    """Return the command, which goes on as long as a quotation is open, and what follows it."""
    lines = step.splitlines(keepends=True)
    end = next(number for number in range(1, len(lines) + 1) if _is_closed("".join(lines[:number])))
    return "".join(lines[:end]), "".join(lines[end:])


def _is_closed(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:
        return False
    return True

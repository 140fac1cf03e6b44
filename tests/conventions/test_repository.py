from __future__ import annotations

import re
from pathlib import Path

from tests.conventions.repository import ROOT, texts

PLACES_OF_ONE_MACHINE = re.compile(r"(?<![\w.$}])/(?:work|root|home|Users|farm)/\w")
REGISTRY_HOSTS = re.compile(
    r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|debian\.org|devpi|artifactory)[\w.-]*", re.IGNORECASE
)
SENTENCE_OF_A_COMMENT = re.compile(r"^(is |comment on .* is |\s*--.*https?:).*")
MAX_SQL_COLUMNS = 120
NOT_FOR_USERS = "../" + "shared"


def test_no_file_names_a_place_of_one_machine_or_a_registry() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in texts()
        for pattern in (PLACES_OF_ONE_MACHINE, REGISTRY_HOSTS)
        for match in pattern.finditer(text)
        if name != Path(__file__).relative_to(ROOT).as_posix()
    ]
    assert found == []


def test_the_project_leans_on_no_neighbouring_folder() -> None:
    assert [name for name, text in texts() if NOT_FOR_USERS in text] == []


def test_text_files_end_with_a_line_and_have_no_trailing_space() -> None:
    ours = (".py", ".sql", ".yml", ".toml", ".md", ".html", ".css")
    bad = [
        name
        for name, text in texts()
        if name.endswith(ours) and text and (not text.endswith("\n") or re.search(r"[ \t]+$", text, re.MULTILINE))
    ]
    assert bad == []


def test_lines_of_sql_are_short_but_for_the_sentence_of_a_comment() -> None:
    long = [
        f"{name}:{number}"
        for name, text in texts()
        if name.endswith(".sql") and name.startswith(("sql/", "migrations/", "dbt_billing/"))
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > MAX_SQL_COLUMNS and not SENTENCE_OF_A_COMMENT.match(line)
    ]
    assert long == []


def test_the_locks_carry_hashes_and_no_addresses_and_agree() -> None:
    pins: list[set[str]] = []
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        requirements = text.replace("\\\n", " ").splitlines()
        assert all("==" in requirement and "--hash=sha256:" in requirement for requirement in requirements)
        pins.append({requirement.split("--hash")[0].strip() for requirement in requirements})
    run, development = pins
    assert run <= development

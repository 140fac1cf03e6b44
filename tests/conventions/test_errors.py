from __future__ import annotations

import re

from orchestrator import resources
from orchestrator.errors import ERRORS_BY_SQLSTATE
from tests.conventions.declared import declarations

RAISED = re.compile(r"sqlstate '(UB\d{3})'")
DOCUMENT = resources.folder("sql").parent / "docs" / "errors.md"


def raised() -> list[str]:
    files = resources.folder("sql").rglob("*.sql")
    return sorted(code for path in files for code in RAISED.findall(path.read_text(encoding="utf-8")))


def test_each_code_is_raised_in_one_place() -> None:
    assert raised() == sorted(set(raised()))


def test_sql_python_and_documentation_name_the_same_codes() -> None:
    documented = re.findall(r"^\| `(UB\d{3})` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert raised() == sorted(ERRORS_BY_SQLSTATE) == documented


def test_others_is_never_caught_and_forgotten_without_a_reason() -> None:
    forgotten = re.compile(r"when others then(?!.*\braise\b)", re.DOTALL)
    caught = [one for one in declarations() if forgotten.search(one.text.removeprefix(one.header))]
    assert [one.name for one in caught if "when others" not in one.header] == []

from __future__ import annotations

import re

from orchestrator import resources
from orchestrator.errors import ERRORS_BY_SQLSTATE

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
    guilty = []
    for path in resources.folder("sql").rglob("*.sql"):
        header, _, code = path.read_text(encoding="utf-8").partition("create or replace")
        if re.search(r"when others then(?!.*\braise\b)", code, re.DOTALL) and "when others" not in header:
            guilty.append(path.name)
    assert guilty == []

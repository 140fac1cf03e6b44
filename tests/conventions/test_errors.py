"""The register of error codes: what sql/ raises, what the orchestrator knows and what the docs explain are the same."""

from __future__ import annotations

import re

from orchestrator import resources
from orchestrator.errors import ERRORS_BY_SQLSTATE, BillingError
from tests.conventions.repository import ROOT

RAISED = re.compile(r"(?:raise sqlstate|errcode\s*=)\s*'(UB\d{3})'")


def raised_codes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in resources.folder("sql").rglob("*.sql"):
        for code in RAISED.findall(path.read_text(encoding="utf-8")):
            found.setdefault(code, []).append(path.name)
    return found


def test_every_code_raised_in_sql_has_its_error_class() -> None:
    assert set(raised_codes()) == set(ERRORS_BY_SQLSTATE)


def test_every_code_is_raised_in_one_place() -> None:
    assert {code: files for code, files in raised_codes().items() if len(files) > 1} == {}


def test_the_docs_explain_every_code() -> None:
    documented = set(re.findall(r"UB\d{3}", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")))
    assert documented == set(ERRORS_BY_SQLSTATE)


def test_no_class_is_left_out_of_the_register() -> None:
    def with_descendants(error: type[BillingError]) -> set[type[BillingError]]:
        return {error}.union(*(with_descendants(child) for child in error.__subclasses__()))

    assert {error for error in with_descendants(BillingError) if error.sqlstate} == set(ERRORS_BY_SQLSTATE.values())

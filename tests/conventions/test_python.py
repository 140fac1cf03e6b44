from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.conventions.repository import ROOT, files

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_MODULE_LINES = 250
MAX_FUNCTION_LINES = 50
MAY_TOUCH_THE_ENVIRONMENT = {"orchestrator/config.py", "orchestrator/deployment/dbt_views.py"}
MODULES = [name for name in files() if name.startswith(("orchestrator/", "stripe_sandbox/")) and name.endswith(".py")]


def functions(module: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("module", MODULES)
def test_a_module_and_its_functions_are_read_in_one_sitting(module: str) -> None:
    lines = len((ROOT / module).read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_MODULE_LINES
    long = [node.name for node in functions(module) if (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES]
    assert long == []


@pytest.mark.parametrize("module", MODULES)
def test_no_float_touches_money(module: str) -> None:
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    called = [
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "float"
    ]
    assert called == []


@pytest.mark.parametrize("module", sorted(set(MODULES) - MAY_TOUCH_THE_ENVIRONMENT))
def test_only_the_settings_read_the_environment(module: str) -> None:
    assert not re.search(r"\bos\.(environ|getenv)\b", (ROOT / module).read_text(encoding="utf-8"))

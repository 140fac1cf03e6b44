"""Rooms of the program and of sql/, as docs/architecture.md draws them: what leans on what, and nothing in a circle."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from orchestrator import resources
from tests.conventions import declared, documents
from tests.conventions.documents import table_of
from tests.conventions.repository import ROOT, files

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("orchestrator", "stripe_sandbox")
SPEAKS_SQL = {
    "deployment": "makes what the others call: schemas, roles, code, and compares them with the catalog",
    "engine": "is the seam: a method a SQL function",
    "reports": "copies rows of views whose columns only the catalog knows",
    "session_settings": "sets what every session relies on",
}
"""And why; whoever else needs the database calls a method of the engine."""
ROOMS_OF_SQL = {path.name for path in resources.folder("sql").iterdir() if path.is_dir()}
ARCHITECTURE = documents.text("docs/architecture.md")
NOT_CODE = re.compile(r"--.*|'(?:[^']|'')*'|^comment on (?s:.*?);$", re.MULTILINE)


def room_of(module: str) -> str:
    package, *rest = module.split(".")
    return rest[0] if package == "orchestrator" and rest else package


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for name in files():
        if name.endswith(".py") and name.split("/")[0] in PACKAGES:
            room = room_of(name.removesuffix(".py").replace("/", "."))
            yield room, ast.parse((ROOT / name).read_text(encoding="utf-8"))


def arrows() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for room, tree in modules():
        found.setdefault(room, set()).update({room_of(name) for name in imported(tree)} - {room})
    return found


def speaks_sql(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    is_copy = node.func.attr == "copy" and "cursor" in ast.unparse(node.func.value)
    return is_copy or node.func.attr in {"execute", "executemany", "stream"}


def calls() -> Iterator[tuple[str, str, str]]:
    """The room that calls, the room that is called, and what of it."""
    objects = declared.by_name()
    for one in objects.values():
        code = NOT_CODE.sub("", one.text)
        for name in set(re.findall(r"\bbilling\.(\w+)", code)) & objects.keys():
            yield one.room, objects[name].room, name


def arrows_of_sql() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for caller, called, _ in calls():
        found.setdefault(caller, set()).update({called} - {caller})
    return {room: found.get(room, set()) for room in ROOMS_OF_SQL}


def drawn(first_column: str) -> dict[str, set[str]]:
    return {
        row[first_column].strip("`"): {name.strip("` ") for name in row["leans on"].split(",")} - {""}
        for row in table_of(ARCHITECTURE, first_column)
    }


def test_the_drawing_is_what_imports_and_calls_say() -> None:
    assert drawn("room") == {room: leans_on for room, leans_on in arrows().items() if room != "__init__"}
    assert drawn("room of sql/") == arrows_of_sql()


def test_no_room_leans_on_itself_by_way_of_others() -> None:
    assert list(TopologicalSorter(arrows()).static_order())
    assert list(TopologicalSorter(arrows_of_sql()).static_order())


def test_what_begins_with_an_underscore_is_called_from_its_own_room_only() -> None:
    assert [call for call in calls() if call[2].startswith("_") and call[0] != call[1]] == []


def test_the_sandbox_knows_nothing_of_the_product() -> None:
    assert arrows()["stripe_sandbox"] == set()


def test_sql_is_spoken_in_few_rooms() -> None:
    assert {room for room, tree in modules() if any(map(speaks_sql, ast.walk(tree)))} == SPEAKS_SQL.keys()


def test_what_a_provider_tells_is_read_in_columns_and_never_from_a_payload_or_a_spelling() -> None:
    """In the room of its events there is no JSON of others, no prose and no grammar of names."""
    told = re.compile(r"payload\s*[-#]>|outcome (?:~|like)|starts_with|regexp_|substring\(|split_part| like ")
    gateway = [one for one in declared.by_name().values() if one.room == "gateway"]
    assert len(gateway) > 30
    assert {one.text: told.findall(one.text) for one in gateway if told.search(one.text)} == {}

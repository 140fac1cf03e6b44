"""The semantic layer asks reports for columns that they have. dbt itself checks the rest whenever it parses."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from orchestrator.resources import folder

MODELS = folder("dbt_billing") / "models"
SEMANTIC_MODELS = {
    each["name"]: each
    for path in sorted((MODELS / "semantic").glob("semantic_*.yml"))
    for each in yaml.safe_load(path.read_text(encoding="utf-8"))["semantic_models"]
}


@pytest.mark.parametrize("name", SEMANTIC_MODELS)
def test_a_semantic_model_is_of_columns_of_its_report(name: str) -> None:
    asked = SEMANTIC_MODELS[name]
    elements = [each for kind in ("entities", "dimensions", "measures") for each in asked.get(kind, [])]
    assert {each.get("expr", each["name"]) for each in elements} <= set(columns(asked))


@pytest.mark.parametrize("name", [name for name, each in SEMANTIC_MODELS.items() if each["measures"]])
def test_amounts_can_be_told_apart_by_what_never_adds_up(name: str) -> None:
    asked = SEMANTIC_MODELS[name]
    dimensions = {each["name"] for each in asked["dimensions"]}
    sums = [each for each in asked["measures"] if each["agg"] == "sum"]
    assert not sums or dimensions & {"currency", "metric"}


def columns(semantic_model: dict[str, Any]) -> list[str]:
    model = re.fullmatch(r"ref\('(\w+)'\)", semantic_model["model"])
    assert model
    (described,) = yaml.safe_load((MODELS / "reporting" / f"{model[1]}.yml").read_text(encoding="utf-8"))["models"]
    return [each["name"] for each in described["columns"]]

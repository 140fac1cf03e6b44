"""Each report and each step says by which columns a row is the only one, and a test of dbt holds it to that."""

from __future__ import annotations

import pytest
import yaml

from orchestrator.resources import folder

WITHOUT_A_KEY = {
    "int_credit_notes_taxed",  # a line of a credit note without its position
    "int_months_normalized",  # one of several reasons
    "int_services_held_back",  # phases of one service period
    "int_usage_days_held_back",  # of both sources
    "int_usage_days_uncovered",  # of both sources
}
"""Steps whose rows are only added up."""
MODELS = {
    path.stem: path
    for layer in ("intermediate", "reporting")
    for path in sorted((folder("dbt_billing") / "models" / layer).glob("*.yml"))
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_has_a_test_of_its_grain(name: str) -> None:
    (model,) = yaml.safe_load(MODELS[name].read_text(encoding="utf-8"))["models"]
    tests = [*model.get("data_tests", []), *(test for each in model["columns"] for test in each.get("data_tests", []))]
    assert any("unique" in each or "unique_grain" in each for each in tests) == (name not in WITHOUT_A_KEY)

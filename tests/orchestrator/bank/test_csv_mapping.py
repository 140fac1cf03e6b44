from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.bank.csv_mapping import DEFAULT, read_mapping
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from pathlib import Path


def test_an_empty_mapping_is_the_default(tmp_path: Path) -> None:
    file = tmp_path / "mapping.toml"
    file.touch()
    assert read_mapping(file) == DEFAULT


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("delimeter = ';'", "'delimeter' is not one of columns, delimiter"),
        ("delimiter = ';;'", "one character"),
        ("delimiter = 1", "delimiter must be text"),
        ("skip_lines = '1'", "skip_lines must be a number"),
        ("skip_lines = -1", "skip_lines must not be negative"),
        ("skip_lines = true", "skip_lines must be a number"),
        ("decimal_separator = ' '", "comma or a point"),
        ("encoding = 'klingon'", "not a known encoding"),
        ("encoding = 'hex'", "not a known encoding"),
        ("columns = 1", "must be a table"),
        ("columns.paid = 'x'", "'paid' is not one of the columns"),
        ("columns.amount = ['a', 'b']", "amount must name one column"),
        ("columns.amount = []", "amount must name one column"),
        ("columns.reference = [1]", "reference may name several"),
        ("columns = ", "not valid TOML"),
    ],
)
def test_what_means_nothing_is_refused(tmp_path: Path, toml: str, message: str) -> None:
    file = tmp_path / "mapping.toml"
    file.write_text(toml, encoding="utf-8")
    with pytest.raises(BillingError, match=message):
        read_mapping(file)


def test_a_missing_mapping_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BillingError, match="No such file"):
        read_mapping(tmp_path / "none.toml")

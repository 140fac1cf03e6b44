from __future__ import annotations

import pytest

from orchestrator.files.vat_numbers import judge


@pytest.mark.parametrize(
    ("country", "given", "stored"),
    [
        ("DE", "DE 136,695 976", "DE136695976"),
        ("DE", "136695976", "DE136695976"),
        ("AT", "ATU12011204", "ATU12011204"),
        ("GR", "EL 094259216", "EL094259216"),
        ("GR", "GR094259216", "EL094259216"),
        ("RO", "RO 185 472 90", "RO18547290"),
        ("NL", "NL004495445B01", "NL004495445B01"),
        ("IE", "IE6433435F", "IE6433435F"),
    ],
)
def test_a_valid_number_is_stored_compact_with_its_prefix(country: str, given: str, stored: str) -> None:
    found = judge(country, given)
    assert (found.number, found.is_valid) == (stored, True)


@pytest.mark.parametrize(
    ("country", "given"),
    [("DE", "DE136695977"), ("FR", "DE136695976"), ("DE", "DE"), ("DE", "DE１３６６９５９７６"), ("IT", "x" * 200)],  # noqa: RUF001
)
def test_another_number_is_kept_as_it_came(country: str, given: str) -> None:
    found = judge(country, given)
    assert (found.number, found.is_judged, found.is_valid) == (given, True, False)


@pytest.mark.parametrize("country", ["US", "GB", "CH", "XX", ""])
def test_outside_the_union_nothing_is_judged(country: str) -> None:
    found = judge(country, "CHE-107.787.577")
    assert (found.number, found.is_judged, found.is_valid) == ("CHE-107.787.577", False, False)

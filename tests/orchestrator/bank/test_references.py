from __future__ import annotations

import pytest

from orchestrator.bank.references import lasting, reference_of, reference_or_none


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        (("NONREF", "ABC"), "ABC"),
        (("NOTPROVIDED", None, " "), None),
        (("KREF+", "EREF", "nonref"), None),
        (("A1", "B2"), "A1"),
    ],
)
def test_placeholders_are_no_references(candidates: tuple[str | None, ...], expected: str | None) -> None:
    assert reference_or_none(*candidates) == expected


@pytest.mark.parametrize(
    ("reference", "expected"), [("000017", None), ("1", None), ("2026031017", "2026031017"), ("A1", "A1"), (None, None)]
)
def test_the_running_number_of_a_statement_is_no_reference(reference: str | None, expected: str | None) -> None:
    assert lasting(reference) == expected


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        (("NONREF", "A1"), ("A1", "A1", None)),
        (("None.", "A1"), ("A1", "None.", "None.")),
        (("n/a",), (None, "n/a", "n/a")),
        ((None, "NOTPROVIDED"), (None, None, None)),
    ],
)
def test_what_only_the_first_version_took_for_a_reference_is_known(
    candidates: tuple[str | None, ...], expected: tuple[str | None, ...]
) -> None:
    found = reference_of(*candidates)
    assert (found.text, found.first_version, found.placeholder) == expected

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from orchestrator.bank.entries import Draft, numbered
from orchestrator.bank.findings import doubtful_findings

TODAY = date(2026, 3, 15)


def found(booked_on: date, amount: str) -> list[str]:
    draft = Draft(
        account=None,
        reference="B1",
        booked_on=booked_on,
        value_on=booked_on,
        amount=Decimal(amount),
        currency="EUR",
    )
    return doubtful_findings(numbered([draft]), today=TODAY)


@pytest.mark.parametrize(
    ("booked_on", "amount", "expected"),
    [
        (date(2026, 3, 16), "119.00", []),
        (date(2026, 4, 15), "9999999999.99", []),
        (date(2062, 3, 10), "119.00", ["Entry B1 of 2062-03-10, 119.00 EUR, is dated far in the future."]),
        (date(1, 1, 1), "119.00", ["Entry B1 of 0001-01-01, 119.00 EUR, is dated far in the past."]),
        (date(2016, 3, 10), "119.00", ["Entry B1 of 2016-03-10, 119.00 EUR, is dated far in the past."]),
        (date(2024, 1, 1), "119.00", []),
        (TODAY, "10000000000.00", ["Entry B1 of 2026-03-15, 10000000000.00 EUR, is very large."]),
        (TODAY, "-10000000000.00", ["Entry B1 of 2026-03-15, -10000000000.00 EUR, is very large."]),
    ],
)
def test_a_date_or_an_amount_that_can_hardly_be_meant_is_named(
    booked_on: date, amount: str, expected: list[str]
) -> None:
    assert [finding.partition(" Is the")[0] for finding in found(booked_on, amount)] == expected

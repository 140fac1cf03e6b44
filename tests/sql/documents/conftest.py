from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given


@pytest.fixture
def three(given: Given) -> list[int]:
    """Three customers with a numbered invoice each."""
    plan = given.flat_plan()
    customers = [given.customer() for _ in range(3)]
    for customer in customers:
        given.subscription(customer, plan)
    given.run("2026-02")
    return customers

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given


@pytest.fixture
def numbered(given: Given) -> int:
    """A customer with a numbered, rendered and issued invoice of February."""
    customer = given.customer()
    given.tax_rate()
    given.subscription(customer, given.flat_plan())
    given.run("2026-02")
    given.deliver()
    return customer

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given


@pytest.fixture
def customer(given: Given) -> int:
    """Has nothing yet."""
    return given.customer("4711")

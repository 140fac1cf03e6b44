from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.engine.access import WebDatabase

if TYPE_CHECKING:
    from tests.conftest import Connect


@pytest.fixture
def web(connect: Connect) -> WebDatabase:
    """The functions of the web, called as the role that serves."""
    return WebDatabase(connect("billing_worker"))

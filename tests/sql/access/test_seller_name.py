from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.engine.access import WebDatabase
    from tests.given import Given


def test_the_heading_is_the_seller(given: Given, web: WebDatabase) -> None:
    given.seller()
    assert web.seller_name() == "Northgate API"


def test_before_a_seller_is_loaded_there_is_none(web: WebDatabase) -> None:
    assert web.seller_name() is None

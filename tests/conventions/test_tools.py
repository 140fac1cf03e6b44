from __future__ import annotations

import pytest

from tests.tools import PROMISED, miss


@pytest.mark.parametrize("promised", ["", "chromium"])
def test_a_test_without_its_tool_is_skipped(monkeypatch: pytest.MonkeyPatch, promised: str) -> None:
    monkeypatch.setenv(PROMISED, promised)
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED: pg_dump is not here"):
        miss("pg_dump", how="part of PostgreSQL")


@pytest.mark.parametrize("promised", ["all", "chromium,pg_dump"])
def test_and_fails_where_the_tool_was_promised(monkeypatch: pytest.MonkeyPatch, promised: str) -> None:
    monkeypatch.setenv(PROMISED, promised)
    with pytest.raises(pytest.fail.Exception, match="pg_dump is not here"):
        miss("pg_dump", how="part of PostgreSQL")

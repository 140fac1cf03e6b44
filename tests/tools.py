"""Tools that not every machine has: a test that uses one skips without it, or fails where it was promised."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

PROMISED = "BILLING_TEST_REQUIRES"
"""Names of tools with commas between them, or all."""


def miss(tool: str, *, how: str) -> NoReturn:
    """Leave a test that cannot run, saying what it takes."""
    sentence = f"NOT TESTED: {tool} is not here ({how})"
    if {tool, "all"} & set(os.environ.get(PROMISED, "").split(",")):
        pytest.fail(f"{sentence}, but {PROMISED} promises it.", pytrace=False)
    pytest.skip(sentence)

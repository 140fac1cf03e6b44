"""What the preview and the run tell a person about a month: the first of each kind, and how many more there are."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from orchestrator.console import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.engine.invoicing import RunWarning, UnbilledUsage

SHOWN = 20


def print_warnings(warnings: Sequence[RunWarning], *, more: str) -> None:
    """Tell the warnings of a month; `more` is the command that lists all."""
    for _, of_kind in groupby(warnings, key=lambda warning: warning.kind):
        _print_first([warning.warning for warning in of_kind], more)


def print_unbilled(usage: Sequence[UnbilledUsage], *, more: str) -> None:
    """Tell the usage that nobody pays for."""
    _print_first(
        [
            f"Account {one.account_number}: {one.quantity:,f} {one.metric} are not billed ({one.reason})"
            for one in usage
        ],
        more,
    )


def _print_first(sentences: Sequence[str], more: str) -> None:
    for sentence in sentences[:SHOWN]:
        say(sentence)
    if len(sentences) > SHOWN:
        say(f"… and {len(sentences) - SHOWN:,} more like these: {more}")

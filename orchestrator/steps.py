"""The boundaries between which a process may die: every one is named here, and passed through `Reached` by the code.

The crash test takes its list from this enumeration, so a new step cannot be forgotten: one that is never reached fails
the test as well.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum, auto


class Step(StrEnum):
    """What has just been done when a boundary is reached."""

    USAGE_ROLLED_UP = auto()
    RUN_DRAFTED = auto()
    RUN_VERIFIED = auto()
    RUN_NUMBERED = auto()
    RUN_CLOSED = auto()
    DOCUMENT_CLAIMED = auto()
    DOCUMENT_RENDERED = auto()
    DOCUMENT_STORED = auto()
    CHARGE_CLAIMED = auto()
    CHARGE_BEGUN = auto()
    STRIPE_CUSTOMER_CREATED = auto()
    STRIPE_CUSTOMER_RECORDED = auto()
    INTENT_CREATED = auto()
    INTENT_RECORDED = auto()
    CHARGE_ANSWERED = auto()
    CHARGE_RECORDED = auto()
    REFUND_CLAIMED = auto()
    REFUND_BEGUN = auto()
    REFUND_ANSWERED = auto()
    REFUND_RECORDED = auto()
    EMAIL_CLAIMED = auto()
    EMAIL_BUILT = auto()
    EMAIL_HANDED_OVER = auto()
    EMAIL_RECORDED = auto()


Reached = Callable[[Step], None]


def no_boundary(_: Step) -> None:
    """Go on: nothing happens at a boundary outside of tests."""

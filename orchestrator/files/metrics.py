"""Metrics of the events that come in, so that one which nobody is billed for is told before a run has to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.engine.usage import Usage
    from orchestrator.files.event_rows import StagedEvent

_MOST = 1_000
"""Nobody sells more; a file may hold any number of names."""


def keep_metrics(metrics: set[str], events: Iterable[StagedEvent]) -> None:
    """Add the metrics of a batch to those to ask about."""
    if len(metrics) < _MOST:
        metrics |= {event.metric for event in events if event.metric}


def report_uncounted(usage: Usage, metrics: set[str], report: Callable[[str], None]) -> None:
    """Tell of metrics that no plan counts: most are typing errors."""
    for metric in usage.metrics_without_plan(metrics=sorted(metrics)):
        report(f"Warning: no plan counts the metric {metric!r}, so nobody is billed for it")

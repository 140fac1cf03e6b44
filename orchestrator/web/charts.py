"""Where the shapes of a chart go: exact decimals in, positions as text out.

Across in percent, so that a chart fits any width without its letters growing or shrinking, and down in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TICKS = 4
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_TOP = Decimal(14)
_ROOM_FOR_LABELS = Decimal(30)
_FEW_BARS = 8
_WIDE_BAR = 52
_FILLED = Decimal("0.64")
_LABELS_ON_PHONES = 6
_SLIGHT = 20
"""What is less than this part of the height gets no tick of its own below zero."""
_GAP = Decimal("1.5")
"""Pixels between the parts of a bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A month or week: its parts by series, and where the line passes."""

    label: str
    parts: dict[str, Decimal]
    tip: list[str]
    line: Decimal | None = None
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line across, with its number."""

    y: str
    label: str
    is_zero: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a bar."""

    series: str
    y: str
    height: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar and its label; some labels are left out where there is little room."""

    x: str
    centre: str
    label: str
    tip: list[str]
    parts: list[Part]
    dot: str | None
    is_partial: bool
    has_label: bool
    has_label_on_phones: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of the line."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Everything a template draws."""

    height: int
    ticks: list[Tick]
    bars: list[Bar]
    bar_width: str
    bar_shift: str
    label_y: str
    line: list[Segment] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    low: Decimal
    high: Decimal
    step: Decimal
    height: Decimal

    def y(self, value: Decimal) -> Decimal:
        return _TOP + (self.high - value) * (self.height - _TOP - _ROOM_FOR_LABELS) / (self.high - self.low)


def bar_chart(points: Sequence[Point], *, height: int) -> Chart:
    """Stack what is above zero upwards and what is below downwards."""
    scale = _scale(points, height)
    slot = Decimal(100) / max(len(points), 1)
    is_wide = len(points) <= _FEW_BARS
    bars = [_bar(point, number, slot, scale, len(points)) for number, point in enumerate(points)]
    lines = [(bar.centre, bar.dot) for bar in bars if bar.dot is not None]
    return Chart(
        height=height,
        ticks=_ticks(scale),
        bars=bars,
        bar_width=str(_WIDE_BAR) if is_wide else _percent(slot * _FILLED),
        bar_shift=str(-_WIDE_BAR // 2) if is_wide else "0",
        label_y=_pixels(Decimal(height) - 8),
        line=[Segment(x1=a, y1=b, x2=c, y2=d) for (a, b), (c, d) in pairwise(lines)],
    )


def sparkline(values: Sequence[Decimal], *, width: int, height: int, bottom: Decimal = Decimal(0)) -> str:
    """Return the points of a small line; from zero, half is half as high."""
    span = max(*values, bottom) - bottom or Decimal(1)
    across = Decimal(width - 6) / max(len(values) - 1, 1)
    return " ".join(
        f"{_pixels(3 + across * number)},{_pixels(3 + (bottom + span - value) * (height - 6) / span)}"
        for number, value in enumerate(values)
    )


def share(part: Decimal | int, whole: Decimal | int) -> str:
    """Return a length in percent."""
    return _percent(Decimal(part) * 100 / Decimal(whole)) if whole > 0 and part > 0 else "0%"


def _scale(points: Sequence[Point], height: int) -> _Scale:
    ups = [sum((part for part in point.parts.values() if part > 0), Decimal(0)) for point in points]
    downs = [sum((part for part in point.parts.values() if part < 0), Decimal(0)) for point in points]
    lines = [point.line for point in points if point.line is not None]
    high, low = max([*ups, *lines, Decimal(0)]), min([*downs, *lines, Decimal(0)])
    if high == low:
        high = Decimal(1)
    step = _step((high - low) / TICKS)
    is_slight = -low * _SLIGHT < high
    return _Scale(
        low=low if is_slight else (low / step).to_integral_value(ROUND_FLOOR) * step,
        high=(high / step).to_integral_value(ROUND_CEILING) * step,
        step=step,
        height=Decimal(height),
    )


def _step(wanted: Decimal) -> Decimal:
    """Return the next of 1, 2, 2.5, 5, 10 and so on."""
    power = Decimal(1).scaleb(wanted.adjusted())
    return next(power * step for step in _STEPS if power * step >= wanted)


def _ticks(scale: _Scale) -> list[Tick]:
    first = int((scale.low / scale.step).to_integral_value(ROUND_CEILING))
    last = int(scale.high / scale.step)
    values = [scale.step * number for number in range(first, last + 1)]
    return [Tick(y=_pixels(scale.y(value)), label=compact(value), is_zero=not value) for value in values]


def _bar(point: Point, number: int, slot: Decimal, scale: _Scale, count: int) -> Bar:
    is_wide = count <= _FEW_BARS
    centre = slot * number + slot / 2
    each_desktop, each_phone = -(-count // (_LABELS_ON_PHONES * 2)), -(-count // _LABELS_ON_PHONES)
    from_last = count - 1 - number
    return Bar(
        x=_percent(centre if is_wide else centre - slot * _FILLED / 2),
        centre=_percent(centre),
        label=point.label,
        tip=point.tip,
        parts=_parts(point, scale),
        dot=None if point.line is None else _pixels(scale.y(point.line)),
        is_partial=point.is_partial,
        has_label=from_last % each_desktop == 0,
        has_label_on_phones=from_last % each_phone == 0,
    )


def _parts(point: Point, scale: _Scale) -> list[Part]:
    parts = []
    up = down = Decimal(0)
    for series, value in point.parts.items():
        if value > 0:
            top, bottom = up + value, up
            up = top
        elif value < 0:
            top, bottom = down, down + value
            down = bottom
        else:
            continue
        length = scale.y(bottom) - scale.y(top)
        height = length - _GAP if length > _GAP * 2 else length
        parts.append(Part(series=series, y=_pixels(scale.y(top)), height=_pixels(height)))
    return parts


def compact(value: Decimal) -> str:
    """Write a number of an axis shortly: 45k, 1.2M."""
    for limit, letter in ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k")):
        if abs(value) >= limit:
            return f"{(value / limit).normalize():f}{letter}".replace("-", "\N{MINUS SIGN}")
    return f"{value.normalize():f}".replace("-", "\N{MINUS SIGN}")


def _percent(value: Decimal) -> str:
    return f"{value:.3f}%"


def _pixels(value: Decimal | int) -> str:
    return f"{value:.1f}"

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestrator.web.charts import Point, bar_chart, compact, share, sparkline
from orchestrator.web.figures import amount, month, percent, rate, signed, symbol, whole_and_cents
from orchestrator.web.tables import Column, next_sort, sorted_rows


def point(line: int | None = None, **parts: int) -> Point:
    exact = {name: Decimal(value) for name, value in parts.items()}
    return Point(label="x", tip=[], parts=exact, line=None if line is None else Decimal(line))


def test_parts_stack_up_from_zero_and_losses_down() -> None:
    (bar,) = bar_chart([point(new=60, expansion=40, churned=-50)], height=200).bars
    up, top, down = bar.parts
    assert Decimal(top.y) < Decimal(up.y) < Decimal(down.y)
    assert Decimal(up.y) + Decimal(up.height) <= Decimal(down.y)


def test_lengths_are_in_proportion() -> None:
    first, second = bar_chart([point(usage=1000), point(usage=500)], height=300).bars
    assert abs(Decimal(first.parts[0].height) / Decimal(second.parts[0].height) - 2) < Decimal("0.05")


@pytest.mark.parametrize(
    ("highest", "labels"),
    [(45684, ["0", "20k", "40k", "60k"]), (0, ["0", "0.25", "0.5", "0.75", "1"]), (7, ["0", "2", "4", "6", "8"])],
)
def test_ticks_are_round_numbers(highest: int, labels: list[str]) -> None:
    assert [tick.label for tick in bar_chart([point(usage=highest)], height=300).ticks] == labels


def test_a_slight_loss_takes_no_room_of_its_own() -> None:
    ticks = bar_chart([point(usage=46096, proration=-412)], height=300).ticks
    assert [tick.label for tick in ticks] == ["0", "20k", "40k", "60k"]


def test_an_empty_chart_is_a_chart() -> None:
    assert bar_chart([], height=100).bars == []


def test_the_last_label_is_always_there() -> None:
    bars = bar_chart([point(usage=1)] * 26, height=100).bars
    assert bars[-1].has_label_on_phones
    assert sum(bar.has_label_on_phones for bar in bars) <= 6


def test_half_is_half_as_high() -> None:
    assert sparkline([Decimal(100), Decimal(50), Decimal(0)], width=66, height=26) == "3.0,3.0 33.0,13.0 63.0,23.0"


def test_axes_are_written_shortly() -> None:
    assert [compact(Decimal(number)) for number in ("0", "1500", "-20000", "2500000")] == [
        "0",
        "1.5k",
        "\N{MINUS SIGN}20k",
        "2.5M",
    ]


def test_shares_are_exact() -> None:
    assert (share(1, 3), share(0, 0), share(Decimal("246.00"), Decimal("8200.00"))) == ("33.333%", "0%", "3.000%")


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert [amount(1234, currency) for currency in ("USD", "JPY", "KWD")] == ["1,234.00", "1,234", "1,234.000"]
    assert whole_and_cents(Decimal("45684.14"), "USD") == ("45,684", ".14")
    assert whole_and_cents(1000, "JPY") == ("1,000", "")
    assert signed(Decimal("-412.36"), "USD") == "\N{MINUS SIGN}412.36"
    assert (symbol("USD"), symbol("CHF")) == ("$", "CHF\N{NO-BREAK SPACE}")


def test_fractions_are_written_as_percent() -> None:
    assert (percent(Decimal("0.042")), percent(Decimal("-0.6700")), rate(Decimal("0.08875"))) == (
        "4.2%",
        "\N{MINUS SIGN}67.0%",
        "8.875%",
    )
    assert (rate(0), month("2026-02")) == ("0%", "Feb 2026")


def test_rows_without_a_value_come_last_either_way() -> None:
    rows: list[dict[str, object]] = [{"x": None}, {"x": Decimal(2)}, {"x": 10}]
    assert [row["x"] for row in sorted_rows(rows, "x")] == [2, 10, None]
    assert [row["x"] for row in sorted_rows(rows, "-x")] == [10, 2, None]


def test_account_numbers_sort_as_numbers() -> None:
    rows: list[dict[str, object]] = [{"a": "1000"}, {"a": "999"}, {"a": "B-1"}]
    assert [row["a"] for row in sorted_rows(rows, "a")] == ["999", "1000", "B-1"]


def test_a_second_click_turns_the_order_round() -> None:
    money, text = Column(name="m", title="", kind="money"), Column(name="t", title="")
    assert (next_sort(money, ""), next_sort(money, "-m"), next_sort(money, "m")) == ("-m", "m", "-m")
    assert (next_sort(text, ""), next_sort(text, "t")) == ("t", "-t")

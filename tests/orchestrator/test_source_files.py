from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies

from orchestrator.errors import BillingError, NeedsAttention
from orchestrator.json_lines import json_objects, json_text
from orchestrator.source_files import MAX_LINE, Row, SourceFile, Unreadable, csv_rows

if TYPE_CHECKING:
    from collections.abc import Iterable


def source(content: bytes | str) -> SourceFile:
    data = content.encode() if isinstance(content, str) else content
    return SourceFile("file.csv", io.BytesIO(data))


def shape(rows: Iterable[Row | Unreadable]) -> list[tuple[int, object]]:
    return [(row.line, row.cells if isinstance(row, Row) else "unreadable") for row in rows]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_ends_marks_blank_lines_and_compression_do_not_matter(end: str, mark: bytes, pack: type[bytes]) -> None:
    content = pack(mark + end.join(["a,b", "", '1,"x', 'y"', "  ", "2,z"]).encode())
    assert shape(csv_rows(source(content))) == [(1, ["a", "b"]), (3, ["1", f"x{end}y"]), (6, ["2", "z"])]


@pytest.mark.parametrize(
    "broken", ['"1,2', '1,"2"x', "1", "1,2,3", "\0,2", "\N{LATIN SMALL LETTER E WITH ACUTE}".encode("latin-1") + b",2"]
)
def test_a_broken_row_costs_its_own_line_only(broken: str | bytes) -> None:
    line = broken.encode() if isinstance(broken, str) else broken
    content = b"a,b\n" + line + b'\n3,4\n5,"6\n7"\n8,9\n'
    assert shape(csv_rows(source(content))) == [
        (1, ["a", "b"]),
        (2, "unreadable"),
        (3, ["3", "4"]),
        (4, ["5", "6\n7"]),
        (6, ["8", "9"]),
    ]


def test_a_quote_never_closed_does_not_swallow_the_file() -> None:
    good = "".join(f"{number},x\n" for number in range(60_000))
    rows = list(csv_rows(source(f'a,b\n1,"open\n{good}')))
    assert sum(isinstance(row, Row) for row in rows) == 60_001
    assert [row.line for row in rows if isinstance(row, Unreadable)] == [2]


def test_a_line_beyond_reason_is_passed_over() -> None:
    rows = list(csv_rows(source("a,b\n" + "x" * (3 * MAX_LINE) + "\n1,2\n")))
    assert shape(rows) == [(1, ["a", "b"]), (2, "unreadable"), (3, ["1", "2"])]


def test_a_file_cut_short_gives_what_came_before() -> None:
    content = gzip.compress("".join(f"{number},{number * 7919 % 10007}\n" for number in range(50_000)).encode())
    rows = csv_rows(source(content[: len(content) // 2]))
    read = 0
    with pytest.raises(NeedsAttention, match="damaged or ends early"):  # noqa: PT012 - reading is what raises
        for _ in rows:
            read += 1
    assert read > 10_000


def test_another_encoding_is_refused() -> None:
    with pytest.raises(BillingError, match="UTF-16"):
        source("a,b".encode("utf-16"))


@pytest.mark.parametrize("line", ["[1]", "{", "null", '{"a": NaN}', "[" * 100_000])
def test_a_line_that_is_no_object_costs_itself_only(line: str) -> None:
    first, second = json_objects(source(f'{line}\n{{"a": 1}}'))
    assert isinstance(first, Unreadable)
    assert not isinstance(second, Unreadable)


@pytest.mark.parametrize("number", ["0.1", "1e400", "12345678901234567890.123456789", "-0", "1.10"])
def test_a_number_stays_as_it_was_written(number: str) -> None:
    (found,) = json_objects(source(f'{{"q": {number}, "p": [{number}]}}'))
    assert not isinstance(found, Unreadable)
    assert found[1]["q"] == number
    assert json_text(found[1]) == f'{{"q":{number},"p":[{number}]}}'


values = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.text(strategies.characters(exclude_categories=["Cs"])),
    lambda inner: strategies.lists(inner) | strategies.dictionaries(strategies.text(max_size=5), inner),
)


@given(values)
def test_json_written_back_means_the_same(value: object) -> None:
    assert json.loads(json_text(value)) == value

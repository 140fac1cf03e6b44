from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies

from orchestrator.errors import BillingError
from orchestrator.files.csv_files import Row, csv_rows, header_positions
from orchestrator.files.json_lines import is_ndjson, json_objects, json_text, quantity_text
from orchestrator.files.source import MAX_LINE, DamagedFileError, SourceFile, Unreadable, shown

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


LINES = [f"{number},{number * 7919 % 10007}\n" for number in range(20_000)]
PACKED = gzip.compress("".join(LINES).encode(), mtime=0)


def read_until_damage(content: bytes) -> tuple[list[str], str]:
    lines: list[str] = []
    try:
        for line in source(content):
            lines.append(line)  # noqa: PERF402 - extend would lose them
    except DamagedFileError as error:
        return lines, str(error)
    return lines, ""


@given(strategies.integers(20, len(PACKED) - 1))
def test_a_file_cut_short_gives_the_whole_lines_that_came_before(length: int) -> None:
    found, problem = read_until_damage(PACKED[:length])
    assert problem == "file.csv: the compressed data ends early."
    assert "".join(found) == "".join(LINES[: len(found)])
    assert len(found) + 100 >= length / len(PACKED) * len(LINES) * 0.8


EMPTY = gzip.compress(b"", mtime=0)


@pytest.mark.parametrize("tail", [b"", b"\0" * 700, EMPTY, b"\0" + EMPTY])
def test_padding_and_further_members_are_no_damage(tail: bytes) -> None:
    assert read_until_damage(PACKED + tail) == (LINES, "")


@pytest.mark.parametrize("tail", [b"x", b"\x1f", b"\0\0rest", b"trailing garbage" * 9000])
@pytest.mark.parametrize("lines", [LINES, ["a,b\n"], ["a,b\n", "1,2"]])
def test_bytes_after_the_data_cost_nothing_and_are_told(tail: bytes, lines: list[str]) -> None:
    found, problem = read_until_damage(gzip.compress("".join(lines).encode()) + tail)
    assert (found, "which were not read" in problem) == (lines, True)


def test_a_checksum_that_does_not_fit_is_damage() -> None:
    assert read_until_damage(PACKED[:-8] + b"\0" * 8) == (LINES, "file.csv: the compressed data is damaged.")


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


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "above", ["", "sep={}\n", "# a note; with, all\tof | them\n\n#\n", '"# quoted, by a spreadsheet"\n']
)
def test_any_delimiter_and_notes_above_the_header_are_known(delimiter: str, above: str) -> None:
    rows = list(csv_rows(source(above.format(delimiter) + f"a{delimiter}b\n1.5{delimiter}#2\n")))
    assert [row.cells for row in rows if isinstance(row, Row)] == [["a", "b"], ["1.5", "#2"]]
    assert rows[1].line == above.count("\n") + 2


@pytest.mark.parametrize(
    "name", ["account_number", " Account Number ", "ACCOUNT-NUMBER", "\ufeffaccountNumber", "account\u00a0number"]
)
def test_a_column_is_known_whatever_its_case_and_spaces(name: str) -> None:
    file = source("x")
    header = Row(1, ["Other", name])
    found = header_positions(file, header, required=["account_number"], optional=[])
    assert found == ({"account_number": 1}, ["Other"])


def test_a_header_that_lacks_a_column_is_shown() -> None:
    with pytest.raises(BillingError, match=r"file\.csv:1: the header lacks b\. It names a, c\."):
        header_positions(source("x"), Row(1, ["a", "c"]), required=["a", "b"], optional=[])


@pytest.mark.parametrize("content", ['[{"a": 1}]', "[\n", '[{"a": 1},\n', "[" * 100_000])
def test_a_json_array_is_told_from_ndjson(content: str) -> None:
    with pytest.raises(BillingError, match=r"file\.csv is a JSON array"):
        is_ndjson(source(content))


@pytest.mark.parametrize(
    ("content", "is_json"),
    [
        ("{", True),
        ("\n {}", True),
        ("null\n{}", True),
        ("1\n{}", True),
        ("[]\n{}", True),
        ('"a"', False),
        ("a,b", False),
        ("", False),
    ],
)
def test_the_first_line_tells_the_format(content: str, is_json: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_ndjson(source(content)) == is_json


@pytest.mark.parametrize(
    "line", ['{"a": 1, "a": 2}', '{"p": {"a": 1, "\\u0061": 1}}', '{"p": [{"\\ud83d": 1, "\\ud83d": 2}]}']
)
def test_a_key_that_stands_twice_costs_its_line(line: str) -> None:
    (found,) = json_objects(source(line))
    assert isinstance(found, Unreadable)
    assert found.expected.startswith("each key once: ")
    assert found.expected.isascii()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1e-05", "0.00001"), ("1e5", "100000"), ("1.50E+2", "150"), ("5.0", "5"), ("10", "10"),
        ("0.0000010", "0.000001"), ("-0.0", "0"), ("0e999999999", "0"), ("-1e1", "-10"),
        ("0.30000000000000004", "0.30000000000000004"), ("1e999999999", "1e999999999"),
        ("1e-9999999999999999999999", "1e-9999999999999999999999"),
    ],
)  # fmt: skip
def test_a_number_is_written_out_exactly(number: str, text: str) -> None:
    (found,) = json_objects(source(f'{{"q": {number}}}'))
    assert not isinstance(found, Unreadable)
    assert quantity_text(found.fields["q"]) == text


@given(strategies.binary())
def test_whatever_is_shown_can_be_stored(content: bytes) -> None:
    text = shown(content.decode("utf-8", "surrogateescape") + "\ud83d")
    assert text.encode()
    assert "\0" not in text

from __future__ import annotations

import gzip
import io
import json
import os
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from orchestrator.engine.usage import Counts
from orchestrator.errors import BillingError
from orchestrator.files.ingest import BATCH, ingest_file, retry_rejected
from tests.at_once import at_once
from tests.given import Given

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from tests.conftest import Connect

HEADER = "event_id,account_number,metric,quantity,occurred_at\n"
ROW = "{},1001,api_calls,5,2026-02-03T10:00:00Z\n"
ONLY_HEADER = gzip.compress(HEADER.encode(), mtime=0)


@pytest.fixture(autouse=True)
def account(database: psycopg.Connection) -> int:
    return Given(database).customer("1001")


def written(folder: Path, content: str | bytes, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_several_batches_add_up_and_progress_reaches_the_end(database: psycopg.Connection, tmp_path: Path) -> None:
    rows = BATCH + 10
    path = written(tmp_path, gzip.compress((HEADER + "".join(ROW.format(n) for n in range(rows))).encode()), "e.csv.gz")
    steps: list[tuple[int, int]] = []

    class Recorded:
        def advance(self, rows: int, size: int, /) -> None:
            steps.append((rows, size))

    assert ingest_file(database, path, progress=Recorded()).counts == Counts(rows, rows, 0, 0, 0)
    assert [sum(column) for column in zip(*steps, strict=True)] == [rows, path.stat().st_size]
    assert ingest_file(database, path).counts == Counts(rows, 0, rows, 0, 0)


def test_each_bad_event_is_a_line_to_print(database: psycopg.Connection, tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + ROW.format("a") + "b,1001,api_calls,-5,2026-02-03T10:00:00Z\nc,1001\n")
    summary = ingest_file(database, path)
    decimal = "a decimal of 0 or more with at most 6 decimals, below 1,000,000,000,000,000"
    assert summary.needs_person
    assert [str(problem) for problem in summary.problems] == [
        f"events.csv:3: quantity: '-5': expected {decimal}",
        "events.csv:4: row: 'c,1001': expected 5 fields, found 2",
    ]


def test_ndjson_means_the_same_as_csv(database: psycopg.Connection, tmp_path: Path) -> None:
    written_as_json = (
        '{"event_id": "a", "account_number": 1001, "metric": "api_calls", "quantity": 5.0,'
        ' "occurred_at": "2026-02-03T10:00:00Z", "properties": {"price": 0.10}}\n'
    )
    assert ingest_file(database, written(tmp_path, HEADER + ROW.format("a"))).counts.new == 1
    assert ingest_file(database, written(tmp_path, written_as_json, "e.ndjson")).counts == Counts(1, 0, 1, 0, 0)
    fresh = written_as_json.replace('"a"', '"b"')
    assert ingest_file(database, written(tmp_path, fresh, "e.ndjson")).counts.new == 1
    stored = database.execute("select properties ->> 'price' from billing.billing_events where event_id = 'b'")
    assert stored.fetchone() == ("0.10",)


@pytest.mark.parametrize(
    ("field", "column"),
    [('"quantity": true', "quantity"), ('"occurred_at": ["x"]', "occurred_at"), ('"metric": "a\\u0000b"', "row")],
)
def test_what_no_column_can_hold_is_rejected(
    database: psycopg.Connection, tmp_path: Path, field: str, column: str
) -> None:
    path = written(tmp_path, f'{{"event_id": "a", "account_number": "1001", {field}}}\n', "e.ndjson")
    summary = ingest_file(database, path)
    assert summary.counts.rejected == 1
    assert [problem.column_name for problem in summary.problems] == [column]


@pytest.mark.parametrize("content", ["", "event_id,account_number\na,1\n", HEADER.replace("metric", "event_id")])
def test_a_header_that_will_not_do_refuses_the_file(database: psycopg.Connection, tmp_path: Path, content: str) -> None:
    with pytest.raises(BillingError, match=r"events\.csv") as raised:
        ingest_file(database, written(tmp_path, content))
    assert raised.value.exit_code == 2


def test_unknown_columns_are_named_and_ignored(database: psycopg.Connection, tmp_path: Path) -> None:
    said: list[str] = []
    path = written(tmp_path, HEADER.replace("\n", ",region\n") + ROW.format("a").replace("\n", ",EU\n"))
    assert ingest_file(database, path, report=said.append).counts.new == 1
    assert said[0] == "events.csv: ignored columns: region"


def test_a_metric_that_no_plan_counts_is_told_once(database: psycopg.Connection, tmp_path: Path) -> None:
    given = Given(database)
    said: list[str] = []
    rows = "".join(ROW.format(name) for name in "ab")
    assert ingest_file(given.connection, written(tmp_path, HEADER + rows), report=said.append).counts.new == 2
    assert said == ["Warning: no plan counts the metric 'api_calls', so nobody is billed for it"]
    given.plan("flat", unit_amount=1)
    said.clear()
    ingest_file(given.connection, written(tmp_path, HEADER + rows), report=said.append)
    assert said == []


def test_a_file_cut_short_keeps_what_came_before_and_counts_it(database: psycopg.Connection, tmp_path: Path) -> None:
    content = gzip.compress((HEADER + "".join(ROW.format(n * 7919) for n in range(5000))).encode())
    summary = ingest_file(database, written(tmp_path, content[:-2000], "e.csv.gz"))
    count = database.execute("select count(*) from billing.billing_events").fetchone()
    assert summary.needs_person
    assert summary.damage == (
        "e.csv.gz: the compressed data ends early. What came before was taken in; send the whole file again."
    )
    assert count == (summary.counts.received,) == (summary.counts.new,)
    assert 100 < summary.counts.new < 5000


@pytest.mark.parametrize("content", [ONLY_HEADER[:15], ONLY_HEADER + b"x"])
def test_a_damaged_file_without_any_event_is_refused(
    database: psycopg.Connection, tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(BillingError, match=r"e\.csv\.gz: .*compressed data") as raised:
        ingest_file(database, written(tmp_path, content, "e.csv.gz"))
    assert raised.value.exit_code == 2


anything = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats()
    | strategies.text() | strategies.text(strategies.characters(categories=["Cs", "Cc", "Cf"])),
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(max_size=3), inner),
    max_leaves=6,
)  # fmt: skip
GOOD = {"account_number": "1001", "metric": "m", "quantity": 1, "occurred_at": "2026-02-03T10:00:00Z"}
FIELD = strategies.sampled_from([*GOOD, "event_id", "properties", "other", "\ud83d"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=strategies.lists(strategies.tuples(FIELD, anything) | anything, max_size=12), data=strategies.data())
def test_no_value_in_an_event_holds_up_the_good_ones(
    database: psycopg.Connection, tmp_path: Path, lines: list[object], data: strategies.DataObject
) -> None:
    odd = [{"event_id": "o", **GOOD, one[0]: one[1]} if isinstance(one, tuple) else one for one in lines]
    good = [{"event_id": str(uuid4()), **GOOD} for _ in range(3)]
    text = "\n".join(json.dumps(line) for line in data.draw(strategies.permutations([*odd, *good])))
    summary = ingest_file(database, written(tmp_path, gzip.compress(text.encode()), "e.ndjson.gz"))
    counts = summary.counts
    assert counts.received == len(odd) + 3
    assert counts.new >= 3
    assert counts.received - counts.new - counts.repeated == counts.conflicting + counts.rejected
    retry_rejected(database)


HALF = "\ud83d"


@pytest.mark.parametrize(
    "field",
    [
        {"event_id": f"x{HALF}"}, {"properties": {"a": f"Hello {HALF}"}}, {"properties": {HALF: 1}}, {"metric": HALF},
        {"properties": [[{"a": [HALF]}]]}, {"quantity": HALF}, {HALF: 1}, {"account_number": "\ude00"},
    ],
)  # fmt: skip
def test_half_a_character_costs_its_own_event(
    database: psycopg.Connection, tmp_path: Path, field: dict[str, object]
) -> None:
    events = [{"event_id": "a"} | GOOD, {"event_id": "b"} | GOOD | field, {"event_id": "c"} | GOOD]
    path = written(tmp_path, "\n".join(map(json.dumps, events)), "e.ndjson")
    assert ingest_file(database, path).counts == Counts(3, 2, 0, 0, 1)
    kept = database.execute("select line, value, expected from billing.rejected_events").fetchall()
    assert [(line, expected) for line, _, expected in kept] == [(2, "whole characters, no half of a surrogate pair")]
    assert "\\ud83d" in kept[0][1] or "\\ude00" in kept[0][1]


@pytest.mark.parametrize("properties", ['{"a": 1, "a": 2}', '[{"b": {"a": 1, "a": 1}}]'])
def test_a_key_twice_in_the_properties_of_a_csv_is_rejected(
    database: psycopg.Connection, tmp_path: Path, properties: str
) -> None:
    quoted = properties.replace('"', '""')
    content = HEADER.replace("\n", ",properties\n") + ROW.format("a").replace("\n", f',"{quoted}"\n')
    (problem,) = ingest_file(database, written(tmp_path, content)).problems
    assert (problem.column_name, problem.expected) == ("properties", "each key of an object once")


def test_a_file_may_have_any_name(database: psycopg.Connection, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.csv")
    path.write_text(HEADER + ROW.format("a") + "b,c\n")
    assert ingest_file(database, path).counts == Counts(2, 1, 0, 0, 1)


def test_standard_input_is_a_file_too(database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((HEADER + ROW.format("a")).encode())))
    assert ingest_file(database, None).counts.new == 1


def test_a_missing_file_is_a_sentence(database: psycopg.Connection, tmp_path: Path) -> None:
    with pytest.raises(BillingError, match="No such file"):
        ingest_file(database, tmp_path / "none.csv")


def test_rejected_events_are_tried_again_batch_by_batch(database: psycopg.Connection, tmp_path: Path) -> None:
    rows = "".join(ROW.format(n).replace(",1001,", ",1002,") for n in range(BATCH + 5))
    assert ingest_file(database, written(tmp_path, HEADER + rows)).counts.rejected == BATCH + 5
    Given(database).customer("1002")
    assert retry_rejected(database).counts == Counts(BATCH + 5, BATCH + 5, 0, 0, 0)
    assert retry_rejected(database).counts == Counts()


def test_one_file_from_two_sessions_at_once_is_stored_once(connect: Connect, tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "".join(ROW.format(n) for n in range(3 * BATCH)))
    one, other = at_once(*[partial(ingest_file, connect(), path) for _ in range(2)])
    assert one.counts.plus(other.counts) == Counts(6 * BATCH, 3 * BATCH, 3 * BATCH, 0, 0)


def test_a_role_that_only_ingests_can(connect: Connect, database: psycopg.Connection, tmp_path: Path) -> None:
    for function in ("begin_event_batch()", "ingest_events(text, timestamptz, boolean)", "event_problems(integer)"):
        database.execute(f"grant execute on function billing.{function} to billing_ingest".encode())
    database.execute("grant usage on schema billing to billing_ingest")
    path = written(tmp_path, HEADER + ROW.format("a") + "b\n")
    assert ingest_file(connect("billing_ingest"), path).counts == Counts(2, 1, 0, 0, 1)

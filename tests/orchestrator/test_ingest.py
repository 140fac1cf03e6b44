from __future__ import annotations

import gzip
import io
import threading
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError, NeedsAttention
from orchestrator.ingest import BATCH, Counts, ingest_file, retry_rejected
from tests.given import Given

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from tests.conftest import Connect

HEADER = "event_id,account_number,metric,quantity,occurred_at\n"
ROW = "{},1001,api_calls,5,2026-02-03T10:00:00Z\n"


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
    [('"quantity": true', "quantity"), ('"event_id": ["x"]', "event_id"), ('"metric": "a\\u0000b"', "row")],
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
    assert said == ["events.csv: ignored columns: region"]


def test_a_file_cut_short_keeps_what_came_before(database: psycopg.Connection, tmp_path: Path) -> None:
    content = gzip.compress((HEADER + "".join(ROW.format(n * 7919) for n in range(5000))).encode())
    with pytest.raises(NeedsAttention):
        ingest_file(database, written(tmp_path, content[:-2000], "e.csv.gz"))
    count = database.execute("select count(*) from billing.billing_events").fetchone()
    assert count is not None
    assert 100 < count[0] < 5000


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
    counts: list[Counts] = []
    threads = [threading.Thread(target=lambda: counts.append(ingest_file(connect(), path).counts)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts[0].plus(counts[1]) == Counts(6 * BATCH, 3 * BATCH, 3 * BATCH, 0, 0)


def test_a_role_that_only_ingests_can(connect: Connect, database: psycopg.Connection, tmp_path: Path) -> None:
    for function in ("begin_event_batch()", "ingest_events(text)", "event_problems(integer)"):
        database.execute(f"grant execute on function billing.{function} to billing_ingest".encode())
    database.execute("grant usage on schema billing to billing_ingest")
    path = written(tmp_path, HEADER + ROW.format("a") + "b\n")
    assert ingest_file(connect("billing_ingest"), path).counts == Counts(2, 1, 0, 0, 1)

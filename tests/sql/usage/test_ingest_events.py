from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from unicodedata import category

import psycopg
import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis import given as examples

from tests.at_once import at_once
from tests.sql.usage.conftest import Event, ingest_into

if TYPE_CHECKING:
    from tests.conftest import Connect
    from tests.given import Given
    from tests.sql.usage.conftest import Ingest

E = Event()
STORED = "select count(*), coalesce(sum(quantity), 0) from billing.billing_events"
REJECTED = "select column_name from billing.rejected_events where accepted_at is null order by line"


def test_the_same_batch_again_is_all_repeats(ingest: Ingest, given: Given) -> None:
    batch = (E, E._replace(event_id="e-2"))
    assert ingest(*batch) == (2, 2, 0, 0, 0)
    assert ingest(*batch) == (2, 0, 2, 0, 0)
    assert given.connection.execute(STORED.encode()).fetchone() == (2, 10)


def test_a_repeat_may_be_written_differently(ingest: Ingest) -> None:
    again = E._replace(quantity="5.000", occurred_at="2026-02-03 11:00:00+01", properties='{"other": 1}')
    assert ingest(E, again) == (2, 1, 1, 0, 0)


@pytest.mark.parametrize(
    "other",
    [
        E._replace(quantity="6"),
        E._replace(metric="bytes"),
        E._replace(occurred_at="2026-02-03T10:00:00.000001Z"),
        E._replace(occurred_at="2026-01-31T23:59:59Z"),
        E._replace(occurred_at="2024-06-01T00:00:00Z"),
    ],
)
def test_the_same_name_for_something_else_is_a_conflict_in_whichever_batch_and_month(
    ingest: Ingest, given: Given, other: Event
) -> None:
    assert ingest(E, E._replace(event_id="e-2")) == (2, 2, 0, 0, 0)
    assert ingest(other, other, E) == (3, 0, 1, 2, 0)
    assert given.connection.execute(STORED.encode()).fetchone() == (2, 10)
    assert given.value("select count(*) from billing.event_conflicts") == 1


def test_the_first_of_a_batch_stands(ingest: Ingest, given: Given) -> None:
    assert ingest(E, E._replace(quantity="6"), E) == (3, 1, 1, 1, 0)
    conflict = "select line, quantity, standing_quantity, source from billing.event_conflicts"
    assert given.connection.execute(conflict.encode()).fetchall() == [(3, 6, 5, "events.csv")]


def test_a_name_belongs_to_its_customer(ingest: Ingest, given: Given) -> None:
    given.customer("1002")
    assert ingest(E, E._replace(account_number="1002")) == (2, 2, 0, 0, 0)


def test_a_uuid_is_its_own_key_whatever_its_case(ingest: Ingest, given: Given) -> None:
    name = "018F3B6C-7B1A-7C3D-9E4F-0123456789AB"
    assert ingest(E._replace(event_id=name), E._replace(event_id=name.lower())) == (2, 1, 1, 0, 0)
    assert given.value("select event_key::text || coalesce(event_id, '') from billing.billing_events") == name.lower()


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (E._replace(event_id=None), "event_id"),
        (E._replace(event_id="x" * 256), "event_id"),
        (E._replace(event_id="a\x07b"), "event_id"),
        (E._replace(account_number="nobody"), "account_number"),
        (E._replace(account_number=None), "account_number"),
        (E._replace(metric=None), "metric"),
        (E._replace(quantity=None), "quantity"),
        (E._replace(quantity="-5"), "quantity"),
        (E._replace(quantity="NaN"), "quantity"),
        (E._replace(quantity="1e3"), "quantity"),
        (E._replace(quantity="0.0000001"), "quantity"),
        (E._replace(quantity="1000000000000000"), "quantity"),
        (E._replace(occurred_at="2026-02-03T10:00:00"), "occurred_at"),
        (E._replace(occurred_at="2026-13-03T10:00:00Z"), "occurred_at"),
        (E._replace(occurred_at="2026-02-30T10:00:00Z"), "occurred_at"),
        (E._replace(occurred_at="2026-02-03T25:00:00Z"), "occurred_at"),
        (E._replace(occurred_at="0000-02-03T10:00:00Z"), "occurred_at"),
        (E._replace(occurred_at="now"), "occurred_at"),
        (E._replace(occurred_at="infinity"), "occurred_at"),
        (E._replace(occurred_at=None), "occurred_at"),
        (E._replace(properties="{"), "properties"),
        (E._replace(properties='"\\u0000"'), "properties"),
        (E._replace(properties="1e999999"), "properties"),
    ],
)
def test_a_bad_event_is_kept_with_its_reason_and_never_holds_up_a_good_one(
    ingest: Ingest, given: Given, bad: Event, column: str
) -> None:
    good = E._replace(event_id="good", properties='{"a": 1}')
    assert ingest(bad, good) == (2, 1, 0, 0, 1)
    assert given.connection.execute(REJECTED.encode()).fetchall() == [(column,)]


def test_a_naive_time_is_told_that_it_lacks_an_offset(ingest: Ingest, given: Given) -> None:
    ingest(E._replace(occurred_at="2026-02-03T10:00:00"))
    assert str(given.value("select expected from billing.rejected_events")).startswith("an offset from UTC")


def test_the_same_bad_event_again_is_no_second_row(ingest: Ingest, given: Given) -> None:
    bad = E._replace(quantity="x")
    assert ingest(bad, bad) == (2, 0, 0, 0, 2)
    assert ingest(bad) == (1, 0, 0, 0, 1)
    assert given.value("select count(*) from billing.rejected_events") == 1


def test_a_rejected_event_that_comes_again_and_fits_is_settled(ingest: Ingest, given: Given) -> None:
    ingest(E._replace(account_number="1002"))
    given.customer("1002")
    assert ingest(E._replace(account_number="1002")) == (1, 1, 0, 0, 0)
    assert given.connection.execute(REJECTED.encode()).fetchall() == []


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-02-03T10:00:00+01", "2026-02-03T09:00:00+00:00"),
        ("2026-02-03T10:00:00+0530", "2026-02-03T04:30:00+00:00"),
        ("2026-02-03 10:00:00.25-08:00", "2026-02-03T18:00:00.25+00:00"),
        ("2026-02-03T10:00Z", "2026-02-03T10:00:00+00:00"),
    ],
)
def test_any_offset_names_the_same_instant(ingest: Ingest, given: Given, text: str, instant: str) -> None:
    ingest(E._replace(occurred_at=text))
    assert given.value("select occurred_at from billing.billing_events") == datetime.fromisoformat(instant)


def test_a_month_gets_its_partition_with_its_first_event(ingest: Ingest, given: Given) -> None:
    ingest(E, E._replace(event_id="old", occurred_at="1999-12-31T23:59:59Z"), any_date=True)
    parts = "select tableoid::regclass::text from billing.billing_events order by occurred_at"
    assert given.connection.execute(parts.encode()).fetchall() == [
        ("billing.billing_events_default",),
        ("billing.billing_events_p20260201",),
    ]


def test_nothing_is_taken_from_a_table_the_caller_made(connect: Connect) -> None:
    caller = connect("postgres")
    caller.execute("create temporary table incoming_events (line bigint)")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
        caller.execute("select billing.ingest_events('x', now(), false)")


def test_the_same_events_from_two_sessions_at_once_are_stored_once(connect: Connect, given: Given) -> None:
    given.customer("1001")
    batch = [E._replace(event_id=f"e-{number}") for number in range(2000)]

    def work(connection: psycopg.Connection, order: list[Event]) -> list[tuple[int, ...]]:
        return [ingest_into(connection, *order[first : first + 500]) for first in range(0, len(order), 500)]

    one, other = at_once(*[partial(work, connect(), order) for order in (batch, batch[::-1])])
    received, new, repeated, conflicting, rejected = map(sum, zip(*one, *other, strict=True))
    assert (received, new, repeated, conflicting, rejected) == (4000, 2000, 2000, 0, 0)
    assert given.connection.execute(STORED.encode()).fetchone() == (2000, 10000)


digits = strategies.integers(0, 99).map("{:02}".format)
times = strategies.builds(
    "{}{}{}-{}-{}{}{}:{}:{}{}{}".format,
    strategies.just("20"), digits, strategies.just(""), digits, digits, strategies.sampled_from("T _"), digits, digits,
    digits, strategies.sampled_from(["", ".5", ".123456"]),
    strategies.sampled_from(["", "Z", "+01:00", "-08:00", "+0530", "+99:00"]),
)  # fmt: skip
instants = strategies.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - the zone is drawn
    max_value=datetime(2199, 12, 31),  # noqa: DTZ001 - likewise
    timezones=strategies.just(UTC),
).map(str)


def python_reads(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo and text[10] in "T " else None


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@examples(texts=strategies.lists(times | instants, min_size=20, max_size=60))
def test_python_and_sql_agree_on_what_an_instant_is(database: psycopg.Connection, texts: list[str]) -> None:
    database.execute("set timezone = 'UTC'")
    found = database.execute(
        """
        select case when billing.is_timestamp(value) then value::timestamptz end
        from unnest(%s::text[]) with ordinality as texts (value, position) order by position
        """,
        (texts,),
    ).fetchall()
    assert [row[0] for row in found] == [python_reads(text) for text in texts]


def test_a_time_finer_than_a_microsecond_stays_in_its_month(ingest: Ingest, given: Given) -> None:
    ingest(E._replace(occurred_at="2026-02-28T23:59:59.999999999Z"))
    assert given.value("select occurred_at from billing.billing_events") == datetime(
        2026, 2, 28, 23, 59, 59, 999999, tzinfo=UTC
    )


@pytest.mark.parametrize("occurred_at", ["0001-01-01T00:00:00+12:00", "1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z"])
def test_a_year_no_event_can_be_of_is_rejected(ingest: Ingest, occurred_at: str) -> None:
    assert ingest(E._replace(occurred_at=occurred_at))[-1] == 1


@pytest.mark.parametrize(
    ("occurred_at", "is_taken"),
    [
        ("2016-02-29T23:59:59Z", False), ("2016-03-01T00:00:00Z", True), ("2026-03-02T00:00:00Z", True),
        ("2026-03-02T00:00:01Z", False), ("2026-03-02T01:00:00+01:00", True), ("1970-01-01T00:00:00Z", False),
    ],
)  # fmt: skip
def test_an_event_occurred_in_the_last_ten_years_or_will_within_a_day(
    ingest: Ingest,
    given: Given,
    occurred_at: str,
    is_taken: bool,  # noqa: FBT001 - a parameter
) -> None:
    assert ingest(E._replace(occurred_at=occurred_at))[1:] == ((1, 0, 0, 0) if is_taken else (0, 0, 0, 1))
    if not is_taken:
        kept = given.connection.execute("select column_name, value, expected from billing.rejected_events").fetchone()
        assert kept == (
            "occurred_at", occurred_at,
            "a time from 2016-03-01 until a day ahead, 2026-03-02; others only when asked for (--any-date)",
        )  # fmt: skip


def test_far_months_make_no_partitions_even_when_asked_for(ingest: Ingest, given: Given) -> None:
    count = "select count(*) from pg_partition_tree('billing.billing_events')"
    given.value("select billing.maintain_partitions('2026-03-01', 0)")
    before = given.value(count)
    far = [
        E._replace(event_id=f"{year}-{month}", occurred_at=f"{year}-{month:02}-15T00:00:00Z")
        for year in (*range(2000, 2016), *range(2027, 2100))
        for month in range(1, 13)
    ]
    assert ingest(*far) == (len(far), 0, 0, 0, len(far))
    assert ingest(*far[-30:], any_date=True) == (30, 30, 0, 0, 0)
    given.value("select billing.maintain_partitions('2026-03-01', 0)")
    assert given.value(count) == before
    assert ingest(*far[-30:], any_date=True) == (30, 0, 30, 0, 0)


def test_an_event_of_a_far_date_moves_into_its_month_when_its_time_comes(ingest: Ingest, given: Given) -> None:
    ingest(E._replace(occurred_at="2031-05-05T00:00:00Z"), any_date=True)
    given.value("select billing.maintain_partitions('2031-05-01', 0)")
    assert given.value("select tableoid::regclass::text from billing.billing_events") == (
        "billing.billing_events_p20310501"
    )


UNSEEN = [
    chr(code) for code in range(0x110000) if category(chr(code)) in ("Cf", "Zs", "Zl", "Zp", "Cc") and code != 0x20
]
"""All that Unicode calls format, separator or control character, but the space."""


@pytest.mark.parametrize("field", ["event_id", "metric"])
def test_no_invisible_character_has_a_place_in_a_code(ingest: Ingest, given: Given, field: str) -> None:
    odd = [character for character in UNSEEN if character != "\0"]
    events = [E._replace(**{"event_id": f"e{number}", field: f"a{one}b"}) for number, one in enumerate(odd)]
    assert ingest(*events) == (len(odd), 0, 0, 0, len(odd))
    named = given.value("select expected from billing.rejected_events where value like '%%' || chr(8203) || '%%'")
    assert named == "a code without the invisible character U+200B"


def test_a_letter_in_two_parts_is_told(ingest: Ingest, given: Given) -> None:
    assert ingest(E._replace(event_id="e\u0301"), E._replace(event_id="\u00e9 \u6771\u4eac \U0001f600")) == (
        2,
        1,
        0,
        0,
        1,
    )
    assert given.value("select expected from billing.rejected_events") == "a code in composed letters (Unicode NFC)"


def beside(given: Given, connect: Connect, first: Event, second: Event) -> tuple[int, ...]:
    """What becomes of an event that comes in while another session has not ended its batch."""
    given.customer("1001")
    given.metric()
    slow, fast = connect(), connect()
    with ThreadPoolExecutor(1) as pool:
        with slow.transaction():
            assert ingest_into(slow, first, any_date=True)[1] == 1
            result = pool.submit(ingest_into, fast, second, any_date=True)
            waits = "select wait_event_type is not distinct from 'Lock' from pg_stat_activity where pid = %s"
            while not result.done() and not given.value(waits, fast.info.backend_pid):
                pass
        return result.result()


@pytest.mark.parametrize("moment", ["2026-01-31T23:59:59Z", "2031-05-01T00:00:00Z", "1999-01-01T00:00:00Z"])
@pytest.mark.parametrize("order", [1, -1])
def test_one_name_in_two_months_from_two_sessions_at_once_is_stored_once(
    given: Given, connect: Connect, moment: str, order: int
) -> None:
    given.connection.execute("select billing.maintain_partitions('2026-01-01', 1)")
    pair = (E, E._replace(occurred_at=moment))
    assert beside(given, connect, *pair[::order]) == (1, 0, 0, 1, 0)
    assert given.connection.execute(STORED.encode()).fetchone() == (1, 5)
    assert given.value("select count(*) from billing.event_conflicts") == 1
    assert given.broken() == []


def test_other_names_of_other_months_from_two_sessions_at_once_are_all_new(given: Given, connect: Connect) -> None:
    given.connection.execute("select billing.maintain_partitions('2026-01-01', 1)")
    other = E._replace(event_id="e-2", occurred_at="2026-01-31T23:59:59Z")
    assert beside(given, connect, E, other) == (1, 1, 0, 0, 0)
    assert given.connection.execute(STORED.encode()).fetchone() == (2, 10)


def test_two_sessions_that_need_the_same_new_month_at_once_both_go_on(given: Given, connect: Connect) -> None:
    assert beside(given, connect, E, E._replace(event_id="e-2")) == (1, 1, 0, 0, 0)
    assert given.value("select count(*) from billing.billing_events_p20260201") == 2

"""Nothing that a caller prepares ever runs with the rights of the owner, whatever function he calls."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.conftest import Connect
    from tests.given import Given

ROLES = ("billing_ingest", "billing_worker", "billing_analyst", "billing_reader")
KIT = Path(__file__).with_name("kit.sql").read_bytes()
NUMBER = "'INV-2026-02-0001'"
BY_NAME = {
    "p_invoice_number": NUMBER,
    "p_document_number": NUMBER,
    "p_account_number": "'A-1'",
    "p_period_start": "'2026-03-01'",
    "p_role": "'finance'",
    "p_entries": """'[{"entry_key": "1", "booked_on": "2026-03-02", "amount": "1.00", "currency": "EUR"}]'""",
    "p_payload": """'{"id": "evt_1", "type": "charge.refunded", "created": 1, "data": {"object": {}}}'""",
    "p_limit": "10",
    "p_months_ahead": "2",
    "p_attempt": "1",
    "p_amount": "1",
    "p_on": "'2026-03-02'",
    "p_method": "'cash'",
    "p_now": "'2026-04-01'",
    "p_is_held": "false",
    "p_public_url": "'https://pay.example'",
}
BY_TYPE = {
    "date": "'2026-04-01'",
    "text": "'x'",
    "bigint": "1",
    "bigint[]": "'{1}'",
    "text[]": f"array[{NUMBER}]",
    "integer": "1",
    "numeric": "1",
    "jsonb": "'[]'",
    "bytea": r"'\x01'",
    "boolean": "true",
    "interval": "'1 hour'",
    "timestamp with time zone": "'infinity'",
}
FILES = ("seller", "customers", "plans", "tiers", "subscriptions", "tax_rates")
EVENT = """
    insert into pg_temp.incoming_events (line, event_id, account_number, metric, quantity, occurred_at)
    values (2, 'e-1', 'A-1', 'api_calls', '5', '2026-03-03T10:00:00Z')
"""
STAGING = (
    *("incoming_rows", "incoming_problems", "incoming_events", "incoming_event_problems"),
    *("checked_events", "standing_events", "new_events"),
)


@pytest.fixture
def world(given: Given) -> Given:
    """A month that was billed, delivered, and partly paid, and another to be billed."""
    customer = given.customer("A-1")
    given.subscription(customer, given.flat_plan())
    given.subscription(customer, given.plan(tiers=[(None, "0.01")]))
    given.tax_rate()
    given.usage(customer, 100)
    given.run("2026-02")
    given.deliver()
    given.connection.execute(calls(given.connection)["record_payment"].encode())
    given.usage(customer, 100, on="2026-03-10")
    given.roll_up()
    return given


@pytest.fixture(params=ROLES)
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def caller(role: str, world: Given, admin: psycopg.Connection, connect: Connect) -> Caller:
    """A session of each role with the kit, which may call even what its role may not."""
    assert world.broken() == []
    admin.execute(f"grant execute on all functions in schema billing to {role}".encode())
    return Caller(connect(role))


class Caller:
    """Somebody with bad intent."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        connection.execute(KIT)

    def does(self, *statements: str) -> bool:
        """Carry them out, and back; returns whether they all went through."""
        with suppress(psycopg.Error), self.connection.transaction(force_rollback=True):
            for statement in statements:
                self.connection.execute(statement.encode())
            return True
        return False

    @property
    def has_escaped(self) -> bool:
        """Whether anything of the kit has ever run with other rights."""
        return self.connection.execute("select is_called from pg_temp.escaped").fetchall() == [(True,)]


def calls(connection: psycopg.Connection) -> dict[str, str]:
    """Every security definer function with arguments that lead somewhere."""
    rows = connection.execute(
        """
        select proname, coalesce(proargnames[:pronargs], '{}'), array(
            select format_type(argument, null) from unnest(proargtypes) with ordinality as given (argument, position)
            order by position
        )
        from pg_catalog.pg_proc
        where pronamespace = 'billing'::pg_catalog.regnamespace and prosecdef
            and prorettype <> 'trigger'::pg_catalog.regtype
        order by 1
        """
    ).fetchall()
    return {
        name: f"select billing.{name}({', '.join(_argument(*each) for each in zip(names, types, strict=True))})"
        for name, names, types in rows
    }


def _argument(name: str, kind: str) -> str:
    return BY_NAME.get(name) or BY_TYPE.get(kind, "null")


def test_no_function_runs_what_its_caller_has_prepared(caller: Caller, database: psycopg.Connection) -> None:
    caller.connection.execute("set billing.as_of = '2026-04-01'")
    done = [name for name, call in calls(database).items() if caller.does(call) and not caller.has_escaped]
    assert not caller.has_escaped, f"in the call after: {done[-1:]}"
    assert len(done) > 30


def test_no_file_and_no_batch_of_events_runs_what_its_caller_has_prepared(
    caller: Caller, database: psycopg.Connection
) -> None:
    call = calls(database)
    for name in FILES:
        rows = """insert into pg_temp.incoming_rows values (2, '{"account_number": "A-2", "plan_code": "p"}', null)"""
        assert caller.does(call["begin_file"], rows, call[f"load_{name}"], call["file_problems"])
    batch = (call["begin_event_batch"], EVENT, call["ingest_events"], call["event_problems"])
    assert caller.does(*batch, call["retry_rejected_events"])
    assert not caller.has_escaped


def test_a_run_of_a_month_runs_nothing_that_its_caller_has_prepared(
    caller: Caller, database: psycopg.Connection
) -> None:
    call = calls(database)
    assert caller.does(
        *(call[name] for name in ("draft_invoices", "verify_run", "close_run")),
        "select billing.complete_document(subject_id, claim, convert_to('%PDF-1.7', 'UTF8')) "
        "from billing.claim_documents('w', 10, '1 hour', 'infinity', 'infinity')",
        "select billing.advance_dunning('2026-05-20')",
        call["void_invoice"].replace(NUMBER, NUMBER.replace("-02-", "-03-")),
        call["broken_invariants"],
    )
    assert not caller.has_escaped


FAKES = (
    "create temporary view {} as select pg_temp.spy() as line",
    "create temporary table {} (line pg_catalog.int8 default 1 check (pg_temp.spy()))",
    "create temporary table {} as select 1 as line",
)


def test_staging_that_the_engine_did_not_make_is_not_read(caller: Caller) -> None:
    for forged in [fake.format(name) for fake in FAKES for name in STAGING]:
        name = forged.split()[3]
        begins = ("begin_event_batch", "begin_file") if "event" in name else ("begin_file", "begin_event_batch")
        prepared = (forged, f"grant all on pg_temp.{name} to public")
        assert [caller.does(*prepared, f"select billing.{begin}()") for begin in begins] == [False, True]
    assert not caller.has_escaped


ADDITIONS = (
    "create trigger t before insert on pg_temp.incoming_rows execute function suppress_redundant_updates_trigger()",
    "create rule r as on insert to pg_temp.incoming_rows do also select pg_temp.spy()",
    "alter table pg_temp.incoming_rows add column more pg_catalog.bool default pg_temp.spy()",
    "alter table pg_temp.incoming_rows alter column line type pg_temp.int8",
    "alter table pg_temp.incoming_rows enable row level security",
    "alter table pg_temp.incoming_rows rename to others",
    "create temporary table child () inherits (pg_temp.incoming_rows)",
    "create index on pg_temp.incoming_rows ((pg_temp.spy()))",
    "drop table pg_temp.incoming_rows",
)


@pytest.mark.parametrize("addition", ADDITIONS)
def test_nothing_can_be_added_to_the_staging_of_the_engine(connect: Connect, addition: str) -> None:
    worker = Caller(connect("billing_worker"))
    begin = "select billing.begin_file()"
    assert worker.does(begin)
    assert not worker.does(begin, addition)


@pytest.mark.parametrize("text", ["x", "'); drop table billing.invoices --", "infinity", "2026-02-30", "\x01", "today"])
def test_a_date_of_reports_is_only_ever_read_as_a_date(connect: Connect, text: str) -> None:
    reader = connect("billing_reader")
    reader.execute("select set_config('billing.as_of', %s, false)", (text,))
    with suppress(psycopg.DataError):
        ((date,),) = reader.execute("select pg_typeof(billing.reporting_date())::text").fetchall()
        assert date == "date"


@pytest.mark.parametrize("careless", ["select '2026-01-01'::date", "select due_on from invoices"])
def test_the_kit_finds_a_function_that_looks_for_names_in_the_wrong_order(
    connect: Connect, admin: psycopg.Connection, careless: str
) -> None:
    admin.execute(
        f"""
        set check_function_bodies = off;
        create function billing.careless() returns date language sql security definer set search_path = ''
        as $$ {careless} $$;
        alter function billing.careless() owner to billing_owner;
        grant execute on function billing.careless() to billing_reader;
        """.encode()
    )
    reader = Caller(connect("billing_reader"))
    reader.connection.execute("drop view pg_temp.invoices")
    reader.connection.execute(
        "create temporary view invoices as "
        "select case when pg_temp.spy() then '2026-01-01'::pg_catalog.date end as due_on"
    )
    reader.connection.execute("grant select on pg_temp.invoices to public")
    reader.does("select billing.careless()")
    assert reader.has_escaped

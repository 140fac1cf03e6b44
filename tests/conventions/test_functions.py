from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from orchestrator import resources
from tests.conventions.declared import SOURCES, declarations

if TYPE_CHECKING:
    import psycopg

    from tests.conventions.conftest import Function
    from tests.conventions.declared import Declaration

SEARCHED = "search_path=pg_catalog, pg_temp"
STAGING = "pg_temp"
"""Tables a session makes for a load: a check of the function alone does not know them."""
LONGEST_BODY = 60
"""Lines; a longer body gives its reason in the comment above it: "Long for …"."""
MOST_ARGUMENTS = 6


def test_every_function_has_a_comment(functions: list[Function]) -> None:
    assert [one.name for one in functions if not one.comment] == []


def test_names_are_not_overloaded(functions: list[Function]) -> None:
    assert [name for name, times in Counter(one.name for one in functions).items() if times > 1] == []


def test_files_and_catalog_are_the_same_set(
    database: psycopg.Connection, functions: list[Function], sources: dict[str, Declaration]
) -> None:
    views = database.execute("select viewname from pg_views where schemaname = 'billing'").fetchall()
    assert {one.name for one in functions} | {name for (name,) in views} == set(sources)


def test_a_name_is_found_in_exactly_one_file() -> None:
    assert [name for name, times in Counter(one.name for one in declarations()).items() if times > 1] == []


def test_a_file_declares_what_it_is_named_after_and_nothing_else() -> None:
    """But where the files of a room are sources."""
    files = sorted(path for path in resources.folder("sql").glob("*/*.sql") if path.parent.name not in SOURCES)
    assert [(one.path, one.name) for one in declarations() if one.room not in SOURCES] == [
        (path, path.stem) for path in files
    ]


def test_volatility_and_security_are_written_out(functions: list[Function], sources: dict[str, Declaration]) -> None:
    silent = []
    for one in functions:
        clauses = sources[one.name].text.partition("language ")[2]
        clauses = re.split(r"\bas \$\$|^return\b|^begin atomic", clauses, flags=re.MULTILINE)[0]
        if not (
            re.search(r"^(immutable|stable|volatile)$", clauses, re.MULTILINE)
            and re.search(r"^security (invoker|definer)$", clauses, re.MULTILINE)
        ):
            silent.append(one.name)
    assert silent == []


def test_plpgsql_and_definers_search_temporary_objects_last(functions: list[Function]) -> None:
    bound = [one for one in functions if one.language == "plpgsql" or one.is_definer]
    wrong = [one.name for one in bound if [s for s in one.settings if "search_path" in s] != [SEARCHED]]
    assert wrong == []


def test_bodies_are_short_or_say_why(functions: list[Function], sources: dict[str, Declaration]) -> None:
    long = [one.name for one in functions if len(one.body.strip().splitlines()) > LONGEST_BODY]
    assert [name for name in long if not re.search(r"\bLong(er)?\b", sources[name].header)] == []


def test_no_refusal_ends_in_a_null(sources: dict[str, Declaration]) -> None:
    """RAISE takes none: whoever meets it reads of the option instead of what is wrong."""
    option = re.compile(r"\b(?:message|detail|hint) = (case\b.*?\bend|\(\s*select)\b", re.DOTALL)
    found = [
        name
        for name, one in sources.items()
        for value in option.findall(one.text)
        if value.startswith("(") or not re.search(r"\belse\b", value)
    ]
    assert found == []


def test_functions_take_at_most_six_arguments(functions: list[Function]) -> None:
    assert [one.name for one in functions if one.arguments > MOST_ARGUMENTS] == []


def test_arguments_carry_their_prefix(database: psycopg.Connection) -> None:
    rows = database.execute(
        """
        select proname, argument
        from pg_proc cross join lateral unnest(proargnames[:pronargs]) as argument
        where pronamespace = 'billing'::regnamespace and argument !~ '^p_'
        """
    ).fetchall()
    assert rows == []


def test_the_second_path_calls_nothing_of_the_first(sources: dict[str, Declaration]) -> None:
    rating = {one.name for one in declarations() if one.room in {"rating", "money", "usage"}}
    called = {
        name
        for one in sources.values()
        if one.room == "verification"
        for name in re.findall(r"billing\.(\w+)", one.text)
    }
    assert called & (rating | {"daily_usage", "usage_keys", "usage_months"}) == set()
    assert [name for name in called if name.startswith("rated_")] == []


def test_bodies_that_the_server_has_parsed_read_no_table(database: psycopg.Connection) -> None:
    """No migration could change such a table. What is hashed of the audit log is so for ever."""
    rows = database.execute(
        """
        select pg_proc.oid::regprocedure::text, pg_class.oid::regclass::text
        from pg_proc
        inner join pg_depend on classid = 'pg_proc'::regclass and objid = pg_proc.oid
        inner join pg_class on refclassid = 'pg_class'::regclass and refobjid = pg_class.oid
        where
            prosqlbody is not null
            and pronamespace = 'billing'::regnamespace
            and pg_class.oid <> 'billing.audit_log'::regclass
        """
    ).fetchall()
    assert rows == []


def test_a_query_asks_for_the_date_and_the_time_zone_once_and_not_for_each_row(sources: dict[str, Declaration]) -> None:
    """As a subquery of its own: PostgreSQL cannot inline a function that runs with the rights of its owner."""
    bare = re.compile(r"(?<!select )billing\.(?:billing_timezone|reporting_date)\(\)")
    queries = [one for one in sources.values() if "language sql" in one.text and one.room != "calendar"]
    assert [one.name for one in queries if bare.search(one.text)] == []


def test_nobody_may_execute_by_default(database: psycopg.Connection) -> None:
    rows = database.execute(
        """
        select proname
        from pg_proc cross join lateral aclexplode(coalesce(proacl, acldefault('f', proowner))) as acl
        where pronamespace = 'billing'::regnamespace and acl.grantee = 0
        """
    ).fetchall()
    assert rows == []


def test_every_body_is_valid_once_everything_is_there(
    database: psycopg.Connection, sources: dict[str, Declaration]
) -> None:
    """Deployment creates functions unchecked, because they come before what they use; here nothing is missing."""
    for one in sources.values():
        if STAGING not in one.text:
            with database.transaction(force_rollback=True):
                database.execute("set local check_function_bodies = on")
                database.execute(one.text.encode())

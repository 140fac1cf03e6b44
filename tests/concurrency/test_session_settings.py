"""Settings that somebody made for the whole database, or a role, change no amount, no date and no document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.concurrency.month import Month

SETTINGS = {
    "DateStyle": "German, DMY",
    "IntervalStyle": "sql_standard",
    "TimeZone": "'Pacific/Kiritimati'",
    "extra_float_digits": "-15",
    "bytea_output": "escape",
    "xmloption": "document",
    "search_path": "pg_temp, public",
    "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on",
    "standard_conforming_strings": "off",
    "backslash_quote": "on",
    "array_nulls": "off",
    "transform_null_equals": "on",
    "row_security": "off",
    "plpgsql.variable_conflict": "use_variable",
    "client_encoding": "LATIN1",
    "check_function_bodies": "off",
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_of_the_database_changes_nothing(month: Month, undisturbed: dict[str, object], setting: str) -> None:
    with psycopg.connect(str(month.settings.database_url), autocommit=True) as connection:
        database = f"alter database {connection.info.dbname}"
        connection.execute(f"{database} set {setting} = {SETTINGS[setting]}".encode())
        assert not month.bill().failed
        connection.execute(f"{database} reset {setting}".encode())
    assert month.outcome() == undisturbed

"""Settings that somebody made for the whole database, or a role, change no amount, no date and no document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.session_settings import SETTINGS

if TYPE_CHECKING:
    from tests.month import Month


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_of_the_database_changes_nothing(month: Month, undisturbed: dict[str, object], setting: str) -> None:
    with psycopg.connect(str(month.settings.database_url), autocommit=True) as connection:
        database = f"alter database {connection.info.dbname}"
        connection.execute(f"{database} set {setting} = {SETTINGS[setting]}".encode())
        assert not month.bill().failed
        connection.execute(f"{database} reset {setting}".encode())
    assert month.outcome() == undisturbed

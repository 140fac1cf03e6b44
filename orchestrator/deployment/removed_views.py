"""Drops the views of models that are gone, and nothing else.

What dbt_billing has made is kept as a list, `deployment.views`. Whatever else stands in the schemas of the reports was
made by somebody else: it stays, and `billing check` names it. So does a former view that others have built upon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg.sql import SQL, Identifier

from orchestrator.deployment.set_aside import set_aside

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

# Versions before 0.3 kept no list. Each of their models has a description that begins with its grain.
_MADE_BEFORE_THERE_WAS_A_LIST = """
insert into deployment.views (view_name)
select nspname || '.' || relname
from pg_class
inner join pg_namespace on relnamespace = pg_namespace.oid
where
    relkind = 'v'
    and nspname in ('reporting', 'reporting_models')
    and relowner = 'billing_owner'::regrole
    and obj_description(pg_class.oid, 'pg_class') like 'One row%'
    and not exists (select from deployment.views)
"""
_FORMER = """
select view_name, to_regclass(view_name) is not null
from deployment.views
where view_name <> all(%s)
order by view_name
"""


def set_removed_aside(connection: psycopg.Connection, project: Path) -> None:
    """Let views of models that are gone read nothing any more, so that they hold no column in the way."""
    connection.execute(_MADE_BEFORE_THERE_WAS_A_LIST)
    models = {path.stem for path in (project / "models").rglob("*.sql")}
    listed = {name for (name,) in connection.execute("select view_name from deployment.views").fetchall()}
    set_aside(connection, {name for name in listed if name.partition(".")[2] not in models})


def drop_removed(connection: psycopg.Connection, made: Collection[str]) -> list[str]:
    """Keep the list of what was made, drop what is on the former one only, and say what became of each."""
    connection.execute(
        "insert into deployment.views (view_name) select unnest(%s::text[]) on conflict do nothing", (list(made),)
    )
    former = connection.execute(_FORMER, (list(made),)).fetchall()
    remarks = _dropped(connection, [name for name, is_there in former if is_there])
    connection.execute(
        "delete from deployment.views where view_name <> all(%s) and to_regclass(view_name) is null", (list(made),)
    )
    return remarks


def _dropped(connection: psycopg.Connection, names: list[str]) -> list[str]:
    """Drop in rounds, for they are built on each other."""
    gone: list[str] = []
    in_use = dict.fromkeys(names, "")
    while True:
        before = len(gone)
        for name in list(in_use):
            try:
                with connection.transaction():
                    connection.execute(SQL("drop view {}").format(Identifier(*name.split(".", 1))))
            except psycopg.errors.DependentObjectsStillExist as error:
                in_use[name] = error.diag.message_detail or ""
            else:
                gone.append(name)
                del in_use[name]
        if len(gone) == before:
            break
    return [
        *([f"Dropped, for they are no reports any more: {', '.join(sorted(gone))}."] if gone else []),
        *(f"{name} is no report any more and answers nothing, but stays: {why}." for name, why in in_use.items()),
    ]

"""Puts back what somebody else changed, as far as declaring the code and building the views again does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg

from orchestrator.deployment.blueprint.comparison import PART, differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.deployment.blueprint.comparison import Difference
    from orchestrator.deployment.blueprint.description import Aspect

_CALLED = {"view": "table", "function": "routine"}
"""Kinds of objects that grants call otherwise."""
_GRANT = re.compile(r"grant of (?P<right>.+) to (?P<grantee>\S+)")
_DEFAULT = re.compile(r"grant of (?P<right>\w+) on (?P<kind>\w+)(?P<schema>.*) to (?P<grantee>\S+)")


def mend(connection: psycopg.Connection, blueprint: Sequence[Aspect]) -> None:
    """Take away what is not declared and make what is missing, each by itself; what fails is left for the check.

    Objects that somebody has added stay: they may hold data. So do columns, which cannot be made again with theirs.
    """
    for difference in differences(connection, blueprint):
        try:
            with connection.transaction():
                for statement in _cure(difference):
                    connection.execute(statement.encode())
        except psycopg.Error:
            if connection.broken:
                raise


def _cure(difference: Difference) -> list[str]:
    undone = difference.found and difference.found.removal
    if difference.declared is None:
        return [undone] if undone else []
    made = _making(difference.declared)
    if difference.found is None:
        return [made] if made else []
    if difference.declared.aspect.startswith("column "):
        return _same_column(difference.declared, difference.found)
    return [undone, made] if undone and made else []


def _same_column(declared: Aspect, found: Aspect) -> list[str]:
    """Give a column its default and its constraint back; another type would mean to convert what it holds."""
    (*_, was_null, was_default), (*_, is_null, is_default) = (
        declared.definition.split(PART),
        found.definition.split(PART),
    )
    start = f"alter {declared.object} alter {declared.aspect}"
    defaulted = f"set {was_default}" if was_default.startswith("default ") else "drop default"
    constrained = f"{'set' if was_null == 'not null' else 'drop'} not null"
    return [
        *([f"{start} {defaulted}"] if was_default != is_default else []),
        *([f"{start} {constrained}"] if was_null != is_null else []),
    ]


def _making(declared: Aspect) -> str | None:
    """Return the statement that makes an aspect of an object that is there."""
    kind, _, name = declared.object.partition(" ")
    word = declared.aspect.partition(" ")[0]
    if word == "constraint":
        return f"alter table {name} add {declared.aspect} {declared.definition}"
    if word == "trigger":
        return declared.definition
    if word in {"unique", "index"}:
        return f"create {declared.aspect.replace(' using', f' on {name} using', 1)}"
    if default := kind == "default" and _DEFAULT.fullmatch(declared.aspect):
        return (
            f"alter default privileges for role {name.rpartition(' ')[2]}{default['schema']} "
            f"grant {default['right']} on {default['kind']} to {default['grantee']}"
        )
    if grant := _GRANT.fullmatch(declared.aspect):
        return f"grant {grant['right']} on {_CALLED.get(kind, kind)} {name} to {grant['grantee']}"
    return None

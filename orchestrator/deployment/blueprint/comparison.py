"""What is otherwise in a database than the blueprint says, each difference a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.deployment.blueprint.description import ANY_MONTH, MONTH, Aspect, describe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import psycopg

PART = " | "
"""Separates what is said of a function or column."""
_QUERIES_ARE_EXACT_SINCE = 16
_HIDDEN = "body "


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An aspect of an object that is missing (no `found`), not declared (no `declared`), or another one."""

    declared: Aspect | None
    found: Aspect | None

    @property
    def aspect(self) -> Aspect:
        """What it is about."""
        return self.declared or self.found or Aspect(object="", aspect="", definition="")

    @property
    def is_change(self) -> bool:
        """Whether somebody meddled; a month of usage that pg_partman has made only goes to its owner when it can."""
        return not self.aspect.aspect.startswith("upkeep by ")

    @property
    def detail(self) -> str:
        """Say it so that somebody can act."""
        name = self.aspect.aspect or "it"
        if self.found is None:
            definition = self.aspect.definition if self.aspect.aspect else ""
            return f"{name} is missing{definition and f': {definition}'}"
        if self.declared is None:
            return f"{name} is not declared"
        if name.startswith("query"):
            return "its query is not the declared one"
        return _changes(name, self.declared.definition, self.found.definition)


def _changes(name: str, declared: str, found: str) -> str:
    """Say what is otherwise; hashes would tell nobody anything."""
    parts = zip(declared.split(PART), found.split(PART), strict=False)
    return ", ".join(
        "its body is not the declared one"
        if was.startswith(_HIDDEN)
        else f"{name} is {now or 'plain'} instead of {was}"
        for was, now in parts
        if was != now
    )


def differences(connection: psycopg.Connection, blueprint: Sequence[Aspect]) -> list[Difference]:
    """Compare a database with a blueprint; without one, nothing is known."""
    if not blueprint:
        return []
    skipped = _skipped(connection)
    found = {each.key: each for each in describe(connection) if each.aspect != skipped}
    declared = {each.key: each for each in _for_months(blueprint, found.values()) if each.aspect != skipped}
    compared = [
        Difference(declared=declared.get(key), found=found.get(key))
        for key in sorted({*declared, *found})
        if key not in found or key not in declared or found[key].definition != declared[key].definition
    ]
    gone = {each.aspect.object for each in compared if not each.aspect.aspect and None in {each.declared, each.found}}
    return [each for each in compared if _matters(each) and not _goes_with_its_object(each.aspect, gone)]


def _goes_with_its_object(aspect: Aspect, gone: Collection[str]) -> bool:
    """Say of an object that it is missing or added, and no more but for another owner, who is in the way of grants."""
    is_in_the_way = aspect.aspect.startswith("owner ")
    return aspect.object in gone and bool(aspect.aspect) and not is_in_the_way


def _skipped(connection: psycopg.Connection) -> str:
    """Name the aspect of views that this version words otherwise, or that says less than the other."""
    is_exact = connection.info.server_version // 10_000 >= _QUERIES_ARE_EXACT_SINCE
    return "query without qualifiers" if is_exact else "query"


def _for_months(blueprint: Iterable[Aspect], found: Iterable[Aspect]) -> list[Aspect]:
    """Let what is said of any month of usage be said of each month that there is."""
    months = {month[0] for each in found if (month := MONTH.search(each.object))}
    general = [each for each in blueprint if ANY_MONTH in each.object]
    others = [each for each in blueprint if ANY_MONTH not in each.object]
    return [*others, *(each.renamed(ANY_MONTH, month) for month in months for each in general)]


def _matters(difference: Difference) -> bool:
    """Leave out what others do legitimately.

    That is: indexes that only make things faster, and months of usage that pg_partman has made, which are read through
    their parent.
    """
    aspect, is_extra = difference.aspect, difference.declared is None
    if is_extra and aspect.aspect.startswith("index using") and not aspect.definition:
        return False
    is_grant = aspect.aspect.startswith("grant of")
    return not (difference.found is None and is_grant and MONTH.search(aspect.object))

"""What a database consists of, and what it should consist of."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from orchestrator.deployment.fingerprints import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import psycopg

FILE = "blueprint.tsv"
ANY_MONTH = "billing_events_p*"
"""Stands in the blueprint for each month of usage: they are made as events come."""
MONTH = re.compile(r"billing_events_p\d{8}\b")

_QUERY = Path(__file__).with_name("description.sql").read_bytes()
_HEADER = ("object", "aspect", "definition")
_MADE_OF = "the files"


class _Format(csv.excel_tab):
    """One object a line: two people who change two objects are in nobody's way."""

    lineterminator = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """Something that can be said of an object; without a name, that it is there."""

    object: str
    aspect: str
    definition: str
    removal: str | None = None
    """The statement that takes it away, where there is one."""

    @property
    def key(self) -> tuple[str, str]:
        """What it is, however it is defined."""
        return self.object, self.aspect

    def renamed(self, former: str, new: str) -> Aspect:
        """Return the same of another month of usage."""
        name, aspect, definition = (text.replace(former, new) for text in (self.object, self.aspect, self.definition))
        return Aspect(object=name, aspect=aspect, definition=definition)


def describe(connection: psycopg.Connection) -> list[Aspect]:
    """Describe a database as it is; anybody may."""
    with connection.transaction(), connection.cursor(row_factory=class_row(Aspect)) as cursor:
        cursor.execute("set local search_path = pg_catalog")
        cursor.execute("set local quote_all_identifiers = off")
        return cursor.execute(_QUERY).fetchall()


def read(folder: Callable[[str], Path]) -> list[Aspect]:
    """Read the blueprint of the files of today; nothing where there is none, or one of other files."""
    path = folder("sql") / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, _Format))
    if [row[2] for row in rows if row[0] == _MADE_OF] != [_made_of(folder)]:
        return []
    return [Aspect(object=row[0], aspect=row[1], definition=row[2]) for row in rows[1:] if row[0] != _MADE_OF]


def write(described: Iterable[Aspect], folder: Callable[[str], Path]) -> None:
    """Keep the description of a freshly deployed database; its one month of usage stands for all of them."""
    general = [
        each.renamed(month[0], ANY_MONTH) if (month := MONTH.search(each.object)) else each for each in described
    ]
    with (folder("sql") / FILE).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, _Format)
        rows.writerow(_HEADER)
        rows.writerow((_MADE_OF, "", _made_of(folder)))
        rows.writerows(sorted((*each.key, each.definition) for each in general))


def _made_of(folder: Callable[[str], Path]) -> str:
    return digest(sha256(_QUERY).hexdigest(), *map(folder, ("migrations", "sql", "dbt_billing")))

"""How a function of the engine is called: by name, its parameters p_<name>, in its own transaction or a greater one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, LiteralString, TypeVar

from psycopg.pq import TransactionStatus
from psycopg.rows import class_row, scalar_row, tuple_row
from psycopg.sql import SQL, Identifier, Placeholder

from orchestrator.errors import retried, translate_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import psycopg
    from psycopg.rows import RowFactory
    from psycopg.sql import Composed

Document = dict[str, object]
Value = TypeVar("Value")
Row = TypeVar("Row")


class Session:
    """A connection on which functions are called."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    @contextmanager
    def transaction(self, *, is_kept: bool = True) -> Iterator[None]:
        """All or nothing; with `is_kept` false nothing, whatever happens."""
        with translate_errors(), self.connection.transaction(force_rollback=not is_kept):
            yield

    def ping(self) -> None:
        """Fail where the connection is lost."""
        with translate_errors():
            self.connection.execute("select")

    def check_constraints(self) -> None:
        """Check now what would be checked at the end of the transaction."""
        with translate_errors():
            self.connection.execute("set constraints all immediate")

    def _copy(self, statement: LiteralString, rows: Iterable[Sequence[object]]) -> None:
        """Send rows as they come; whoever makes them may fail on the way, and says so itself."""
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def _run(self, function: str, **arguments: object) -> None:
        self._fetched(_call(function, arguments), arguments, tuple_row)

    def _value(self, function: str, kind: type[Value], **arguments: object) -> Value:
        (value,) = self._fetched(_call(function, arguments), arguments, scalar_row)
        return _checked(function, kind, value)

    def _optional(self, function: str, kind: type[Value], **arguments: object) -> Value | None:
        (value,) = self._fetched(_call(function, arguments), arguments, scalar_row)
        return None if value is None else _checked(function, kind, value)

    def _column(self, function: str, kind: type[Value], **arguments: object) -> list[Value]:
        found = self._fetched(_call(function, arguments), arguments, scalar_row)
        return [_checked(function, kind, value) for value in found]

    def _rows(self, function: str, row: type[Row], **arguments: object) -> list[Row]:
        return self._fetched(_call(function, arguments), arguments, class_row(row))

    def _row(self, function: str, row: type[Row], **arguments: object) -> Row:
        (only,) = self._rows(function, row, **arguments)
        return only

    def _optional_row(self, function: str, row: type[Row], **arguments: object) -> Row | None:
        rows = self._rows(function, row, **arguments)
        return rows[0] if rows else None

    def _fetched(
        self, query: Composed | bytes, values: Mapping[str, object], row_factory: RowFactory[Row]
    ) -> list[Row]:
        """Outside of a greater transaction a call is one of its own, and may be tried again."""

        def call() -> list[Row]:
            with translate_errors(), self.connection.cursor(row_factory=row_factory) as cursor:
                return cursor.execute(query, values).fetchall()

        is_alone = self.connection.info.transaction_status is TransactionStatus.IDLE
        return retried(call) if is_alone else call()


def _checked(function: str, kind: type[Value], value: object) -> Value:
    if not isinstance(value, kind):
        raise TypeError(f"billing.{function} gave {type(value).__name__}, not {kind.__name__}")
    return value


def _call(function: str, arguments: Mapping[str, object]) -> Composed:
    named = [SQL("{} => {}").format(Identifier(f"p_{name}"), Placeholder(name)) for name in arguments]
    return SQL("select * from billing.{}({})").format(Identifier(function), SQL(", ").join(named))

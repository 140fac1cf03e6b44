"""What a command says: tables and progress bars on a terminal, plain lines elsewhere, messages always on stderr."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

WIDE = 200
"""Columns of a table that goes into a file or a pipe: nothing is cut there."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
if not out.is_terminal:
    out.width = WIDE


def say(message: str) -> None:
    """Tell what happens, on stderr."""
    err.print(message, markup=False)


def complain(message: str) -> None:
    """Tell what is wrong, on stderr."""
    err.print(f"billing: {message}", markup=False, style="bold red" if err.is_terminal else None)


def print_line(message: str) -> None:
    """Give a result, on stdout."""
    out.print(message, markup=False)


def print_table(
    title: str, columns: Iterable[str], rows: Iterable[Iterable[object]], *, right: Iterable[str] = ()
) -> None:
    """Give a result as a table, on stdout."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    aligned_right = set(right)
    for column in columns:
        table.add_column(column, justify="right" if column in aligned_right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(format_cell(cell)) for cell in row))
    out.print(table)


def print_facts(title: str, facts: Iterable[tuple[str, object]]) -> None:
    """Give a result as a list of names and values, on stdout."""
    table = Table(title=title, title_justify="left", title_style="bold", show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for name, value in facts:
        table.add_row(name, Text(format_cell(value)))
    out.print(table)


def format_cell(value: object) -> str:
    """Numbers with thousands separators, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:,f}" if hasattr(value, "as_tuple") else f"{value:,}" if isinstance(value, int) else str(value)


@contextmanager
def counting(kinds: Iterable[str], *, is_shown: bool = True) -> Iterator[Callable[[str], None]]:
    """Count what is done of each kind; the yielded function is told the kind of each piece."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not (err.is_terminal and is_shown)) as progress:
        tasks = {kind: progress.add_task(kind, total=None) for kind in kinds}
        yield lambda kind: progress.advance(tasks[kind])


class BytesRead:
    """A bar of the bytes read of a file."""

    def __init__(self, name: str, *, size: int | None) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=err, disable=not (err.is_terminal and size))
        self._task = self._progress.add_task(name, total=size)

    def __enter__(self) -> Self:
        """Show the bar."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bar as it is."""
        self._progress.stop()

    def advance(self, rows: int, size: int, /) -> None:
        """Move the bar by the bytes read."""
        del rows
        self._progress.advance(self._task, size)

"""XML of a bank, read as if a stranger had written it: no DTD, no entities, no network, no unbounded trees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from lxml.etree import _Element

_DOCTYPE = b"<!DOCTYPE"
_CHUNK = 2**20
_OPTIONS = {
    "resolve_entities": False,
    "load_dtd": False,
    "dtd_validation": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def refuse_doctype(file: BinaryIO, name: str) -> None:
    """Refuse a document that declares a document type before its declarations are read."""
    file.seek(0)
    end = b""
    while chunk := file.read(_CHUNK):
        text = end + chunk.replace(b"\0", b"")
        if _DOCTYPE in text:
            raise _with_doctype(name)
        end = text[-len(_DOCTYPE) :]


def parsing(
    file: BinaryIO, name: str, *, events: tuple[str, ...], tags: tuple[str, ...] | None = None
) -> Iterator[tuple[str, _Element]]:
    """Parse from the beginning, piece by piece: what was handled and removed takes no memory."""
    file.seek(0)
    reading = etree.iterparse(file, events=events, tag=tags, **_OPTIONS)  # type: ignore[call-overload] # options by name
    try:
        is_first = True
        for event, element in reading:
            if is_first and element.getroottree().docinfo.doctype:
                raise _with_doctype(name)
            is_first = False
            yield event, element
    except etree.XMLSyntaxError as error:
        places = [(found.line, found.column, found.message) for found in reading.error_log]
        line, column, message = [*places, (*error.position, error.msg)][0]
        raise BillingError(f"{name}, line {line}, column {column}: not well-formed XML ({message}).") from None


def _with_doctype(name: str) -> BillingError:
    return BillingError(f"{name} declares a document type (DOCTYPE), which no bank statement does. It was not read.")


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def local_name(element: _Element) -> str:
    """Name without the namespace, in which the version stands."""
    return _local(str(element.tag))


@dataclass(slots=True)
class Node:
    """An element and what is in it, by local names; quicker to search than what the parser made.

    A line has what holds others, a currency an amount (Amt).
    """

    name: str
    text: str
    line: int
    currency: str | None
    children: dict[str, list[Node]]


def node_of(element: _Element) -> Node:
    """Copy an element with all that is in it."""
    children: dict[str, list[Node]] = {}
    for child in element:
        copied = node_of(child)
        known = children.get(copied.name)
        if known is None:
            children[copied.name] = [copied]
        else:
            known.append(copied)
    name, text = _local(element.tag), element.text  # type: ignore[arg-type] # comments are left out
    return Node(
        name,
        text.strip() if text else "",
        (element.sourceline or 0) if children else 0,
        element.get("Ccy") if name == "Amt" else None,
        children,
    )


def every(node: Node, *path: str) -> list[Node]:
    """Elements at the end of a path of local names."""
    found = [node]
    for name in path:
        found = [child for parent in found for child in parent.children.get(name, ())]
    return found


def at(node: Node, *path: str) -> Node | None:
    """First element at the end of the path."""
    for place, name in enumerate(path):
        found = node.children.get(name)
        if found is None:
            return None
        if len(found) > 1:
            return next(iter(every(node, *path[place:])), None)
        node = found[0]
    return node


def text(node: Node, *path: str) -> str | None:
    """Text of the first element at the end of the path; nothing for an empty one."""
    for place, name in enumerate(path):
        found = node.children.get(name)
        if found is None:
            return None
        if len(found) > 1:
            several = every(node, *path[place:])
            return (several[0].text or None) if several else None
        node = found[0]
    return node.text or None


def first_text(node: Node, *paths: tuple[str, ...]) -> str | None:
    """Text of the first path that has one."""
    for path in paths:
        if found := text(node, *path):
            return found
    return None

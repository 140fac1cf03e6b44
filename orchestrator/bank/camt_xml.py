"""XML of a bank, read as if a stranger had written it: no DTD, no entities, no network, no unbounded trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element


def parsed(content: bytes, name: str) -> _Element:
    """Parse the document; one that declares a document type is refused before its declarations are read."""
    if b"<!DOCTYPE" in content.replace(b"\0", b""):
        raise _with_doctype(name)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise BillingError(f"{name}, line {line}, column {column}: not well-formed XML ({error.msg}).") from None
    if root.getroottree().docinfo.doctype:
        raise _with_doctype(name)
    return root


def _with_doctype(name: str) -> BillingError:
    return BillingError(f"{name} declares a document type (DOCTYPE), which no bank statement does. It was not read.")


def local_name(element: _Element) -> str:
    """Name without the namespace, in which the version stands."""
    return etree.QName(element).localname


def every(element: _Element, *path: str) -> Iterator[_Element]:
    """Elements at the end of a path of local names."""
    if not path:
        yield element
        return
    for child in element:
        if local_name(child) == path[0]:
            yield from every(child, *path[1:])


def at(element: _Element, *path: str) -> _Element | None:
    """First element at the end of the path."""
    return next(every(element, *path), None)


def text(element: _Element, *path: str) -> str | None:
    """Text of the first element at the end of the path; nothing for an empty one."""
    found = at(element, *path)
    return (found.text or "").strip() or None if found is not None else None


def first_text(element: _Element, *paths: tuple[str, ...]) -> str | None:
    """Text of the first path that has one."""
    return next((found for path in paths if (found := text(element, *path))), None)

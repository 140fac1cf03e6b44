from __future__ import annotations

import http.server
import io
import threading
from typing import TYPE_CHECKING

import pytest

from orchestrator.bank.camt_xml import at, every, first_text, node_of, parsing, text
from orchestrator.errors import BillingError
from tests.orchestrator.bank.conftest import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.orchestrator.bank.conftest import ReadText

CAMT = (SAMPLES / "camt053_v02_sparkasse.xml").read_text(encoding="utf-8").split("?>", 1)[1]
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_external_entity_reads_no_file(read: ReadText, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOP-SECRET", encoding="utf-8")
    attack = f'<!DOCTYPE Document [<!ENTITY x SYSTEM "{secret.as_uri()}">]>' + CAMT.replace("RETOURE", "&x;")
    with pytest.raises(BillingError, match="declares a document type") as refused:
        read(attack)
    assert "TOP-SECRET" not in str(refused.value)


def test_neither_an_external_dtd_nor_an_entity_reaches_the_network(
    read: ReadText, asked: tuple[str, list[str]]
) -> None:
    address, paths = asked
    for declaration in (
        f'<!DOCTYPE Document SYSTEM "{address}/x.dtd">',
        f'<!DOCTYPE Document [<!ENTITY % p SYSTEM "{address}/p"> %p;]>',
    ):
        with pytest.raises(BillingError, match="declares a document type"):
            read(declaration + CAMT)
    assert paths == []


def test_a_billion_laughs_are_not_counted(read: ReadText) -> None:
    attack = f'<!DOCTYPE Document [<!ENTITY l0 "ha">{LAUGHS}]>' + CAMT.replace("RETOURE", "&l11;")
    with pytest.raises(BillingError, match="declares a document type"):
        read(attack)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-7", "utf-32"])
def test_an_encoding_does_not_hide_the_declaration(read: ReadText, encoding: str) -> None:
    attack = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE Document [<!ENTITY x "y">]>' + CAMT
    with pytest.raises(BillingError, match=r"declares a document type|not well-formed|are not utf-8|lacks the columns"):
        read(attack.encode(encoding))


def test_an_unknown_entity_is_not_guessed(read: ReadText) -> None:
    with pytest.raises(BillingError, match=r"line 1.*not well-formed XML"):
        read(CAMT.replace("RETOURE", "&unknown;").replace("\n", ""))


def test_a_deep_tree_is_refused_without_a_crash(read: ReadText) -> None:
    with pytest.raises(BillingError, match="not well-formed XML"):
        read("<a>" * 100_000)


def test_an_include_is_an_element_like_any_other(read: ReadText) -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hostname" parse="text"/>'
    assert read(CAMT.replace("</Ntry>", f"{include}</Ntry>")).entries == read(CAMT).entries


@pytest.mark.parametrize(
    ("content", "place"),
    [(b"<Document>\n<a></b></Document>", "line 2, column"), (b"<Document", "line 1"), (b"<", "line")],
)
def test_broken_xml_is_refused_with_its_place(content: bytes, place: str) -> None:
    with pytest.raises(BillingError, match=rf"bank\.xml, {place}"):
        list(parsing(io.BytesIO(content), "bank.xml", events=("end",)))


def test_elements_are_found_by_their_local_names_in_any_namespace() -> None:
    content = b'<d:a xmlns:d="urn:x"><d:b> 1 </d:b><b xmlns="urn:y"><c/></b><d:b>2</d:b></d:a>'
    *_, (_, element) = parsing(io.BytesIO(content), "x", events=("end",))
    root = node_of(element)
    assert [found.text for found in every(root, "b")] == ["1", "", "2"]
    assert text(root, "b") == "1"
    assert at(root, "b", "c") is not None
    assert text(root, "b", "c") is None
    assert first_text(root, ("z",), ("b", "c"), ("b",)) == "1"

from __future__ import annotations

import base64
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from orchestrator.documents.engine import AssetFetcher
from orchestrator.documents.page import Asset
from orchestrator.resources import folder
from tests.orchestrator.documents.in_process import render_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Document = dict[str, Any]
SAMPLES = sorted(path.stem for path in (folder("examples") / "documents").glob("*.json"))


def sample(name: str) -> Document:
    document: Document = json.loads((folder("examples") / "documents" / f"{name}.json").read_text(encoding="utf-8"))
    return document


def pages(document: Document) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(render_document(document))).pages]


def numbered_lines(count: int) -> list[Document]:
    """Lines that wrap, with a word at the start and one at the end by which to find them."""
    text = "Start{0}. " + "A description that is long enough to need many lines in its column. " * 4 + "End{0}."
    template = sample("two-hundred-lines")["lines"][0]
    return [template | {"position": number, "description": text.format(number)} for number in range(1, count + 1)]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_tagged_dated_and_carries_its_fonts(name: str) -> None:
    document = sample(name)
    reader = pypdf.PdfReader(io.BytesIO(render_document(document)))
    catalog: Any = reader.root_object
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"
    assert b"pdfuaid" in catalog["/Metadata"].get_data()
    assert reader.metadata is not None
    assert str(reader.metadata.title).endswith(document["number"])
    assert reader.metadata.author == document["seller"]["name"]
    assert str(reader.metadata.creation_date).startswith(document["issued_on"])
    families = {font.get_object()["/BaseFont"].split("+")[1] for page in reader.pages for font in fonts(page)}
    assert families
    assert all(family.startswith("Invoice-") for family in families), families


def fonts(page: Any) -> list[Any]:
    return list(page["/Resources"]["/Font"].values())


def test_an_invoice_says_all_that_it_owes_the_reader() -> None:
    (text,) = pages(sample("transfer-eur-epc"))
    for expected in (
        "INV-2026-02-0101",
        "1 March 2026",
        "31 March 2026",
        "Rheinwerk Analytics GmbH",
        "Germany",
        "147,891",
        "0.0005",
        "73.95",
        "VAT 19%",
        "49.96",
        "EUR 312.91",
        "DE02 1203 0000 0000 2020 51",
        "Net 30",
        "EU372041931",
        "Page 1 of 1",
    ):
        assert expected in text


def test_pictures_have_alternative_texts_and_table_heads_belong_to_their_cells() -> None:
    reader = pypdf.PdfReader(io.BytesIO(render_document(sample("transfer-eur-epc"))))
    elements = structure(reader.root_object["/StructTreeRoot"])
    texts = {element["/Alt"] for element in elements if element["/S"] == "/Figure"}
    assert len(texts) == 3
    cells = [element for element in elements if element["/S"] == "/TD"]
    assert cells
    assert all(cell["/A"]["/Headers"] for cell in cells)


def structure(node: Any) -> list[Any]:
    """Return the tagged elements below one, depth first."""
    children = [child.get_object() for child in node.get("/K", []) if not isinstance(child, int)]
    children = [child for child in children if "/S" in child]
    return [element for child in children for element in (child, *structure(child))]


@pytest.mark.parametrize("count", [*range(1, 12), 60])
def test_pages_break_between_lines_and_totals_keep_a_line_for_company(count: int) -> None:
    found = pages(sample("two-hundred-lines") | {"lines": numbered_lines(count)})
    for number in range(1, count + 1):
        (start,) = [page for page, text in enumerate(found) if f"Start{number}." in text]
        (end,) = [page for page, text in enumerate(found) if f"End{number}." in text]
        assert start == end
    for text in found:
        assert ("Unit price" in text) == ("Start" in text)
    (totals,) = [text for text in found if "Total due" in text]
    assert "Subtotal" in totals
    assert f"End{count}." in totals
    assert f"Page {len(found)} of {len(found)}" in found[-1]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/x", "file:///etc/passwd", "data:text/plain,x", "asset:other", "x"]
)
def test_only_what_is_in_memory_can_be_loaded(address: str) -> None:
    fetcher = AssetFetcher({"asset:logo": Asset(media_type="image/png", content=b"known")})
    assert fetcher("asset:logo").read() == b"known"
    with pytest.raises(ValueError, match="may not load"):
        fetcher(address)


@pytest.fixture
def requests() -> Iterator[tuple[str, list[str]]]:
    """A web server that remembers who asked."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


def test_a_hostile_logo_reaches_neither_network_nor_files(requests: tuple[str, list[str]], tmp_path: Path) -> None:
    address, seen = requests
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>TOPSECRET</text></svg>', encoding="utf-8")
    logo = f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">
        <style>@import url({address}/style);</style>
        <image href="{address}/picture" width="9" height="9"/>
        <image xlink:href="{secret.as_uri()}" width="9" height="9"/>
        <use href="{secret.as_uri()}#x"/><a href="{address}/link"><rect width="9" height="9"/></a></svg>"""
    document = sample("transfer-usd")
    document["seller"]["logo"] = {
        "media_type": "image/svg+xml",
        "base64": base64.b64encode(logo.encode()).decode(),
    }
    document["customer"]["name"] = f'<link rel="attachment" href="{secret.as_uri()}"><img src="{address}/name">'
    pdf = render_document(document)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert seen == []
    assert not reader.attachments
    assert "TOPSECRET" not in "".join(page.extract_text() for page in reader.pages)


VOID = {"mark": "VOID", "voided_on": "2026-03-12", "successor": "INV-2026-02-0188"}
"""What a void invoice's sheet shows beside the rest; with it nothing leads to money any more."""


@pytest.mark.parametrize("name", ["transfer-eur-epc", "card-proration", "two-hundred-lines", "nothing-to-pay"])
def test_a_void_sheet_says_so_on_every_page_and_asks_for_nothing(name: str) -> None:
    document = sample(name) | VOID | {"due_on": None, "payment_url": None, "epc_payload": None}
    shown = pages(document)
    assert all("VOID" in page for page in shown)
    text = " ".join("".join(shown).split())
    assert "Invoice INV-2026-02-0188 takes its place" in text
    asked = (document["seller"]["iban"], "IBAN", "How to pay", "Please transfer", "Pay online", "Due date", "Total due")
    assert [words for words in asked if words in text] == []


def test_a_draft_is_marked_on_every_page_and_else_the_document_itself() -> None:
    document = sample("two-hundred-lines")
    marked, real = pages(document | {"mark": "DRAFT"}), pages(document)
    assert [page.replace("DRAFT", "").split() for page in marked] == [page.split() for page in real]
    assert all("DRAFT" in page for page in marked)


def test_an_invoice_names_the_void_one_it_replaces() -> None:
    text = " ".join("".join(pages(sample("transfer-usd") | {"replaces": "INV-2026-02-0007"})).split())
    assert "This invoice replaces invoice INV-2026-02-0007, which is void." in text

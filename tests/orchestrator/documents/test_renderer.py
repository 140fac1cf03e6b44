from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.documents.renderer import PdfRenderer, RenderError, RendererUnavailableError
from orchestrator.errors import OUTSIDE_FAILED
from orchestrator.resources import folder
from tests.orchestrator.documents.in_process import render_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Document = dict[str, Any]
SAMPLES = sorted((folder("examples") / "documents").glob("*.json"))

DIGESTS = """
import hashlib, json, sys
from orchestrator.documents.engine import PdfEngine
engine = PdfEngine()
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        print(hashlib.sha256(engine.render(json.load(file))).hexdigest())
"""


def sample(name: str) -> Document:
    document: Document = json.loads((folder("examples") / "documents" / f"{name}.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def renderer() -> Iterator[PdfRenderer]:
    with PdfRenderer(processes=2) as pool:
        pool.warm()
        yield pool


def test_the_pool_and_this_process_give_the_same_bytes(renderer: PdfRenderer) -> None:
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in SAMPLES]
    with ThreadPoolExecutor(10) as threads:
        pooled = list(threads.map(renderer.render, documents))
    assert pooled == [render_document(document) for document in documents]


def test_bytes_depend_on_neither_hash_seed_nor_locale_nor_fonts_of_the_machine(tmp_path: Path) -> None:
    no_fonts = tmp_path / "fonts.conf"
    no_fonts.write_text(f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>", encoding="utf-8")
    paths = [str(path) for path in SAMPLES]
    environment = os.environ | {
        "PYTHONHASHSEED": "4711",
        "LC_ALL": "C",
        "TZ": "Asia/Tokyo",
        "FONTCONFIG_FILE": str(no_fonts),
    }
    command = [sys.executable, "-c", DIGESTS, *reversed(paths)]
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    here = [hashlib.sha256(render_document(sample(path.stem))).hexdigest() for path in SAMPLES]
    assert output.split() == here[::-1]


def test_another_document_gives_other_bytes(renderer: PdfRenderer) -> None:
    document = sample("transfer-usd")
    assert renderer.render(document) != renderer.render(document | {"number": "INV-2026-02-0048"})


def test_warming_returns_before_the_processes_are_ready() -> None:
    with PdfRenderer(processes=2) as pool:
        start = time.monotonic()
        pool.warm()
        assert time.monotonic() - start < 0.3
        assert len(pool.process_ids()) == 2
        assert pool.render(sample("transfer-usd")).startswith(b"%PDF-")
        assert len(pool.process_ids()) == 2


def test_a_bad_document_is_named_and_the_process_goes_on(renderer: PdfRenderer) -> None:
    before = sorted(renderer.process_ids())
    document = sample("transfer-usd")
    del document["total"]
    with pytest.raises(
        RenderError, match="Invoice INV-2026-02-0047 could not be rendered: 'total' is undefined"
    ) as caught:
        renderer.render(document)
    assert caught.value.exit_code == OUTSIDE_FAILED
    assert sorted(renderer.process_ids()) == before


@pytest.mark.parametrize("field", ["seller", "payment_url"])
def test_a_missing_field_is_named(renderer: PdfRenderer, field: str) -> None:
    document = sample("credit-note")
    del document[field]
    with pytest.raises(RenderError, match=f"Credit note CN-2026-03-0001 could not be rendered: the field '{field}'"):
        renderer.render(document)


def test_what_is_no_json_is_refused_before_it_is_sent(renderer: PdfRenderer) -> None:
    with pytest.raises(RenderError, match="Invoice INV-2026-02-0047 could not be rendered: it is not plain JSON"):
        renderer.render(sample("transfer-usd") | {"total": object()})


def test_a_crashed_process_fails_one_document_and_is_replaced() -> None:
    with PdfRenderer(processes=1) as pool:
        pool.render(sample("transfer-usd"))
        (crashed,) = pool.process_ids()
        os.kill(crashed, signal.SIGKILL)
        with pytest.raises(RenderError, match=r"Invoice INV-2026-02-0047 .* renderer process ended \(status -9\)"):
            pool.render(sample("transfer-usd"))
        assert pool.render(sample("transfer-usd")).startswith(b"%PDF-")
        assert crashed not in pool.process_ids()


def test_a_document_over_its_time_is_given_up_and_the_process_ended() -> None:
    with PdfRenderer(processes=1, document_seconds=0.05) as pool:
        with pytest.raises(RenderError, match=r"INV-2026-02-0150 .* the time limit of 0\.05 seconds"):
            pool.render(sample("two-hundred-lines"))
        assert pool.process_ids() == []


def test_closing_ends_the_processes_and_refuses_more() -> None:
    with PdfRenderer(processes=2) as pool:
        pool.warm()
        ended = pool.process_ids()
    for process_id in ended:
        with pytest.raises(ProcessLookupError):
            os.kill(process_id, 0)
    with pytest.raises(RenderError, match="closed"):
        pool.render(sample("transfer-usd"))


def test_processes_end_with_the_program_that_forgot_to_close_them() -> None:
    script = (
        "import os; from orchestrator.documents.renderer import PdfRenderer;"
        "pool = PdfRenderer(processes=1); pool.warm();"
        "print(*pool.process_ids(), flush=True); os._exit(0)"
    )
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    (orphan,) = (int(word) for word in output.stdout.split())
    deadline = time.monotonic() + 30
    while os.path.exists(f"/proc/{orphan}") and time.monotonic() < deadline:  # noqa: PTH110
        time.sleep(0.05)
    with pytest.raises(ProcessLookupError):
        os.kill(orphan, 0)


@pytest.mark.parametrize("end", ["pool.close()", "os._exit(0)", "os.kill(pool.process_ids()[0], 9); pool.close()"])
def test_nothing_is_left_on_the_disk(tmp_path: Path, end: str) -> None:
    script = (
        "import json, os, sys; from orchestrator.documents.renderer import PdfRenderer;"
        "pool = PdfRenderer(processes=1); pool.render(json.load(sys.stdin));"
        f"assert os.listdir(os.environ['TMPDIR']); {end}"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    document = json.dumps(sample("transfer-usd"))
    subprocess.run([sys.executable, "-c", script], input=document, text=True, env=environment, check=True, timeout=60)
    deadline = time.monotonic() + 30
    while os.listdir(tmp_path) and time.monotonic() < deadline:  # noqa: PTH208
        time.sleep(0.05)
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_missing_system_libraries_are_named_with_their_packages(tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")", encoding="utf-8")
    script = (
        "from orchestrator.documents.renderer import *\n"
        "try: PdfRenderer(processes=1).render({'number': 'INV-1', 'document': 'invoice'})\n"
        "except RendererUnavailableError as error: print(error)"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", script]
    output = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    assert "apt-get install libpango-1.0-0" in output
    assert "cannot load library" in output
    assert issubclass(RendererUnavailableError, RenderError)

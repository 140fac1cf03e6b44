"""How long the PDFs of a run take: 187 invoices of four lines, asked for by ten threads as `billing deliver` does.

    python benchmarks/render_invoices.py [--invoices 187] [--threads 10] [--rounds 3] [--processes N]

The first document waits for the processes to start; a run starts them while it drafts, so both figures are given.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from orchestrator.documents.renderer import PdfRenderer, available_cores
from orchestrator.resources import folder

SAMPLES = ("transfer-usd", "card-proration", "transfer-eur-epc")


def documents(count: int) -> list[dict[str, object]]:
    """Repeat the three usual kinds under different numbers."""
    directory = folder("examples") / "documents"
    samples = [json.loads((directory / f"{name}.json").read_text(encoding="utf-8")) for name in SAMPLES]
    return [samples[index % len(samples)] | {"number": f"INV-2026-02-{index + 1:04d}"} for index in range(count)]


def measure(renderer: PdfRenderer, invoices: list[dict[str, object]], threads: int) -> float:
    """Return the seconds until the last of the invoices is there."""
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        for pdf in pool.map(renderer.render, invoices):
            assert pdf.startswith(b"%PDF-")  # noqa: S101
    return time.perf_counter() - start


def main() -> None:
    """Print one line per round and the median."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invoices", type=int, default=187)
    parser.add_argument("--threads", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=available_cores())
    options = parser.parse_args()
    invoices = documents(options.invoices)
    with PdfRenderer(processes=options.processes) as renderer:
        start = time.perf_counter()
        renderer.warm()
        warm_call = time.perf_counter() - start
        size = len(renderer.render(invoices[0]))
        first = time.perf_counter() - start
        print(f"warm() returned after {warm_call * 1000:.0f} ms, first PDF ({size} bytes) after {first:.2f} s")
        totals = []
        for number in range(1, options.rounds + 1):
            totals.append(measure(renderer, invoices, options.threads))
            print(f"round {number}: {totals[-1]:.2f} s, {totals[-1] / options.invoices * 1000:.1f} ms an invoice")
        median = statistics.median(totals)
        each = median / options.invoices * 1000
        print(
            f"median: {options.invoices} invoices in {median:.2f} s, {each:.1f} ms an invoice "
            f"({options.processes} processes, {options.threads} threads)"
        )


if __name__ == "__main__":
    main()

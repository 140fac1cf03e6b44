"""Folders of files that `billing load` takes: the catalog in force (`export files`), and one to fill in (`init`)."""

from __future__ import annotations

import csv
import json
import shutil
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator import resources
from orchestrator.engine.contract import Contract
from orchestrator.errors import BillingError
from orchestrator.files.catalog import CATALOG, COMPANY
from orchestrator.files.company import FIELDS
from orchestrator.files.dunning import dunning_lines
from orchestrator.files.ledger import TABLES, ledger_lines

if TYPE_CHECKING:
    from psycopg import Connection

    from orchestrator.files.catalog import CatalogFile

    Fields = dict[str, Any]

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}


def export_folder(connection: Connection, folder: Path) -> list[tuple[str, int]]:
    """Write the files into a folder that is empty or not there yet; tell how many rows each has."""
    _require_empty(folder)
    rows: dict[str, list[Fields]] = {file.name: [] for file in CATALOG}
    for row in Contract(connection).catalog_rows():
        rows[row.file_name].append(row.fields)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in CATALOG:
            if file is not COMPANY:
                _write_csv(folder / file.name, file, rows[file.name])
            elif rows[file.name]:
                _write_company(folder / file.name, rows[file.name][0])
    except OSError as error:
        raise BillingError(f"{error.filename} cannot be written: {error.strerror}.") from error
    return [(name, len(found)) for name, found in rows.items() if found or name != COMPANY.name]


def write_new_company(folder: Path) -> list[Path]:
    """Copy the files to fill in to a folder that is empty or not there yet; return where they are."""
    _require_empty(folder)
    templates = sorted((resources.folder("examples") / "new-company").iterdir())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copyfile(path, folder / path.name)) for path in templates]
    except OSError as error:
        raise BillingError(f"{folder} cannot be written: {error.strerror}.") from error


def _require_empty(folder: Path) -> None:
    """Nothing that is there already is written over."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise BillingError(f"{folder} is not empty. Name a new folder; nothing was written.")
    except OSError as error:
        raise BillingError(f"{folder} cannot be used: {error.strerror}.") from error


def _write_csv(path: Path, file: CatalogFile, rows: list[Fields]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(file.columns), extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_company(path: Path, seller: Fields) -> None:
    """Write TOML, whose texts are those of JSON."""
    if seller["logo_media_type"]:
        logo = f"logo.{_ENDINGS[str(seller['logo_media_type'])]}"
        seller["logo"] = logo
        (path.parent / logo).write_bytes(b64decode(str(seller["logo_base64"])))
    given = {name: seller[name] for name in FIELDS if seller.get(name) is not None}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in given.items()]
    lines += dunning_lines(seller["dunning"])
    for table in TABLES:
        lines += ledger_lines(table, seller[table])
    path.write_text("".join(lines), encoding="utf-8")

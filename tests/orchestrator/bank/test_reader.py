from __future__ import annotations

import gzip
import io
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from orchestrator.bank import reader
from orchestrator.bank.reader import MAX_BYTES, read_statement
from orchestrator.errors import REFUSED, BillingError
from tests.orchestrator.bank.conftest import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.bank import Statement
    from tests.orchestrator.bank.conftest import ReadText


@pytest.mark.parametrize(
    ("name", "expected_format", "entries"),
    [
        ("abn_amro.sta", "MT940", 3),
        ("deutsche_bank.sta", "MT940", 2),
        ("dkb.mt940", "MT940", 3),
        ("ing.940", "MT940", 4),
        ("rabobank.swi", "MT940", 3),
        ("sparkasse.sta", "MT940", 3),
        ("camt053_v02_sparkasse.xml", "CAMT.053", 2),
        ("camt053_v04_structured.xml", "CAMT.053", 2),
        ("camt053_v08_batch.xml", "CAMT.053", 5),
        ("camt053_v13_prefixed.xml", "CAMT.053", 1),
        ("sparkasse.csv", "CSV", 3),
    ],
)
def test_every_dialect_is_read_whole(
    sample: Callable[[str], Statement], name: str, expected_format: str, entries: int
) -> None:
    statement = sample(name)
    assert (statement.format, len(statement.entries)) == (expected_format, entries)
    assert len({entry.fingerprint for entry in statement.entries}) == entries
    assert all(type(entry.amount) is Decimal for entry in statement.entries)


@pytest.mark.parametrize(
    "name", [path.name for path in sorted(SAMPLES.iterdir()) if path.suffix not in {".toml", ".csv"}]
)
def test_the_format_is_told_by_the_content_not_by_the_name(
    sample: Callable[[str], Statement], read: ReadText, name: str
) -> None:
    assert read((SAMPLES / name).read_bytes(), name="export.csv").entries == sample(name).entries


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\n\n"])
def test_what_precedes_the_first_character_changes_nothing(read: ReadText, mark: bytes) -> None:
    content = (SAMPLES / "dkb.mt940").read_bytes()
    assert read(mark + content).entries == read(content).entries


def test_xml_in_utf_16_is_xml(read: ReadText) -> None:
    text = (SAMPLES / "camt053_v02_sparkasse.xml").read_text(encoding="utf-8")
    in_utf_16 = text.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    assert read(in_utf_16).entries == read(text).entries


def test_a_file_that_is_missing_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BillingError, match=r"nowhere\.xml cannot be read: No such file or directory\.") as refused:
        read_statement(tmp_path / "nowhere.xml")
    assert refused.value.exit_code == REFUSED


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BillingError, match="cannot be read"):
        read_statement(tmp_path)


@pytest.mark.parametrize("content", [b"", b" \r\n\t"])
def test_an_empty_file_is_refused(read: ReadText, content: bytes) -> None:
    with pytest.raises(BillingError, match="is empty"):
        read(content)


def test_archives_are_not_opened(read: ReadText) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("statement.xml", "<Document/>")
    with pytest.raises(BillingError, match=r"is a ZIP archive\. Unpack it first"):
        read(archive.getvalue())
    with pytest.raises(BillingError, match="is a gzip archive"):
        read(gzip.compress(b":20:X"))


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.sta"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(BillingError, match=r"large\.sta is larger than 50 MB"):
        read_statement(large)
    assert reader.MAX_BYTES == 50 * 1024 * 1024


def test_a_mapping_is_for_csv_only(read: ReadText) -> None:
    with pytest.raises(BillingError, match=r"statement\.txt is not a CSV file, so the mapping mapping\.toml"):
        read((SAMPLES / "dkb.mt940").read_bytes(), mapping="")


@pytest.mark.parametrize("content", [b"%PDF-1.7 binary", b"hello", b"a,b,c\n1,2,3\n", b"{}"])
def test_what_is_no_statement_is_refused_with_the_columns_it_lacks(read: ReadText, content: bytes) -> None:
    with pytest.raises(BillingError, match=r"neither CAMT\.053 nor MT940, .* lacks the columns booked_on, amount"):
        read(content)

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.engine import PDF

if TYPE_CHECKING:
    from tests.given import Given

pytestmark = pytest.mark.usefixtures("three")


def test_the_stored_pdf_is_handed_out(given: Given) -> None:
    given.deliver()
    assert given.value("select billing.document_pdf('INV-2026-02-0002')") == PDF


def test_what_is_not_rendered_yet_says_so(given: Given) -> None:
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="INV-2026-02-0002 is not rendered yet"):
        given.value("select billing.document_pdf('INV-2026-02-0002')")


def test_an_unknown_number_says_so(given: Given) -> None:
    with pytest.raises(psycopg.errors.NoDataFound, match="there is no invoice INV-2026-02-0009"):
        given.value("select billing.document_pdf('INV-2026-02-0009')")

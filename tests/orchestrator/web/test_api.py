from __future__ import annotations

import csv
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.orchestrator.web.story import AS_OF

if TYPE_CHECKING:
    from tests.orchestrator.web.served import Served

VIEWS = (
    "aging",
    "bank-matches",
    "churn-risk",
    "credit-balances",
    "dunning-log",
    "dunning-queue",
    "invoice-lines",
    "invoices",
    "mrr",
    "mrr-weekly",
    "outstanding",
    "revenue-by-customer",
    "runs",
    "tax-summary",
    "unbilled-usage",
)
ABSURD = (
    "mrr?as_of=0000-00-00",
    "mrr?as_of=99999-01-01",
    "mrr?as_of=2026-02-30",
    "mrr?as_of=now()",
    "mrr?period=2026-13",
    "mrr?period=2026-02'--",
    "aging?period=2026-02",
    "mrr?limit=0",
    "mrr?limit=-1",
    "mrr?limit=1e9",
    "mrr?limit=99999999999999999999",
    "mrr?offset=-1",
    "mrr?limit=1&limit=2",
    "mrr?format=xml",
    "mrr?sort=mrr;drop table billing.invoices",
    "mrr?sort=--mrr",
    "mrr?sort=",
    "mrr?nothing=1",
    "mrr?mrr=1",
    "mrr?currency=%00",
    "mrr?currency=%ff",
    "mrr?currency=" + "x" * 1000,
    "mrr?" + "&".join(f"currency={number}" for number in range(500)),
)
NOWHERE = (
    "nope",
    "mrr%27",
    "mrr;drop",
    "mrr_weekly",
    "..%2f..%2fetc%2fpasswd",
    "pg_class",
    "%00",
    "%F0%9F%92%A9",
    "billing.customers",
    "mrr/extra",
)


def rows(body: str) -> list[dict[str, object]]:
    page = json.loads(body, parse_float=Decimal)
    assert isinstance(page["rows"], list)
    return page["rows"]


def test_nothing_is_answered_without_a_token(served: Served) -> None:
    with served.client() as client:
        for path in ("/api/billing/mrr", "/api/billing", "/api/openapi.json", "/api/billing/nope"):
            answer = client.get(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer nobody", "bearer\tx", "Basic YTpi", "Bearer " + "x" * 5000, "\xfc"]
)
def test_a_wrong_token_is_refused(served: Served, header: str) -> None:
    with served.client() as client:
        answer = client.get("/api/billing/mrr", headers=[(b"Authorization", header.encode("latin-1"))])
    assert answer.status_code in {401, 429}


def test_every_reporting_view_has_its_endpoint(served: Served) -> None:
    with served.api() as client:
        listed = {view["href"].rpartition("/")[2] for view in client.get("/api/billing").json()["views"]}
        assert listed >= set(VIEWS)
        for view in VIEWS:
            answer = client.get(f"/api/billing/{view}")
            assert answer.status_code == 200, answer.text
            assert (answer.json()["view"], answer.json()["as_of"]) == (view.replace("-", "_"), AS_OF)


def test_numbers_are_those_of_the_view_digit_by_digit(served: Served) -> None:
    with served.api() as client:
        text = client.get("/api/billing/mrr?period=2026-02").text
    assert '"mrr":45684.14,"tax":2145.00,"billed":47829.14,"growth":0.042000' in text


def test_the_date_changes_the_report(served: Served) -> None:
    with served.api() as client:
        aging = {
            row["bucket"]: row["outstanding"] for row in rows(client.get(f"/api/billing/aging?as_of={AS_OF}").text)
        }
        before = rows(client.get("/api/billing/mrr?as_of=2026-02-15").text)
    assert aging == {"current": Decimal("6970.00"), "1-30": 984, "31-60": 246, "60+": 0}
    assert [row["month"] for row in before] == ["2025-12", "2026-01"]


@pytest.mark.parametrize("how", ["parameter", "header"])
def test_csv_is_the_same_report(served: Served, how: str) -> None:
    with served.api() as client:
        if how == "parameter":
            answer = client.get("/api/billing/invoices?period=2026-02&format=csv")
        else:
            answer = client.get("/api/billing/invoices?period=2026-02", headers={"Accept": "text/csv"})
        page = rows(client.get("/api/billing/invoices?period=2026-02").text)
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="invoices-2026-02.csv"' in answer.headers["content-disposition"]
    assert [row["total"] for row in table] == [str(row["total"]) for row in page]
    assert len(table) == 187


def test_csv_has_no_limit_of_its_own(served: Served) -> None:
    with served.api() as client:
        lines = client.get("/api/billing/invoice-lines?format=csv").text.count("\n") - 1
        assert len(client.get("/api/billing/invoice-lines").json()["rows"]) == 1000
    assert lines == served.value("select count(*) from reporting.invoice_lines", role="billing_reader")


def test_pages_follow_each_other_without_gap_or_overlap(served: Served) -> None:
    numbers: list[object] = []
    path: str | None = "/api/billing/invoices?period=2026-02&limit=50&sort=-total"
    with served.api() as client:
        while path:
            page = client.get(path)
            numbers += [row["invoice_number"] for row in rows(page.text)]
            path = page.json()["next"]
    assert len(numbers) == len(set(numbers)) == 187


def test_rows_can_be_filtered_and_sorted(served: Served) -> None:
    with served.api() as client:
        found = rows(client.get("/api/billing/outstanding?bucket=1-30&bucket=31-60&sort=-outstanding").text)
    assert [row["outstanding"] for row in found] == [Decimal("656.22"), Decimal("327.78"), Decimal("246.00")]


def test_what_is_known_already_is_not_sent_again(served: Served) -> None:
    with served.api() as client:
        first = client.get("/api/billing/mrr")
        again = client.get("/api/billing/mrr", headers={"If-None-Match": first.headers["etag"]})
        other = client.get("/api/billing/mrr?period=2026-01", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, other.status_code) == (304, b"", 200)


def test_head_tells_the_length_and_sends_nothing(served: Served) -> None:
    with served.api() as client:
        head, get = client.head("/api/billing/aging"), client.get("/api/billing/aging")
    assert head.content == b""
    assert (head.headers["etag"], head.headers["content-length"]) == (
        get.headers["etag"],
        get.headers["content-length"],
    )


@pytest.mark.parametrize("path", ABSURD)
def test_an_absurd_parameter_is_refused_in_a_sentence(served: Served, path: str) -> None:
    with served.api() as client:
        answer = client.get(f"/api/billing/{path}")
    assert answer.status_code == 400
    assert answer.json()["detail"].endswith((".", "}"))


@pytest.mark.parametrize("name", NOWHERE)
def test_what_is_not_a_report_is_not_found(served: Served, name: str) -> None:
    with served.api() as client:
        assert client.get(f"/api/billing/{name}").status_code == 404


def test_only_get_and_head_are_taken(served: Served) -> None:
    with served.api() as client:
        assert {client.request(method, "/api/billing/mrr").status_code for method in ("POST", "PUT", "DELETE")} == {405}


def test_formulas_are_neutralised_and_numbers_are_not(served: Served) -> None:
    with served.sql() as connection:
        query = b"update billing.customers set name = %s where account_number = '1112'"
        connection.execute(query, ("=cmd|' /C calc'!A0",))
        try:
            with served.api() as client:
                risk = client.get("/api/billing/churn-risk?account_number=1112&format=csv").text
                movements = client.get("/api/billing/mrr?period=2026-02&format=csv").text
        finally:
            connection.execute(query, ("Juniper Maps s.r.o.",))
    assert ",'=cmd|" in risk
    assert ",-412.36," in movements


def test_a_finance_report_can_be_asked_for_by_many_at_once(served: Served) -> None:
    def ask(number: int) -> int:
        with served.api() as client:
            return client.get(f"/api/billing/invoice-lines?offset={number}").status_code

    with ThreadPoolExecutor(24) as pool:
        codes = set(pool.map(ask, range(48)))
    assert codes <= {200, 503}
    assert 200 in codes


def test_the_openapi_document_describes_every_column(served: Served) -> None:
    with served.api() as client:
        document = client.get("/api/openapi.json").json()
        page = client.get("/api/billing/mrr").json()
    assert document["openapi"] == "3.1.0"
    assert {path.rpartition("/")[2] for path in document["paths"]} >= set(VIEWS)
    properties = document["components"]["schemas"]["mrr"]["properties"]
    assert set(page["rows"][0]) == set(properties)
    assert all(column["description"] for column in properties.values())
    operation = document["paths"]["/api/billing/mrr"]["get"]
    assert "429" in operation["responses"]
    as_of = next(parameter for parameter in operation["parameters"] if parameter["name"] == "as_of")
    assert "from 2000-01-01 to 2050-12-31" in as_of["description"]
    matches = [
        day
        for day in ("1999-12-31", "2000-01-01", "2050-12-31", "2051-01-01")
        if re.search(as_of["schema"]["pattern"], day)
    ]
    assert matches == ["2000-01-01", "2050-12-31"]


def test_a_view_name_with_a_space_is_quoted_back_safely(served: Served) -> None:
    with served.api() as client:
        answer = client.get(f"/api/billing/{quote('<script>')}", headers={"Accept": "text/html"})
    assert "<script>" not in answer.text


def test_exports_at_once_queue_and_none_is_refused(served: Served) -> None:
    def export(_: int) -> int:
        with served.api() as client:
            return client.get("/api/billing/invoices", params={"format": "csv", "limit": 10000}).status_code

    with ThreadPoolExecutor(max_workers=40) as crowd:
        assert set(crowd.map(export, range(40))) == {200}

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestrator.deployment.deploy import connection_url
from orchestrator.engine.access import WebDatabase
from orchestrator.web.access import Sessions, hashed, new_secret
from orchestrator.web.limits import MAX_KEYS, RateLimit
from orchestrator.web.shell import loggable_path
from tests.orchestrator.web.served import RecordedPayments, serving

if TYPE_CHECKING:
    import httpx

    from tests.orchestrator.web.served import Served


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def log_in(client: httpx.Client, served: Served) -> httpx.Response:
    return client.post("/login", data={"password": served.secrets.password, "next": "/?trend=week"})


def test_pages_lead_to_the_login_and_back(served: Served) -> None:
    with served.client() as client:
        away = client.get("/?trend=week")
        assert (away.status_code, away.headers["location"]) == (303, "/login?next=/%3Ftrend%3Dweek")
        back = log_in(client, served)
        assert (back.status_code, back.headers["location"]) == (303, "/?trend=week")
        assert client.get("/").status_code == 200
        assert client.get("/api/billing/mrr").status_code == 200


def test_the_cookie_is_for_this_site_only_and_for_no_script(served: Served) -> None:
    with served.client() as client:
        cookie = log_in(client, served).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert served.secrets.password not in cookie


def test_after_the_logout_the_cookie_is_worth_nothing(served: Served) -> None:
    with served.client() as client:
        log_in(client, served)
        kept = dict(client.cookies)
        client.post("/logout")
        client.cookies.clear()
        client.cookies.update(kept)
        assert client.get("/").status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "x.y", "a" * 5000, "..", "\u00e9"])
def test_a_forged_cookie_opens_nothing(cookie: str) -> None:
    sessions = Sessions()
    sessions.open(hashed("secret"))
    assert sessions.find(cookie) is None


def test_a_session_ends_by_itself() -> None:
    clock = Hand()
    sessions = Sessions(clock)
    cookie = sessions.open(hashed("secret"))
    assert sessions.find(cookie) is not None
    clock.now += 13 * 60 * 60
    assert sessions.find(cookie) is None


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_a_form_of_another_site_is_refused(served: Served, headers: dict[str, str]) -> None:
    with served.client() as client:
        for path in ("/login", "/logout"):
            assert client.post(path, data={"password": served.secrets.password}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "next_page",
    ["//evil.example", "///evil.example/x", "https://evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_the_login_leads_nowhere_else(served: Served, next_page: str) -> None:
    with served.client() as client:
        answer = client.post("/login", data={"password": served.secrets.password, "next": next_page})
    assert answer.headers["location"] == "/"


def test_a_wrong_password_is_said_in_a_sentence(served: Served) -> None:
    with served.client() as client:
        answer = client.post("/login", data={"password": "guess"})
    assert answer.status_code == 401
    assert "That is not the password." in answer.text


def test_documents_need_the_role_finance(served: Served) -> None:
    path = "/invoices/INV-2026-02-0001.pdf"
    with served.api() as reader, served.finance() as finance, served.client() as nobody:
        assert reader.get(path).status_code == 403
        assert finance.get(path).headers["content-type"] == "application/pdf"
        assert finance.get(path).headers["content-disposition"].startswith("inline")
        assert nobody.get(path).status_code == 303
        assert finance.get("/invoices/INV-9999-01-0001.pdf").status_code == 404


def test_an_unknown_name_of_the_host_is_refused(served: Served) -> None:
    with served.client() as client:
        assert client.get("/login", headers={"Host": "evil.example"}).status_code == 421


def test_every_answer_has_the_headers_of_a_careful_server(served: Served) -> None:
    with served.client() as client:
        for path in ("/login", "/healthz", "/api/billing/mrr", "/nowhere", "/i/nothing"):
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert "noindex" in headers["x-robots-tag"]


def test_health_is_open_and_says_nothing_else(served: Served) -> None:
    with served.client() as client:
        assert client.get("/healthz").text == "ok\n"


def test_a_long_body_is_refused(served: Served) -> None:
    with served.client() as client:
        assert client.post("/login", content=b"x" * 2_000_000).status_code == 413


def test_a_long_body_that_does_not_say_so_is_refused_too(served: Served) -> None:
    with served.client() as client:
        assert client.post("/webhooks/stripe", content=iter([b"x" * 100_000] * 20)).status_code == 413


def test_secrets_are_kept_as_hashes_only(served: Served) -> None:
    with served.sql() as connection:
        kept = str(connection.execute("select * from billing.api_tokens").fetchall())
    assert served.secrets.token not in kept
    assert served.secrets.password not in kept


def test_the_reader_of_reports_may_not_ask_for_secrets_or_documents(served: Served) -> None:
    with psycopg.connect(connection_url(served.settings, "billing_reader"), autocommit=True) as reader:
        for query in (
            "select billing.authenticate_api_token('')",
            "select billing.document_pdf('INV-2026-02-0001')",
            "select billing.payment_page('INV-2026-02-0001')",
            "select * from billing.api_tokens",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(query.encode())


def test_secrets_are_long_and_random() -> None:
    assert re.fullmatch(r"pgb_([a-z2-7]{4}-){7}[a-z2-7]{4}", new_secret())
    assert new_secret() != new_secret()


def test_one_secret_opens_the_pages_and_the_api(served: Served) -> None:
    for secret in (served.secrets.token, served.secrets.password):
        with served.client() as person, served.client(token=secret) as program:
            assert person.post("/login", data={"password": secret}).headers["location"] == "/"
            assert (person.get("/").status_code, program.get("/api/billing/mrr").status_code) == (200, 200)


def test_whoever_loses_access_loses_every_session_at_once(served: Served) -> None:
    secret = new_secret()
    with served.sql("billing_worker") as connection, served.client() as person, served.client(token=secret) as program:
        database = WebDatabase(connection)
        database.add_access(name="a guest", role="approver", token_sha256=hashed(secret))
        assert person.post("/login", data={"password": secret}).status_code == 303
        assert person.get("/").status_code == 200
        database.revoke_access(name="a guest")
        assert (person.get("/").status_code, program.get("/api/billing/mrr").status_code) == (303, 401)


def test_a_rate_limit_fills_up_again() -> None:
    clock = Hand()
    limit = RateLimit(burst=2, per_minute=6, clock=clock)
    assert [limit.take("a") for _ in range(3)] == [0, 0, 10]
    assert limit.take("b") == 0
    clock.now += 10
    assert limit.take("a") == 0


def test_a_rate_limit_is_not_shared() -> None:
    limit = RateLimit(burst=1, per_minute=1, clock=Hand())
    assert sum(limit.take(str(number)) == 0 for number in range(100)) == 100


def test_a_rate_limit_forgets_who_has_not_been_seen_for_longest() -> None:
    limit = RateLimit(burst=1, per_minute=1, clock=Hand())
    for number in range(MAX_KEYS + 1):
        limit.take(str(number))
    assert limit.take(str(MAX_KEYS)) > 0
    assert limit.take("0") == 0


def test_wrong_secrets_are_counted_and_right_ones_always_open(served: Served) -> None:
    with serving(served.settings, served.secrets, RecordedPayments()) as running, running.client() as client:
        wrong = {"Authorization": "Bearer wrong"}
        codes = [client.get("/api/billing/aging", headers=wrong).status_code for _ in range(120)]
        logins = [client.post("/login", data={"password": "guess"}) for _ in range(2)]
        with running.api() as program:
            assert program.get("/api/billing/aging").status_code == 200
        assert log_in(client, running).status_code == 303
    assert codes == [401] * 10 + [429] * 110
    assert {login.status_code for login in logins} == {429}
    assert "Wait a little" in logins[0].text


def test_the_log_never_holds_the_link_of_a_customer() -> None:
    assert loggable_path("/i/secret/pay") == "/i/-/pay"
    assert loggable_path("/\u00e9\n" + "x" * 1000) == "/??" + "x" * 197

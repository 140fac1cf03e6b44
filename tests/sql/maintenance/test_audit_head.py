from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given

HEAD = "select * from billing.audit_head()"


def test_an_empty_log_has_no_head(given: Given) -> None:
    assert given.connection.execute(HEAD).fetchall() == []


def test_the_head_is_the_newest_entry(given: Given) -> None:
    given.subscription(given.customer(), given.flat_plan())
    given.run("2026-02")
    first = given.connection.execute(HEAD).fetchall()
    given.deliver()
    (head,) = given.connection.execute(HEAD).fetchall()
    assert head[0] == given.value("select count(*) from billing.audit_log")
    assert head[1] == given.value("select encode(hash, 'hex') from billing.audit_log order by entry desc limit 1")
    assert [head] != first

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given

ADD = "select charge_code, is_repeat from billing.add_charge('A', %s, %s, %s, %s, '2026-03-10')"
BILLED = "select billed_in::text, description, difference::text from billing.changed_charges()"


@pytest.fixture
def customer(given: Given) -> int:
    given.tax_rate()
    return given.customer("A")


def add(
    given: Given, amount: str = "500.00", *, code: str | None = None, about: str = "Set-up", due: str = "2026-03-10"
) -> tuple[object, ...]:
    row = given.connection.execute(ADD, (code, about, amount, due)).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("amount", "due", "billed_in"),
    [
        ("500.00", "2026-03-10", "2026-03-01"),
        ("-20.00", "2026-03-31", "2026-03-01"),
        ("500.00", "2026-04-01", "2026-04-01"),
        ("500.00", "2026-01-10", "2026-03-01"),
    ],
)
def test_it_is_billed_by_the_first_run_that_comes(
    given: Given, customer: int, amount: str, due: str, billed_in: str
) -> None:
    given.subscription(customer, given.flat_plan())
    given.run("2026-02")
    with given.connection.transaction():
        add(given, amount, due=due)
        assert given.connection.execute(BILLED).fetchall() == [(billed_in, "Set-up", amount)]
    given.run("2026-03")
    assert (amount in given.amounts(customer, "2026-03")) == (billed_in == "2026-03-01")


@pytest.mark.usefixtures("customer")
def test_codes_are_counted_in_each_account(given: Given) -> None:
    assert add(given, about="one") == ("X-0001", False)
    assert add(given, about="two", code="X-0009") == ("X-0009", False)
    assert add(given, about="three", code="Y") == ("Y", False)
    assert add(given, about="four") == ("X-0010", False)


@pytest.mark.usefixtures("customer")
def test_the_same_charge_again_is_a_repeat_and_another_one_is_refused(given: Given) -> None:
    add(given, code="S")
    assert add(given, code="S") == ("S", True)
    for other in ({"amount": "500.01"}, {"about": "Other"}, {"due": "2026-03-11"}):
        with pytest.raises(psycopg.Error, match="S is another charge already") as refused:
            add(given, code="S", **other)
        assert refused.value.diag.message_detail == "Set-up, 500.00 EUR due on 2026-03-10"
    assert given.value("select count(*) from billing.charges") == 1


@pytest.mark.usefixtures("customer")
def test_the_same_without_a_code_needs_one(given: Given) -> None:
    add(given)
    with pytest.raises(psycopg.Error, match="account A has that charge already, as X-0001"):
        add(given)
    assert add(given, code="once more") == ("once more", False)


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"amount": "0"}, "no amount of a charge"),
        ({"amount": "1.005"}, "no amount of a charge"),
        ({"amount": "NaN"}, "expected an amount"),
        ({"about": ""}, "description is empty: expected text"),
        ({"about": "a\nb"}, "expected text of 1 to 200 characters"),
        ({"code": ""}, "expected text of 1 to 100 characters"),
    ],
)
def test_what_is_no_charge_is_refused(given: Given, values: dict[str, str], said: str) -> None:
    with pytest.raises(psycopg.Error, match=said):
        add(given, **values)
    assert given.value("select count(*) from billing.charges") == 0


@pytest.mark.usefixtures("customer")
def test_a_charge_is_in_the_audit_log(given: Given) -> None:
    add(given)
    logged = "select topic, subject, to_state, reason from billing.audit_log"
    assert given.connection.execute(logged).fetchall() == [
        ("contract", "account A, charge X-0001", "500.00 EUR due on 2026-03-10", "Set-up")
    ]

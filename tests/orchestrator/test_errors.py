from __future__ import annotations

import psycopg
import pytest

from orchestrator.errors import (
    ERRORS_BY_SQLSTATE,
    BillingError,
    NeedsAttention,
    OutsideSystemError,
    retried,
    translate_errors,
)


def raise_in(database: psycopg.Connection, code: str, *, detail: str = "", hint: str = "") -> None:
    options = (
        f"errcode = '{code}'" + (f", detail = '{detail}'" if detail else "") + (f", hint = '{hint}'" if hint else "")
    )
    database.execute(f"do $$ begin raise 'the invoice is strange' using {options}; end $$".encode())


def test_message_detail_and_hint_become_sentences(database: psycopg.Connection) -> None:
    with pytest.raises(BillingError) as refused, translate_errors():
        raise_in(database, "P0001", detail="Invoice 7 is void.", hint="Choose another")
    assert str(refused.value) == "The invoice is strange. Invoice 7 is void. Choose another."
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(("code", "error"), ERRORS_BY_SQLSTATE.items())
def test_a_code_of_ours_becomes_its_class(database: psycopg.Connection, code: str, error: type[BillingError]) -> None:
    with pytest.raises(BillingError, match=r"The invoice is strange\.") as refused, translate_errors():
        raise_in(database, code)
    assert type(refused.value) is error


def test_a_lost_connection_is_an_outside_failure(database: psycopg.Connection, admin: psycopg.Connection) -> None:
    admin.execute("select pg_terminate_backend(%s)", (database.info.backend_pid,))
    with pytest.raises(OutsideSystemError) as failed, translate_errors():
        database.execute("select 1")
    assert failed.value.exit_code == 3


def test_what_an_object_is_not_ready_for_is_a_refusal_not_an_outage(database: psycopg.Connection) -> None:
    with pytest.raises(BillingError) as refused, translate_errors():
        raise_in(database, "55000")
    assert refused.value.exit_code == 2
    assert "did not answer" not in str(refused.value)


def test_what_is_not_of_the_database_passes_unchanged() -> None:
    with pytest.raises(KeyError), translate_errors():
        raise KeyError


def test_an_error_without_a_message_says_what_its_class_says() -> None:
    assert str(NeedsAttention()) == "Done, but something needs a person."
    assert NeedsAttention.exit_code == 1


@pytest.mark.parametrize("error", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure])
def test_a_contended_transaction_is_tried_again(error: type[psycopg.Error]) -> None:
    outcomes = iter([error(), error(), None])

    def operation() -> str:
        if outcome := next(outcomes):
            raise outcome
        return "done"

    assert retried(operation) == "done"


def test_retrying_ends() -> None:
    def operation() -> None:
        raise psycopg.errors.DeadlockDetected

    with pytest.raises(psycopg.errors.DeadlockDetected):
        retried(operation)


def test_nothing_else_is_tried_again() -> None:
    attempts: list[int] = []

    def operation() -> None:
        attempts.append(1)
        raise psycopg.errors.UniqueViolation

    with pytest.raises(psycopg.errors.UniqueViolation):
        retried(operation)
    assert attempts == [1]

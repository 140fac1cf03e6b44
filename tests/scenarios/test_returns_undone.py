"""A return that is undone leaves what would be there without it, whatever happened in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.collection import Bill

PAYER = "Customer One"
paid = st.tuples(st.sampled_from(["named", "both", "account"]), st.integers(1, 25000))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("transfer"), st.integers(0, 1), st.integers(1, 15000)),
        st.tuples(st.just("cash"), st.integers(0, 1), st.integers(1, 15000)),
        st.tuples(st.just("credit"), st.integers(0, 1), st.integers(1, 4000)),
        st.tuples(st.just("bill"), st.just(0), st.just(0)),
        st.tuples(st.just("dunning"), st.just(0), st.just(0)),
    ),
    max_size=4,
)


class World:
    """A customer with two invoices of 100.00 and one of 70.00 to come."""

    def __init__(self, till: Collection) -> None:
        self.till = till
        first = till.issued("100.00")
        self.bills: list[Bill] = [first, till.billed(first.customer, period="2026-03", on="2026-04-01")]

    def pay(self, how: str, cents: int) -> None:
        """Bring the money that will go back."""
        numbers = {"named": self.bills[0].number, "both": " ".join(bill.number for bill in self.bills[::-1])}
        entry = self.till.transfer(
            f"{cents / 100:.2f}", numbers.get(how, "thanks"), on="2026-04-02", payer_name=PAYER, fingerprint="in"
        )
        if how == "account":
            self.till.value(
                "select billing.assign_bank_transaction_to_account(%s, account_number, '2026-04-02') "
                "from billing.customers where customer_id = %s",
                *(entry.bank_transaction_id, self.bills[0].customer),
            )

    def send_back(self, cents: int) -> int:
        """Return it, certainly."""
        debit = self.till.transfer(
            f"-{cents / 100:.2f}", "", on="2026-04-03", payer_name=PAYER, is_return=True, fingerprint="out"
        )
        assert debit.status == "returned"
        return debit.bank_transaction_id

    def undo(self, debit: int) -> None:
        """Say that it was no return; the statement comes again, too."""
        self.till.value("select billing.undo_bank_transaction(%s, 'none', '2026-04-20')", debit)

    def step(self, what: str, which: int, cents: int) -> None:
        """Do what happens meanwhile."""
        amount, bill = f"{cents / 100:.2f}", self.bills[which]
        match what:
            case "transfer":
                self.till.transfer(amount, bill.number, on="2026-04-05", payer_name="Customer Two")
            case "cash":
                self.till.paid_by_hand(bill, amount, on="2026-04-05")
            case "credit":
                credited = self.till.value(
                    "select coalesce(sum(amount), 0) from billing.credit_notes where invoice_id = %s", bill.invoice_id
                )
                if float(str(credited)) + cents / 100 <= 100:
                    self.till.credited(bill, amount, on="2026-04-06")
            case "dunning":
                self.till.advance("2026-04-10")
            case _ if len(self.bills) < 3:
                self.bills.append(self.till.billed(self.bills[0].customer, period="2026-04", on="2026-05-01"))

    def balances(self) -> tuple[object, ...]:
        """What is owed, and held."""
        owed = [(self.till.status(bill), self.till.outstanding(bill)) for bill in self.bills]
        dunned = [self.till.dunning(bill)[0] == "paid" for bill in self.bills]
        return (*owed, *dunned, self.till.balance(self.bills[0].customer), self.till.broken())


def test_a_return_that_is_undone_leaves_what_would_be_there_without_it(database: psycopg.Connection) -> None:
    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(paid=paid, before=steps, between=steps)
    def check(paid: tuple[str, int], before: list[tuple[str, int, int]], between: list[tuple[str, int, int]]) -> None:
        ends = []
        for is_returned in (False, True):
            with database.transaction(force_rollback=True):
                world = World(Collection(database))
                world.pay(*paid)
                for step in before:
                    world.step(*step)
                debit = world.send_back(paid[1]) if is_returned else None
                for step in between:
                    world.step(*step)
                if debit:
                    world.undo(debit)
                ends.append(world.balances())
        assert ends[0] == ends[1]

    check()

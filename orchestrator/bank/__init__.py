"""Bank statements in: CAMT.053, MT940 and CSV become the same entries."""

from orchestrator.bank.entries import BankEntry, Statement
from orchestrator.bank.reader import read_statement

__all__ = ["BankEntry", "Statement", "read_statement"]

"""Pages of statements: equal entries on two pages are two, equal entries in two statements are one that came twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.bank.entries import Numbering, in_both

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestrator.bank.entries import BankEntry, Draft


class Page:
    """A page of a statement; it goes on with the running numbers of the page before."""

    def __init__(self, account: str | None, number: int | None, *, name: str | None, before: Page | None) -> None:
        self.account = account
        self.number = number
        self.name = name
        self.closing: Decimal | None = None
        self.entries: list[BankEntry] = [] if before is None else before.entries
        self.numbering: Numbering = Numbering() if before is None else before.numbering

    def add(self, draft: Draft) -> None:
        """Take an entry in."""
        self.entries.append(self.numbering.entry(draft, statement_id=self.name))


class Pages:
    """The statements of a file, in order, each with all its pages."""

    def __init__(self) -> None:
        self._statements: list[Page] = []
        self._last: dict[tuple[str | None, str | None], Page] = {}

    def last(self, account: str | None, identifier: str | None) -> Page | None:
        """Return the newest page of a statement."""
        return self._last.get((account, identifier))

    def page(self, account: str | None, identifier: str | None, number: int | None, *, name: str | None) -> Page:
        """Begin a page; with a number above that of the last page of its statement it goes on with that."""
        last = self.last(account, identifier)
        follows = last is not None and number is not None and number > (last.number or 1)
        page = Page(account, number, name=name, before=last if follows else None)
        if not follows:
            self._statements.append(page)
        self._last[account, identifier] = page
        return page

    def entries(self) -> tuple[BankEntry, ...]:
        """Return every entry once."""
        if len(self._statements) == 1:
            return tuple(self._statements[0].entries)
        seen: set[tuple[str, str | None, str | None]] = set()
        kept: list[BankEntry] = []
        for page in self._statements:
            names = [(entry.fingerprint, entry.account_iban, entry.account_number) for entry in page.entries]
            kept += [entry for entry, name in zip(page.entries, names, strict=True) if name not in seen]
            seen.update(names)
        return tuple(kept)

    def repeated(self) -> list[BankEntry]:
        """Return the entries that more than one statement holds, and that count once."""
        return in_both([page.entries for page in self._statements])

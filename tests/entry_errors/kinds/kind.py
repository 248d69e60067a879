"""One kind of entry error: how a correct entry goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from tests.entry_errors.books import Books
from tests.entry_errors.entry import Entry, Outcome, enter

Inject: TypeAlias = Callable[[Books, Entry, Random], Outcome | None]
"""Makes the error with a correct entry and gives the desk's answer; None where this entry cannot go wrong so."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of error."""

    name: str
    inject: Inject
    serials: bool = False
    """Whether it happens with units that have a serial number."""


def typed(
    name: str, change: Callable[[Entry, Random], Entry | None], *, serials: bool = False
) -> Kind:
    """An error inside the fields of the return."""

    def inject(books: Books, entry: Entry, random: Random) -> Outcome | None:
        wrong = change(entry, random)
        return None if wrong is None else enter(books, wrong)

    return Kind(name, inject, serials)


def instead(name: str, *, serials: bool = False, **texts: str) -> Kind:
    """An error that is the same text every time."""
    return typed(name, lambda entry, random: entry.but(**texts), serials=serials)

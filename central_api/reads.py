"""Reads of customers, orders and returns: who may read what, and who did.

The log names the person and the keys of what was shown, not what was typed to find it. It is written every few seconds,
as a transaction a read would cost more than the read: a server that is killed loses what it noted since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, insert

from central_api.documents import KINDS
from central_api.people import Caller
from central_api.tables import READ_LOG
from rma.request import Role

_NOT_FOR_THE_WAREHOUSE = frozenset({"customer", "refusal"})

FLUSH_SECONDS = 5.0
"""How often the log is written."""


def kinds_for(role: Role) -> frozenset[str]:
    """The kinds of documents that a role reads: who counts parcels in needs no customers."""
    every = frozenset(KINDS)
    return every - _NOT_FOR_THE_WAREHOUSE if role is Role.WAREHOUSE else every


class ReadLog:
    """What was read since the log was written last."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._rows: list[dict[str, Any]] = []
        self._bulk: Counter[tuple[str, str, str]] = Counter()
        self._one_at_a_time = Lock()

    def shown(self, caller: Caller, what: str, subjects: Iterable[str]) -> None:
        """Note what somebody looked up."""
        keys = list(subjects)
        row = self._row(caller.person, caller.device, what, len(keys))
        with self._one_at_a_time:
            self._rows.append(row | {"subjects": " ".join(keys)})

    def sent(self, caller: Caller, what: str, rows: int) -> None:
        """Note how much of a download somebody got."""
        if rows:
            with self._one_at_a_time:
                self._bulk[caller.person, caller.device, what] += rows

    def take(self) -> list[dict[str, Any]]:
        """What is to be written."""
        with self._one_at_a_time:
            rows, self._rows = self._rows, []
            bulk, self._bulk = self._bulk, Counter()
        return rows + [self._row(*key, count) for key, count in bulk.items()]

    def give_back(self, rows: list[dict[str, Any]]) -> None:
        """What could not be written stays for the next time."""
        with self._one_at_a_time:
            self._rows[:0] = rows

    def _row(self, person: str, device: str, what: str, rows: int) -> dict[str, Any]:
        return {
            "at": self._clock(),
            "person": person,
            "device": device,
            "what": what,
            "subjects": "",
            "rows": rows,
        }


def write_reads(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Write the log."""
    if rows:
        connection.execute(insert(READ_LOG), rows)

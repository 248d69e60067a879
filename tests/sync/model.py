"""A central API reduced to its promises: each operation is booked once, whatever is sent how often."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from rma.operations import Outcome, Result
from sync.errors import CursorTooOld, EpochChanged, ServerFailing, ServerRefused, TooLarge
from sync.protocol.documents import to_tree
from sync.protocol.envelopes import BootstrapPlan, Change, ChangePage
from tests import shop


@dataclass
class ModelServer:
    """Books operations, leases blocks, and tells customers as changes."""

    booked: list[tuple[str, str]] = field(default_factory=list)
    """Operation and stream, in the order of booking."""
    answers: dict[str, tuple[str, Result]] = field(default_factory=dict)
    blocks: dict[str, int] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    oldest: int = 0
    """Changes before this one are no longer told."""
    page: int = 3
    takes: int = 100
    """Operations in one push; more is too large."""

    epoch: str = "first"
    unreadable: set[str] = field(default_factory=set)
    """Operations that it chokes on, with the whole batch."""
    holds: set[str] = field(default_factory=set)
    """Operations that wait for a supervisor."""
    stumbles_over: set[str] = field(default_factory=set)
    """Operations at which it fails, with the whole batch."""

    def restore(self, booked: int, *, epoch: str = "restored") -> None:
        """Go back to a backup in which so many operations were booked, and no leases."""
        lost = {op_id for op_id, _ in self.booked[booked:]}
        self.booked = self.booked[:booked]
        self.answers = {op: answer for op, answer in self.answers.items() if op not in lost}
        self.blocks = {}
        self.epoch = epoch

    def push(self, bodies: Sequence[bytes], epoch: str | None = None) -> tuple[Result, ...]:
        if epoch not in (None, self.epoch):
            raise EpochChanged
        if len(bodies) > self.takes:
            raise TooLarge
        if self.unreadable.intersection(json.loads(body)["op_id"] for body in bodies):
            raise ServerRefused(400, "Bad Request", "A line is no envelope.")
        if self.stumbles_over.intersection(json.loads(body)["op_id"] for body in bodies):
            raise ServerFailing(500)
        return tuple(self._book(body) for body in bodies)

    def _book(self, body: bytes) -> Result:
        envelope = json.loads(body)
        op_id, depends_on = envelope["op_id"], envelope["depends_on"]
        sha = hashlib.sha256(body).hexdigest()
        if op_id in self.answers:
            known, result = self.answers[op_id]
            return result if known == sha else Result(op_id=op_id, outcome=Outcome.KEY_REUSED)
        if depends_on is not None and depends_on not in self.answers:
            return Result(op_id=op_id, outcome=Outcome.NOT_YET)
        if op_id in self.holds:
            return Result(op_id=op_id, outcome=Outcome.HELD_FOR_REVIEW)
        self.booked.append((op_id, envelope["stream"]))
        result = Result(op_id=op_id, outcome=Outcome.ACCEPTED, row_version=len(self.booked))
        self.answers[op_id] = sha, result
        return result

    def lease(self, lease_id: str, block: int | None = None) -> int:
        return self.blocks.setdefault(lease_id, block or 100_000 + len(self.blocks))

    def add_customers(self, count: int) -> None:
        for _ in range(count):
            index = len(self.changes)
            customer = shop.customer(customer_id=f"C-{index:04d}", name=f"Customer {index}")
            self.changes.append(
                Change(
                    kind="customer",
                    key=customer.customer_id,
                    row_version=index + 1,
                    document=to_tree(customer),
                )
            )

    def changes_after(self, cursor: str) -> ChangePage:
        at = int(cursor)
        if at < self.oldest:
            raise CursorTooOld
        told = tuple(self.changes[at : at + self.page])
        end = at + len(told)
        return ChangePage(changes=told, cursor=str(end), more=end < len(self.changes))

    def plan(self) -> BootstrapPlan:
        counts = {"reasons": 0, "customer": len(self.changes)}
        return BootstrapPlan(cursor=str(len(self.changes)), counts=counts)

    def rows_after(self, kind: str, after: str | None) -> tuple[Change, ...]:
        rows = [row for row in self.changes if row.kind == kind and row.key > (after or "")]
        return tuple(rows[: self.page])

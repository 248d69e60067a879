"""Performs the effects of the core with stores in memory and a model server, with faults on the wire."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from rma.operations import Outcome, Result
from sync import effects
from sync.apply import rows_of
from sync.engine import exchange
from sync.errors import ServerFailing, ServerRefused, SyncError, Unauthorized, Unreachable
from sync.report import SyncReport
from tests.sync.memory import MemoryLoad, MemoryReference, MemoryWork
from tests.sync.model import ModelServer

Call = Callable[[], Any]
Fault = Callable[[Call], Any]


def lost_request(call: Call) -> Any:
    """It never arrived."""
    raise Unreachable


def lost_answer(call: Call) -> Any:
    """It was booked, and the answer got lost."""
    call()
    raise Unreachable


def failed_after_commit(call: Call) -> Any:
    """It was booked, and the server stumbled after that."""
    call()
    raise ServerFailing(503)


def stumbled_after_commit(call: Call) -> Any:
    """It was booked, and the server failed after that at just this."""
    call()
    raise ServerFailing(500)


def cut_on_its_way(call: Call) -> Any:
    """Something between cut what was sent."""
    raise ServerRefused(400, "Bad Request", "The body broke off.")


def not_let_in(call: Call) -> Any:
    """The server does not know the desk for the moment."""
    raise Unauthorized


def arrived_twice(call: Call) -> Any:
    """Something between sent it twice."""
    call()
    return call()


def as_it_should(call: Call) -> Any:
    """No fault."""
    return call()


def partial(call: Call) -> Any:
    """Only the last third of the results is told, each twice, and one of somebody else."""
    answer = call()
    if not (isinstance(answer, tuple) and answer and isinstance(answer[0], Result)):
        return answer
    told = answer[-(len(answer) // 3 + 1) :]
    return (*told, *told, Result(op_id="somebody else's", outcome=Outcome.ACCEPTED))


def nothing_told(call: Call) -> Any:
    """All is booked, and an empty list of results comes back."""
    answer = call()
    return () if isinstance(answer, tuple) and answer and isinstance(answer[0], Result) else answer


FAULTS: tuple[Fault, ...] = (
    as_it_should,
    lost_request,
    lost_answer,
    failed_after_commit,
    stumbled_after_commit,
    not_let_in,
    arrived_twice,
    partial,
    nothing_told,
)


@dataclass
class World:
    """One desk and one server, and what is between them."""

    work: MemoryWork = field(default_factory=MemoryWork)
    reference: MemoryReference = field(default_factory=lambda: MemoryReference(at="0"))
    server: ModelServer = field(default_factory=ModelServer)
    faults: deque[Fault] = field(default_factory=deque)
    performed: list[effects.Effect[Any]] = field(default_factory=list)
    load: MemoryLoad | None = None
    heard: str | None = None
    """The epoch of the last answer."""

    def exchange(
        self, *, wait: int = 0, stalled: bool = False, asks_about_held: bool = False
    ) -> SyncReport:
        """One whole exchange.

        Raises:
            SyncError: as the engine would.
        """
        report = SyncReport(stalled=stalled)
        steps = exchange(report, wait=wait, asks_about_held=asks_about_held)
        try:
            effect = next(steps)
            while True:
                self.performed.append(effect)
                try:
                    answer = self.perform(effect)
                except SyncError as error:
                    effect = steps.throw(error)
                else:
                    effect = steps.send(answer)
        except StopIteration:
            return report

    def until_quiet(self, most: int = 100) -> int:
        """Exchange again and again until one goes through with nothing left; how many it took."""
        for turn in range(most):
            try:
                report = self.exchange()
            except SyncError:
                continue
            if not report.stalled and not self.faults:
                return turn + 1
        raise AssertionError("it never came to rest")

    def asked(self, kind: type[effects.Effect[Any]]) -> list[Any]:
        """The effects of one kind, in order."""
        return [effect for effect in self.performed if isinstance(effect, kind)]

    def perform(self, effect: effects.Effect[Any]) -> Any:
        match effect:
            case effects.ReportDesk():
                return None
            case effects.LeaseWanted():
                return self.work.lease_wanted()
            case effects.StoreLease(lease_id, block):
                return self.work.store_lease(lease_id, block)
            case effects.Waiting(limit, max_bytes):
                return self.work.waiting(limit, max_bytes)
            case effects.HeldAfter(op_id, limit, max_bytes):
                return self.work.held_after(op_id, limit, max_bytes)
            case effects.ApplyResults(results):
                return self.work.apply_results(results)
            case effects.NoticeEpoch():
                return None if self.heard == self.work.epoch else self.heard
            case effects.HeldLeases():
                return self.work.held_leases()
            case effects.EnterEpoch(epoch):
                return self.work.enter_epoch(epoch)
            case effects.Isolate(op_id, problem):
                return self.work.isolate(op_id, problem)
            case effects.ReadCursor():
                return self.reference.cursor()
            case effects.ApplyChanges(page):
                return self.reference.apply(rows_of(page.changes), page.cursor)
            case effects.EraseReference():
                return self.reference.erase()
            case effects.ForgetReference():
                return self.reference.forget()
            case effects.ResumeLoad():
                self.load = self.reference.resume_load()
                return self.load.position if self.load else None
            case effects.BeginLoad(cursor):
                self.load = self.reference.begin_load(cursor)
                return None
            case effects.AddRows(rows) if self.load:
                return self.load.add(rows)
            case effects.FinishLoad() if self.load:
                return self.load.finish()
            case _:
                fault = self.faults.popleft() if self.faults else as_it_should
                return fault(lambda: self.over_the_wire(effect))

    def over_the_wire(self, effect: effects.Effect[Any]) -> Any:
        self.heard = self.server.epoch
        match effect:
            case effects.AskForBlock(lease_id, block):
                return self.server.lease(lease_id, block)
            case effects.Push(bodies):
                return self.server.push(bodies, self.work.epoch)
            case effects.FetchChanges(cursor):
                return self.server.changes_after(cursor)
            case effects.FetchPlan():
                return self.server.plan()
            case effects.FetchRows(kind, after):
                return tuple(rows_of(self.server.rows_after(kind, after)))
        raise AssertionError(effect)


def with_faults(faults: Iterable[Fault], **fields: Any) -> World:
    """A world whose next wire calls go wrong like this, one after the other."""
    return World(faults=deque(faults), **fields)

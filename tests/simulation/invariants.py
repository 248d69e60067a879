"""What holds after every run, whatever happened in it: each a function that gives back every breach in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from central_api.audit import audit
from rma.operations import KnownRecord, OperationKind, Outcome
from rma.states import RmaCommand
from tests.simulation import evidence
from tests.simulation.evidence import Booked, Queued
from tests.simulation.world import World

SEEN = ("attention", "held")
"""States of an outbox row that a person sees."""


@dataclass(frozen=True, slots=True)
class Found:
    """The books of both sides at the end of a run."""

    world: World
    server: Connection
    queued: list[Queued]
    booked: dict[str, Booked]
    records: dict[str, KnownRecord]

    @classmethod
    def after(cls, world: World, server: Connection) -> Found:
        """Read them."""
        queued = [row for desk in world.desks for row in evidence.outbox(desk)]
        return cls(world, server, queued, evidence.operations(server), evidence.records(server))


def a_told_number_is_unique(found: Found) -> Iterator[str]:
    """No caller was told a number that another was told, and no desk is told that its number is another's."""
    for number in found.world.told_again:
        yield f"{number} was told twice"
    for row in found.queued:
        if row.kind == OperationKind.FINALIZE and row.outcome == Outcome.NUMBER_CONFLICT:
            yield f"{row.number} of {row.desk} is another return's on the server"


def every_told_operation_arrived_or_is_seen(found: Found) -> Iterator[str]:
    """What was told is in an outbox, and then on the server, or before the eyes of a person; or on a disk that is gone."""
    queued = {row.number for row in found.queued}
    gone = {row.number for row in found.world.lost.values()}
    for number in found.world.told:
        if number not in queued | gone:
            yield f"{number} was told, and no outbox has it"
    for row in found.queued:
        booked = found.booked.get(row.op_id)
        arrived = booked is not None and booked.sha256 == row.sha256
        if arrived or row.state == "held":
            continue  # a desk may hold what no server reads, and shows it
        if row.state != "attention" or booked is None:
            yield f"{row.kind} of {row.number} at {row.desk} is {row.state}, and not on the server"
    for row in found.queued:
        booked_number = row.kind != OperationKind.FINALIZE or row.number in found.records
        if not booked_number and row.state not in SEEN:
            yield f"{row.number} of {row.desk} is {row.state}, and the server has no such return"


def outcomes_are_equal(found: Found) -> Iterator[str]:
    """A desk says what the server says: about each operation, and about each return."""
    for row in found.queued:
        booked = found.booked.get(row.op_id)
        if row.state == "ready" or booked is None or row.outcome == booked.outcome:
            continue
        if row.outcome == Outcome.KEY_REUSED and booked.sha256 != row.sha256:
            continue  # the key is another operation's
        if row.state == "held" and row.outcome == Outcome.HELD_FOR_REVIEW:
            continue  # held by the desk alone, for a person to see
        yield f"{row.kind} of {row.number}: {row.outcome} at {row.desk}, {booked.outcome} on the server"
    held = {row.number for row in found.queued if row.state in SEEN}
    for desk in found.world.desks:
        for number, known in found.records.items():
            local = desk.opened.work.record(number)
            if local is None and desk.opened.reference.record(number) is None:
                continue  # its copy lacks it, which is said elsewhere
            shown = desk.desk.rmas.show(number)
            if shown.record != known.record and number not in held:
                yield f"{desk.name} shows {number} as {shown.record.state}, the server {known.record.state}"
            if local is not None and local.pending:
                yield f"{number} still waits at {desk.name}"


def nothing_untold_is_on_the_server(found: Found) -> Iterator[str]:
    """Every operation and every return of the server was made at a desk."""
    everything = (*found.queued, *found.world.lost.values())
    made = {(row.op_id, row.kind) for row in everything}
    for op_id, booked in found.booked.items():
        if (op_id, booked.kind) not in made:
            yield f"{booked.kind} of {booked.number} is on the server, and no desk made it"
    finalized = {row.number for row in everything if row.kind == OperationKind.FINALIZE}
    for number in found.records.keys() - finalized:
        yield f"{number} is on the server, and no desk told it"


def the_ledger_is_the_sum_of_its_lines(found: Found) -> Iterator[str]:
    """Units that are gone are those that returns hold, and those that were gone before."""
    yield from audit(found.server).faults
    held = evidence.slots(found.server)
    holding: Counter[tuple[str, str]] = Counter()
    for known in found.records.values():
        hold = known.record.hold
        for line in hold.lines if hold is not None else ():
            holding[(known.record.order_id, line.line_id)] += len(line.slots)
    for key in held.keys() | holding.keys():
        if held[key] != holding[key]:
            yield f"order line {key}: lines hold {held[key]}, returns {holding[key]}"


def returned_is_never_above_delivered(found: Found) -> Iterator[str]:
    """No unit comes back twice, and none that was never delivered."""
    rows = found.server.execute(
        text("SELECT order_id, line_id, delivered, consumed FROM order_line")
    )
    held = evidence.slots(found.server)
    for row in rows:
        taken = max(row.consumed, held[(row.order_id, row.line_id)])
        if not 0 <= taken <= row.delivered:
            yield f"order {row.order_id}, line {row.line_id}: {taken} of {row.delivered} returned"


def one_event_per_effect(found: Found) -> Iterator[str]:
    """No version of a return was announced twice, its newest was, and what happened to it happened once."""
    rows = found.server.execute(
        text(
            "SELECT key, row_version, count(*) AS n FROM change_log WHERE kind = 'rma' GROUP BY 1, 2"
        )
    )
    announced = {(row.key, row.row_version): row.n for row in rows}
    for (number, version), times in announced.items():
        if times != 1:
            yield f"version {version} of {number} was announced {times} times"
    whole = not found.server.execute(text("SELECT floor FROM feed")).scalar_one()
    whole &= not found.world.feed_forgot
    for number, known in found.records.items():
        if whole and (number, known.row_version) not in announced:
            yield f"version {known.row_version} of {number} was never announced"
    events = found.server.execute(
        text(
            "SELECT kind, key, row_version, count(*) AS n FROM event GROUP BY 1, 2, 3 "
            "HAVING count(*) > 1"
        )
    )
    for row in events:
        yield f"{row.kind} of {row.key} was announced {row.n} times"
    expired = Counter(
        found.server.execute(text("SELECT key FROM event WHERE kind = 'rma.expired'")).scalars()
    )
    for number, known in found.records.items():
        times = sum(entry.command is RmaCommand.EXPIRE for entry in known.record.history)
        if times != expired[number]:
            yield f"{number} expired {times} times, and {expired[number]} events say so"
        if known.row_version != len(known.record.history):
            yield f"{number} has version {known.row_version} after {len(known.record.history)} acts"


def the_audit_chain_holds(found: Found) -> Iterator[str]:
    """No link is missing or altered, and every operation has exactly one entry."""
    for desk in found.world.desks:
        broken = desk.opened.work.verify_audit()
        if broken is not None:
            yield f"{desk.name}: {broken}"
        made = Counter(
            (f"rma/{row.number}", row.kind)
            for row in found.queued
            if row.desk == desk.name and row.kind != OperationKind.REFUSE
        )
        entered = evidence.audited(desk)
        for (entity, command), times in made.items():
            if entered[(entity, command)] != times:
                yield f"{desk.name}: {times} {command} of {entity}, {entered[(entity, command)]} entries"
        kinds = {kind.value for kind in OperationKind} - {OperationKind.REFUSE.value}
        for (entity, command), _times in entered.items():
            if command in kinds and (entity, command) not in made:
                yield f"{desk.name}: an entry about {command} of {entity}, which nobody queued"


def the_queue_drains(found: Found) -> Iterator[str]:
    """Once nothing goes wrong any more, everything is sent and everything is heard of soon."""
    if found.world.drained_after is None:
        waiting = Counter(row.desk for row in found.queued if row.state == "ready")
        yield f"not quiet in time; waiting: {dict(waiting) or 'nothing, but something was not heard of'}"


def reference_equals_the_server(found: Found) -> Iterator[str]:
    """A desk's copy has what the server has, in the version that it has."""
    theirs = evidence.of_server(found.server)
    for desk in found.world.desks:
        ours = evidence.of_desk(desk)
        for key in sorted(theirs.keys() | ours.keys()):
            if theirs.get(key) != ours.get(key):
                yield f"{desk.name} has version {ours.get(key)} of {key}, the server {theirs.get(key)}"
        for number, known in found.records.items():
            if ours.get(("rma", number)) and desk.opened.reference.record(number) != known:
                yield f"{desk.name} has another {number} than the server, in the same version"


def nothing_broke(found: Found) -> Iterator[str]:
    """Whatever went wrong was told to a person in words, and ended nothing."""
    yield from found.world.surprises


Invariant = Callable[[Found], Iterator[str]]

INVARIANTS: tuple[Invariant, ...] = (
    nothing_broke,
    a_told_number_is_unique,
    every_told_operation_arrived_or_is_seen,
    nothing_untold_is_on_the_server,
    outcomes_are_equal,
    the_ledger_is_the_sum_of_its_lines,
    returned_is_never_above_delivered,
    one_event_per_effect,
    the_audit_chain_holds,
    the_queue_drains,
    reference_equals_the_server,
)
"""In the order in which a breach is easiest to understand."""


@dataclass(frozen=True, slots=True)
class Breach:
    """An invariant that does not hold."""

    invariant: str
    said: str


def breaches(world: World) -> list[Breach]:
    """Everything that does not hold at the end of a run."""
    with world.server.looking() as connection:
        found = Found.after(world, connection)
        return [
            Breach(invariant.__name__, said)
            for invariant in INVARIANTS
            for said in invariant(found)
        ]

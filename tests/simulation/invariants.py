"""What holds after every run, whatever happened in it: each a function that gives back every breach in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from central_api.audit import audit
from central_api.reoffered import AWAITED_FOR
from rma.numbers import block_of
from rma.operations import KnownRecord, OperationKind, Outcome
from rma.states import RmaCommand
from sync.protocol.envelopes import UNSIGNED_PROTOCOL, open_envelope
from tests.simulation import evidence, reference
from tests.simulation.evidence import Booked, Queued, Revoked
from tests.simulation.world import World, are_copies

SEEN = ("attention", "held")
"""States of an outbox row that a person sees."""

NO_RETURN = "There is no return"
"""Begins the refusal of what is about a return that is not known."""

TAKEN = (Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_CHANGE)
"""Outcomes of what has its effect at once."""


@dataclass(frozen=True, slots=True)
class Found:
    """The books of both sides at the end of a run."""

    world: World
    server: Connection
    queued: list[Queued]
    booked: dict[str, Booked]
    records: dict[str, KnownRecord]
    revoked: dict[str, Revoked]

    @classmethod
    def after(cls, world: World, server: Connection) -> Found:
        """Read them."""
        queued = [row for desk in world.desks for row in evidence.outbox(desk)]
        return cls(
            world,
            server,
            queued,
            evidence.operations(server),
            evidence.records(server),
            evidence.revoked(server),
        )


def a_told_number_is_unique(found: Found) -> Iterator[str]:
    """No caller was told a number that another was told, and no desk is told that its number is another's."""
    conflicts = {
        row.number: row
        for row in found.queued
        if row.kind == OperationKind.FINALIZE and row.outcome == Outcome.NUMBER_CONFLICT
    }
    lost = {row.number for row in found.world.lost.values()}
    by_copies = set()
    for again in found.world.told_again:
        if not again.by_copies or again.told_apart or again.heard:
            yield f"{again.number} was told twice, by {' and '.join(again.desks)}"
        elif again.number not in conflicts.keys() | lost and again.number not in _held(found):
            yield f"{again.number} was told twice by copies of a desk, and nobody sees it"
        by_copies.add(again.number)
    makers = {(row.desk, row.number) for row in found.queued if row.kind == OperationKind.FINALIZE}
    for number in conflicts.keys() - by_copies:
        desk = conflicts[number].desk
        if any(are_copies(desk, other) for other, made in makers if made == number):
            continue  # one of the two died before it could tell it, and the one that lost shows it
        yield f"{number} of {desk} is another return's on the server"


def every_told_operation_arrived_or_is_seen(found: Found) -> Iterator[str]:
    """What was told is in an outbox, and then on the server, or before the eyes of a person; or on a disk that is gone."""
    queued = {row.number for row in found.queued}
    gone = {row.number for row in found.world.lost.values()}
    for number in found.world.told:
        if number not in queued | gone:
            yield f"{number} was told, and no outbox has it"
    waiting = evidence.waiting_for_held(found.queued)
    for row in found.queued:
        if (row.desk, row.op_id) in waiting:
            continue
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
        if row.state == "held" and not row.is_held_by_the_server:
            continue  # held by the desk alone, for a person to see
        if row.state == "held" and row.op_id.encode() in found.world.network.poison:
            continue  # it cannot ask what became of it
        yield f"{row.kind} of {row.number}: {row.outcome} at {row.desk}, {booked.outcome} on the server"
    held = {row.number for row in found.queued if row.state in SEEN}
    held |= {again.number for again in found.world.told_again}
    for desk in found.world.desks:
        if desk.identity.device in found.revoked:
            continue  # nobody tells it what became of its returns
        for number, known in found.records.items():
            local = desk.opened.work.record(number)
            if local is None and desk.opened.reference.record(number) is None:
                continue  # its copy lacks it, which is said elsewhere
            shown = desk.desk.rmas.show(number)
            if shown.record != known.record and number not in held:
                yield f"{desk.name} shows {number} as {shown.record.state}, the server {known.record.state}"
            if local is not None and local.pending and number not in held:
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
            "SELECT kind, key, row_version, count(*) AS n FROM event GROUP BY 1, 2, 3 HAVING count(*) > 1"
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


def nothing_is_refused_for_a_restore(found: Found) -> Iterator[str]:
    """What was decided about a return is not refused because the return came back after it."""
    blocks = {
        block: device
        for device, block in found.server.execute(text("SELECT device, block FROM number_block"))
    }
    for booked in found.booked.values():
        if booked.number not in found.records or NO_RETURN not in booked.result:
            continue
        received = datetime.fromisoformat(booked.received_at).replace(tzinfo=UTC)
        waited = [received - restored for restored in found.world.restored_at]
        if not any(timedelta() <= time <= AWAITED_FOR for time in waited):
            continue  # nobody waits for longer
        if blocks.get(block_of(booked.number)) != booked.device:
            yield f"{booked.kind} of {booked.number} was refused, as if there was no such return"


def what_the_revoked_make_is_held(found: Found) -> Iterator[str]:
    """Whatever comes from somebody who may no longer work waits for a supervisor, or is refused."""
    kept = evidence.kept_for_a_supervisor(found.server)
    released = {held.op_id for held in kept if held.released}
    for booked in found.booked.values():
        revoked = found.revoked.get(booked.device)
        if booked.op_id in released or revoked is None or booked.received_at <= revoked.since:
            continue
        if booked.outcome in TAKEN:
            yield f"{booked.kind} of {booked.number} was {booked.outcome} after its revocation"


def a_revoked_desk_gives_its_data_back(found: Found) -> Iterator[str]:
    """It has handed in what it made, and keeps no customers and orders."""
    for desk in found.world.desks:
        revoked = found.revoked.get(desk.identity.device)
        if revoked is not None and revoked.whole and evidence.of_desk(desk):
            yield f"{desk.name} is revoked, and has customers and orders still"


def an_older_release_is_understood(found: Found) -> Iterator[str]:
    """What a desk made before it had a key is not taken for forged."""
    for held in evidence.kept_for_a_supervisor(found.server):
        envelope = open_envelope(held.body)
        had_key = found.world.keyed.get(held.device)
        unsigned = envelope.protocol == UNSIGNED_PROTOCOL and held.reason == "unproven"
        if unsigned and had_key is not None and envelope.made_at < had_key:
            yield f"{held.kind} of {held.number} is from before the key of its desk, and not believed"


def the_queue_drains(found: Found) -> Iterator[str]:
    """Once nothing goes wrong any more, everything is sent and everything is heard of soon."""
    if found.world.drained_after is None:
        waiting = Counter(row.desk for row in found.queued if row.state == "ready")
        yield f"not quiet in time; waiting: {dict(waiting) or 'nothing, but something was not heard of'}"


def reference_equals_the_server(found: Found) -> Iterator[str]:
    """A desk's copy says what the server says, in the version that it has, and finds who is there by their names."""
    for desk in found.world.desks:
        if desk.identity.device not in found.revoked:
            yield from reference.differences(desk, found.server, found.world.names)


def nothing_broke(found: Found) -> Iterator[str]:
    """Whatever went wrong was told to a person in words, and ended nothing."""
    yield from found.world.surprises


def _held(found: Found) -> set[str]:
    """Numbers that a desk or the server holds for a person to see."""
    return {row.number for row in found.queued if row.state in SEEN}


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
    nothing_is_refused_for_a_restore,
    what_the_revoked_make_is_held,
    a_revoked_desk_gives_its_data_back,
    an_older_release_is_understood,
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

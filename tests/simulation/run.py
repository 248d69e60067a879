"""One run: a seed decides who does what and what goes wrong; then all is well, and everything has to hold."""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from random import Random

from central_api import feed
from central_api.reoffered import AWAITED_FOR
from rma.errors import RmaError
from rma.operations import Outcome
from tests.simulation import evidence
from tests.simulation.invariants import Breach, breaches
from tests.simulation.mix import Mix
from tests.simulation.mutants import Mutant, mutant
from tests.simulation.operators import Operators
from tests.simulation.people import Person
from tests.simulation.process import Killed, breakable_commits
from tests.simulation.server import quiet_servers
from tests.simulation.statements import statements_once
from tests.simulation.template import scratch, template
from tests.simulation.trace import Trace
from tests.simulation.troubles import Troubles
from tests.simulation.virtual import NothingWillHappen, VirtualClock, run_virtually, virtual_world
from tests.simulation.workplace import clocks_and_releases
from tests.simulation.world import World

DRAIN_SECONDS = 240.0
"""The bound: so long after the last trouble nothing waits any more, whatever was asked for meanwhile."""

LOOKS_EVERY = 3.0

TOLD_APART_AFTER = 200.0
"""Seconds of contact after which copies of a desk have numbers of their own: two reports of each, and some waits."""

LONGEST_DAY = 7_200.0
"""Seconds: so long after the start everybody has done what they wanted, in spite of all troubles."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a seed."""

    seed: int
    breaches: tuple[Breach, ...]
    digest: str
    """Of everything that happened."""
    counts: dict[str, int]
    seconds: float
    """Virtual, of the whole run."""
    drained_after: float | None
    cpu: float
    """Seconds of this machine."""
    lines: tuple[str, ...] = ()


def run(
    seed: int,
    mutant: Mutant | None = None,
    *,
    much_of: tuple[str, ...] | None = None,
    kept: bool = False,
) -> Ran:
    """Run one seed, with a planted fault or without.

    `much_of` are troubles of which there is much, also where nothing is planted; None: as the seed has it, or as the
    fault needs it. `kept` keeps the lines of what happened.
    """
    made = template()
    mix = Mix.of(seed)
    if much_of is None and mutant is not None:
        much_of = mutant.shown_by
    if much_of is not None:
        mix = mix.with_much_of(*much_of)
    began = time.process_time()
    trace = Trace(kept=kept)
    folder = scratch()
    try:
        with ExitStack() as stack:
            clock = stack.enter_context(virtual_world(str(seed)))
            stack.enter_context(quiet_servers())
            stack.enter_context(statements_once())
            stack.enter_context(breakable_commits())
            stack.enter_context(clocks_and_releases())
            if mutant is not None:
                stack.enter_context(mutant.planted())
            world = World(folder, clock, mix, Random(f"{seed}/world"), trace)

            async def story() -> list[Breach]:
                world.begin(made)
                with world.network.in_place():
                    try:
                        operators = Operators(world, Random(f"{seed}/operators"))
                        return await _story(world, Random(f"{seed}/people"), operators)
                    finally:
                        await world.end()

            found = run_virtually(clock, story)
            lasted = clock.monotonic()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Ran(
        seed=seed,
        breaches=tuple(found),
        digest=trace.digest,
        counts=dict(trace.counts),
        seconds=lasted - VirtualClock().monotonic(),
        drained_after=world.drained_after,
        cpu=time.process_time() - began,
        lines=tuple(trace.lines or ()),
    )


async def _story(world: World, draw: Random, operators: Operators) -> list[Breach]:
    troubles = Troubles(world, Random(draw.random()))
    bad = [
        world.spawn(troubles.weather()),
        world.spawn(troubles.of_machines()),
        world.spawn(troubles.shop_goes_on()),
        world.spawn(troubles.backups()),
        world.spawn(troubles.copies()),
        world.spawn(operators.work()),
    ]
    people = [Person(world, desk, Random(draw.random())) for desk in world.desks]
    each = -(-world.mix.acts // len(people))
    working = [world.spawn(person.work(each)) for person in people]
    _done, late = await asyncio.wait(working, timeout=LONGEST_DAY)
    if late:
        world.surprises.append("somebody could not work for hours")
    if world.helpers:
        await asyncio.wait(world.helpers, timeout=LONGEST_DAY)
    for task in working:
        task.cancel()
    for task in bad:
        task.cancel()
    troubles.end()
    world.happened("all is well")
    await _settle(world)
    if "release" in world.mix.operators:
        operators.release_everything()
        await _settle(world)
        await _ask_what_became_of_it(world)
    if any(desk.copies for desk in world.desks):
        await _copies_tell(world, draw)
    return breaches(world)


async def _ask_what_became_of_it(world: World) -> None:
    """F5 at each desk that has not heard of a release: of one that changes no return it hears within an hour."""
    with world.server.looking() as connection:
        booked = evidence.operations(connection)
    for desk in world.desks:
        held = [row for row in evidence.outbox(desk) if row.is_held_by_the_server]
        news = [
            row for row in held if row.op_id in booked and booked[row.op_id].outcome != row.outcome
        ]
        if news:
            world.happened("asks", desk.name, len(news))
            with suppress(RmaError, Killed):
                await desk.sync_now()


async def _copies_tell(world: World, draw: Random) -> None:
    """Copies that were in contact for some minutes tell at once, and each a number of its own."""
    await asyncio.sleep(TOLD_APART_AFTER)
    world.told_apart = True
    with world.server.looking() as connection:
        revoked = evidence.revoked(connection)
    for desk in world.desks:
        if desk.copies and desk.is_open and desk.identity.device not in revoked:
            for _ in range(2):
                with suppress(RmaError):
                    Person(world, desk, Random(draw.random())).make_return()
    await _settle(world)


async def _settle(world: World) -> None:
    """Wait until everybody is there, nothing waits and everything is heard of; at most as long as is promised."""
    began, slept = world.clock.monotonic(), False
    while world.clock.monotonic() - began < DRAIN_SECONDS or not world.everybody_is_there():
        await asyncio.sleep(LOOKS_EVERY)
        if world.everybody_is_there() and _is_quiet(world):
            world.drained_after = world.clock.monotonic() - began
            break
        lasted = world.clock.monotonic() - began
        if lasted > DRAIN_SECONDS / 2 and not slept and _waits_for_what_is_gone(world):
            world.sleep_over(AWAITED_FOR)
            slept = True
        if world.clock.monotonic() - began > 10 * DRAIN_SECONDS:
            raise NothingWillHappen("somebody never came back")
    world.happened("quiet" if world.drained_after is not None else "not quiet")


def run_planted(seed: int, *, planted: str | None, mixed_as_for: str | None, kept: bool) -> Ran:
    """The same with a planted fault by its name, or only its troubles; a process of its own can be asked for it."""
    much_of = mutant(mixed_as_for).shown_by if mixed_as_for else None
    return run(seed, mutant(planted) if planted else None, much_of=much_of, kept=kept)


def _waits_for_what_is_gone(world: World) -> bool:
    """Whether something is put off for a return that the server lost, and that no desk can offer again."""
    if not world.feed_forgot or not world.everybody_is_there():
        return False
    with world.server.looking() as connection:
        booked = evidence.records(connection)
    waiting = [row for desk in world.desks for row in evidence.outbox(desk) if row.state == "ready"]
    return any(row.outcome == Outcome.NOT_YET and row.number not in booked for row in waiting)


def _is_quiet(world: World) -> bool:
    for desk in world.desks:
        waiting = desk.opened.work.queue().waiting
        if waiting and waiting > len(evidence.waiting_for_held(evidence.outbox(desk))):
            return False
    with world.server.looking() as connection:
        theirs = evidence.of_server(connection)
        revoked = evidence.revoked(connection)
        epoch = feed.epoch(connection)
    if any(desk.opened.work.server_epoch() != epoch for desk in world.desks):
        return False  # it has not heard of a restore yet
    for desk in world.desks:
        gone = revoked.get(desk.identity.device)
        is_of_this_history = (desk.opened.reference.cursor() or "").startswith(f"{epoch}.")
        if gone is None and not (is_of_this_history and evidence.of_desk(desk) == theirs):
            return False
        if gone is not None and gone.whole and evidence.of_desk(desk):
            return False
    return True

"""Operations that the server cannot read are found, put aside and shown; they hold up nobody else."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.record import ProblemType
from sync import effects
from sync.errors import ServerFailing, ServerRefused, Unreachable
from sync.poison import MOST_IN_VAIN
from tests.sync.memory import MemoryWork, operation
from tests.sync.world import (
    FAULTS,
    Fault,
    World,
    as_it_should,
    cut_on_its_way,
    lost_answer,
    with_faults,
)


def world_with(*unreadable: int, count: int = 100) -> World:
    """Operations of as many orders; the server chokes on some."""
    world = World(MemoryWork([operation(index, f"O-{index}") for index in range(count)]))
    world.server.unreadable = {f"op-{index:04d}" for index in unreadable}
    return world


@pytest.mark.parametrize("poison", [0, 1, 49, 50, 73, 98, 99])
def test_the_one_that_the_server_chokes_on_is_found_and_all_others_are_booked(poison: int) -> None:
    world = world_with(poison)
    report = world.exchange()
    assert (report.pushed, report.isolated) == (99, 1)
    assert [effect.op_id for effect in world.asked(effects.Isolate)] == [f"op-{poison:04d}"]
    assert len(world.server.booked) == 99
    assert not report.stalled


def test_it_is_found_by_halving_not_one_by_one() -> None:
    world = world_with(73)
    world.exchange()
    assert len(world.asked(effects.Push)) <= 20


def test_many_of_them_are_all_found_in_one_exchange() -> None:
    world = world_with(3, 4, 50, 97)
    report = world.exchange()
    assert (report.pushed, report.isolated) == (96, 4)
    assert world.work.queued == 0


def test_it_is_held_with_a_problem_that_says_what_to_do() -> None:
    world = world_with(0, count=1)
    world.exchange()
    ((held,),) = world.work.outcomes.values()
    assert held.problem is not None
    assert held.problem.type is ProblemType.MALFORMED
    assert "edit it" in held.problem.remedy


def test_what_builds_on_it_stays_behind_and_the_next_exchange_is_quiet() -> None:
    world = World(
        MemoryWork([operation(1), operation(2, depends_on="op-0001"), operation(3, "O-9")])
    )
    world.server.unreadable = {"op-0001"}
    world.exchange()
    assert [op for op, _ in world.server.booked] == ["op-0003"]
    assert world.work.queued == 0
    world.performed.clear()
    assert not world.exchange().stalled
    assert not world.asked(effects.Push)


def test_a_server_that_cannot_read_even_a_push_of_nothing_makes_nobody_poison() -> None:
    def broken(call: Any) -> Any:
        raise ServerRefused(400, "Bad Request", "A proxy that reads no gzip.")

    world = with_faults([broken] * 3, work=MemoryWork([operation(1), operation(2)]))
    report = world.exchange()
    assert report.stalled
    assert "A proxy that reads no gzip." in report.trouble
    assert not world.asked(effects.Isolate)
    assert world.work.queued == 2


def test_a_server_that_can_read_nothing_of_ours_makes_nobody_poison() -> None:
    world = world_with(*range(100))
    for _ in range(5):
        report = world.exchange()
        assert report.stalled
        assert "A line is no envelope." in report.trouble
    assert not world.asked(effects.Isolate)
    assert len(world.asked(effects.Push)) < 5 * 100


@pytest.mark.parametrize("count", [MOST_IN_VAIN - 1, MOST_IN_VAIN, 2 * MOST_IN_VAIN])
def test_many_at_the_head_of_the_queue_hold_up_the_others_for_a_few_exchanges_at_most(
    count: int,
) -> None:
    world = world_with(*range(count))
    for _ in range(3):
        world.exchange()
    assert len(world.server.booked) == 100 - count
    assert len(world.asked(effects.Isolate)) == count
    assert world.work.queued == 0


@given(
    poison=st.sets(st.integers(0, 19), max_size=MOST_IN_VAIN - 1),
    streams=st.lists(st.sampled_from("ABCDE"), min_size=20, max_size=20),
    faults=st.lists(st.sampled_from(FAULTS), max_size=12),
)
def test_whatever_the_network_does_the_poisoned_ones_are_held_and_all_others_are_booked_once(
    poison: set[int], streams: list[str], faults: list[Fault]
) -> None:
    work = MemoryWork([operation(index, stream) for index, stream in enumerate(streams)])
    world = World(work, faults=deque(faults))
    world.server.unreadable = {f"op-{index:04d}" for index in poison}
    world.until_quiet()
    healthy = {each.op_id for each in work.operations} - world.server.unreadable
    booked = [op_id for op_id, _ in world.server.booked]
    assert sorted(booked) == sorted(healthy)
    assert {effect.op_id for effect in world.asked(effects.Isolate)} == world.server.unreadable
    assert work.queued == 0


def test_one_that_was_cut_on_its_way_is_no_poison() -> None:
    world = with_faults([cut_on_its_way], work=MemoryWork([operation(1)]))
    assert world.exchange().pushed == 1
    assert not world.asked(effects.Isolate)


def test_one_that_is_too_large_alone_is_put_aside_too() -> None:
    world = World(MemoryWork([operation(1), operation(2)]))
    world.server.takes = 0
    assert world.exchange().isolated == 2
    problems = [held.problem for (held,) in world.work.outcomes.values()]
    assert all(problem and "larger" in problem.detail for problem in problems)


def test_a_line_that_breaks_while_it_is_looked_for_makes_nobody_poison() -> None:
    world = with_faults([as_it_should, lost_answer], work=MemoryWork([operation(1)]))
    world.server.unreadable = {"op-0001"}
    with pytest.raises(Unreachable):
        world.exchange()
    assert world.work.queued == 1
    assert world.exchange().isolated == 1


@pytest.mark.parametrize("status", [403, 404, 409, 415])
def test_any_other_refusal_of_a_batch_is_about_nobody_in_it(status: int) -> None:
    def refused(call: Any) -> Any:
        raise ServerRefused(status, "No", "Not like this.")

    world = with_faults([refused], work=MemoryWork([operation(1)]))
    assert world.exchange().stalled
    assert not world.asked(effects.Isolate)


# ---- what the server stumbles over --------------------------------------------------------------------------------


def stumbling_over(*indexes: int, count: int = 40) -> World:
    """Operations of as many orders; the server fails at some."""
    world = World(MemoryWork([operation(index, f"O-{index}") for index in range(count)]))
    world.server.stumbles_over = {f"op-{index:04d}" for index in indexes}
    return world


@pytest.mark.parametrize("indexes", [(0,), (39,), (0, 1), (7, 21, 39)])
def test_what_the_server_stumbles_over_goes_last_and_all_others_are_booked(
    indexes: tuple[int, ...],
) -> None:
    world = stumbling_over(*indexes)
    report = world.exchange()
    assert report.pushed == 40 - len(indexes)
    assert report.stalled
    assert "status 500" in report.trouble
    assert world.work.queued == len(indexes)
    assert not world.asked(effects.Isolate)


def test_it_is_booked_when_the_server_was_mended() -> None:
    world = stumbling_over(7)
    world.exchange()
    world.server.stumbles_over = set()
    world.exchange()
    assert len(world.server.booked) == 40
    assert world.work.queued == 0


def test_a_server_that_stumbles_over_everything_ends_the_exchange_after_two_requests() -> None:
    def failing(call: Any) -> Any:
        raise ServerFailing(500)

    world = with_faults([failing] * 5, work=MemoryWork([operation(1), operation(2)]))
    with pytest.raises(ServerFailing):
        world.exchange()
    assert len(world.asked(effects.Push)) == 2


@pytest.mark.parametrize("status", [502, 503, 504, 429])
def test_a_server_that_is_not_there_is_not_asked_a_second_time(status: int) -> None:
    def failing(call: Any) -> Any:
        raise ServerFailing(status)

    world = with_faults([failing], work=MemoryWork([operation(1), operation(2)]))
    with pytest.raises(ServerFailing):
        world.exchange()
    assert len(world.asked(effects.Push)) == 1

"""Operations that the server cannot read are found, put aside and shown; they hold up nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from rma.record import ProblemType
from sync import effects
from sync.errors import ServerRefused, Unreachable
from tests.sync.memory import MemoryWork, operation
from tests.sync.world import World, as_it_should, lost_answer, with_faults


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
    assert len(world.asked(effects.Push)) <= 16


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

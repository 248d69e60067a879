"""A server that was restored from a backup gets everything again that it may have lost, and nothing is booked twice."""

from __future__ import annotations

from contextlib import suppress

import pytest

from sync import effects
from sync.errors import EpochChanged, ServerRefused, Unreachable
from tests.sync.memory import MemoryReference, MemoryWork, operation
from tests.sync.world import World, lost_answer


def world_after(count: int = 5) -> World:
    """A desk whose operations were all booked."""
    world = World(MemoryWork([operation(index) for index in range(count)], numbers=0))
    world.exchange()
    assert world.work.queued == 0
    world.performed.clear()
    return world


def all_booked_once(world: World) -> bool:
    booked = [op_id for op_id, _ in world.server.booked]
    return booked == [each.op_id for each in world.work.operations]


def test_the_first_epoch_is_learned_and_nothing_is_sent_again() -> None:
    world = world_after()
    assert world.work.epoch == "first"
    assert world.exchange().reoffered == 0
    assert not world.asked(effects.Push)


def test_what_the_backup_did_not_have_is_booked_again_in_order_with_the_next_exchange() -> None:
    world = world_after()
    world.server.restore(2)
    report = world.exchange()
    assert (report.reoffered, report.pushed) == (5, 5)
    assert all_booked_once(world)
    assert world.work.queued == 0


def test_the_frozen_bytes_are_what_goes_again() -> None:
    world = world_after()
    world.server.restore(0)
    world.exchange()
    (push,) = world.asked(effects.Push)
    assert push.bodies == tuple(each.body for each in world.work.operations)


def test_new_work_is_not_decided_before_the_server_knows_our_blocks_of_numbers() -> None:
    world = world_after()
    world.server.restore(2)
    world.work.operations.append(operation(9))
    world.exchange()
    kinds = [type(effect) for effect in world.performed]
    refused, decided = (index for index, kind in enumerate(kinds) if kind is effects.Push)
    assert refused < kinds.index(effects.AskForBlock) < kinds.index(effects.EnterEpoch) < decided
    assert world.server.blocks == dict(world.work.leases)
    assert all_booked_once(world)


@pytest.mark.parametrize("fault", range(6))
def test_a_network_that_breaks_at_any_step_of_it_begins_it_anew(fault: int) -> None:
    world = world_after()
    world.server.restore(2)
    world.work.operations.append(operation(9))
    world.faults.extend([lambda call: call()] * fault + [lost_answer] * 2)
    world.until_quiet()
    assert all_booked_once(world)
    assert world.server.blocks == dict(world.work.leases)


@pytest.mark.parametrize("fault", range(6))
def test_a_server_that_was_restored_before_a_new_desk_had_its_first_page_gets_everything(
    fault: int,
) -> None:
    world = World(MemoryWork([operation(index) for index in range(5)], numbers=0))
    world.faults.extend([lambda call: call()] * fault + [lost_answer])
    with suppress(Unreachable):
        world.exchange()
    world.server.restore(0)
    world.until_quiet()
    assert all_booked_once(world)


@pytest.mark.parametrize("fault", range(6))
def test_a_refusal_at_any_step_of_it_costs_no_block_of_numbers(fault: int) -> None:
    def refused(_call: object) -> None:
        raise ServerRefused(400, "", "")

    world = world_after()
    world.server.restore(2)
    world.work.operations.append(operation(9))
    world.faults.extend([lambda call: call()] * fault + [refused])
    world.until_quiet()
    assert all_booked_once(world)
    assert world.server.blocks == dict(world.work.leases)


def test_a_restored_server_whose_feed_begins_anew_is_downloaded_and_gets_everything() -> None:
    world = world_after()
    world.server.add_customers(4)
    world.server.restore(1)
    world.server.oldest = 4
    report = world.exchange()
    assert (report.reoffered, report.downloaded) == (5, 4)
    assert all_booked_once(world)


def test_a_second_restore_does_it_again() -> None:
    world = world_after()
    world.server.restore(2)
    world.exchange()
    world.server.restore(0, epoch="restored again")
    assert world.exchange().reoffered == 5
    assert all_booked_once(world)


def test_what_was_put_off_goes_with_everything_else() -> None:
    world = world_after()
    world.server.restore(0)
    report = world.exchange(stalled=True)
    assert report.pushed == 5


def test_two_servers_that_disagree_are_not_followed_for_ever() -> None:
    world = world_after()
    world.work.operations.append(operation(9))
    push = world.server.push

    def disagreeing(bodies: tuple[bytes, ...], epoch: str | None = None) -> object:
        world.server.epoch += "x"
        return push(bodies, epoch)

    world.server.push = disagreeing  # type: ignore[method-assign,assignment]
    report = world.exchange()
    assert report.stalled
    assert report.trouble == str(EpochChanged())
    assert len(world.asked(effects.Push)) == 2
    assert world.work.queued > 0


def test_a_desk_that_lost_the_answer_to_its_first_push_learns_the_epoch_later() -> None:
    world = World(MemoryWork([operation(1)]), MemoryReference(at="0"))
    world.faults.append(lost_answer)
    with pytest.raises(Unreachable):
        world.exchange()
    world.exchange()
    assert world.work.epoch == "first"
    assert all_booked_once(world)

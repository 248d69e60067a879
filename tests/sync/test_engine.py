"""The core of the sync: what one exchange asks for, in which order, and what it makes of refusals."""

from __future__ import annotations

from typing import Any

import pytest

from rma.operations import Outcome, Result
from sync import effects
from sync.errors import (
    CursorTooOld,
    ServerRefused,
    Unauthorized,
    Unreachable,
    UnreadableAnswer,
)
from sync.protocol.envelopes import ChangePage
from tests.sync.memory import MemoryReference, MemoryWork, operation
from tests.sync.model import ModelServer
from tests.sync.world import (
    World,
    as_it_should,
    lost_answer,
    lost_request,
    not_let_in,
    nothing_told,
    partial,
    with_faults,
)


def test_what_waits_is_sent_in_order_and_leaves_the_queue() -> None:
    world = World(MemoryWork([operation(index) for index in range(250)]))
    report = world.exchange()
    assert report.pushed == 250
    assert world.work.queued == 0
    assert [op for op, _ in world.server.booked] == [f"op-{index:04d}" for index in range(250)]
    assert [len(push.bodies) for push in world.asked(effects.Push)] == [100, 100, 50]


def test_nothing_is_sent_when_nothing_waits() -> None:
    world = World()
    world.exchange()
    assert not world.asked(effects.Push)


def test_a_lost_answer_sends_the_same_bytes_again_and_books_once() -> None:
    world = with_faults([lost_answer], work=MemoryWork([operation(1), operation(2)]))
    with pytest.raises(Unreachable):
        world.exchange()
    assert world.work.queued == 2
    world.exchange()
    first, second = world.asked(effects.Push)
    assert first.bodies == second.bodies
    assert world.work.queued == 0
    assert len(world.server.booked) == 2


def test_a_partial_answer_sends_only_the_rest_again() -> None:
    world = with_faults([partial], work=MemoryWork([operation(index) for index in range(9)]))
    assert world.exchange().pushed == 9
    assert [len(push.bodies) for push in world.asked(effects.Push)] == [9, 5]
    assert all(len(results) == 1 for results in world.work.outcomes.values())


def test_what_comes_in_during_a_push_goes_with_the_next_exchange_not_alone() -> None:
    def and_meanwhile_a_return(call: Any) -> Any:
        world.work.operations.append(operation(2))
        return call()

    world = with_faults([and_meanwhile_a_return], work=MemoryWork([operation(1)]))
    assert world.exchange().pushed == 1
    world.work.operations.append(operation(3))
    assert world.exchange().pushed == 2
    assert [len(push.bodies) for push in world.asked(effects.Push)] == [1, 2]


def test_nothing_that_waits_is_left_behind_by_a_long_poll() -> None:
    def and_meanwhile_a_return(call: Any) -> Any:
        world.work.operations.append(operation(2))
        return call()

    world = with_faults([and_meanwhile_a_return], work=MemoryWork([operation(1)]))
    assert world.exchange(wait=20).pushed == 2


def test_an_empty_answer_stalls_the_queue_and_still_pulls() -> None:
    world = with_faults([nothing_told], work=MemoryWork([operation(1)]))
    report = world.exchange()
    assert report.stalled
    assert world.work.queued == 1
    assert world.asked(effects.FetchChanges)


def test_an_operation_that_is_put_off_stays_and_is_not_asked_in_a_loop() -> None:
    world = World(MemoryWork([operation(1, depends_on="op-unknown")]))
    report = world.exchange()
    assert report.stalled
    assert world.work.queued == 1
    assert len(world.asked(effects.Push)) == 1


def test_a_stalled_queue_is_not_sent_before_its_time() -> None:
    world = World(MemoryWork([operation(1)]))
    world.exchange(stalled=True)
    assert not world.asked(effects.Push)
    assert world.asked(effects.FetchChanges)


def test_too_large_halves_the_batch_until_it_is_taken() -> None:
    world = World(MemoryWork([operation(index) for index in range(10)]))
    world.server.takes = 3
    assert world.exchange().pushed == 10
    assert [len(push.bodies) for push in world.asked(effects.Push)] == [10, 5, 2, 2, 2, 2, 2]


def test_a_desk_that_is_not_let_in_touches_no_operation() -> None:
    world = with_faults([not_let_in], work=MemoryWork([operation(1)]))
    with pytest.raises(Unauthorized):
        world.exchange()
    assert world.work.outcomes == {}
    assert not world.asked(effects.ApplyResults)


def test_a_refused_batch_is_reported_and_does_not_stop_the_changes() -> None:
    def refused(call: Any) -> Any:
        raise ServerRefused(403, "Forbidden", "Not from here.")

    world = with_faults([refused], work=MemoryWork([operation(1)]))
    world.server.add_customers(1)
    report = world.exchange()
    assert "Not from here." in report.trouble
    assert report.stalled
    assert report.pulled == 1
    assert world.work.queued == 1


def test_numbers_are_leased_until_there_are_enough() -> None:
    world = World(MemoryWork(numbers=-1500))
    assert world.exchange().leased == 3
    assert world.work.leases == [("lease-0", 100_000), ("lease-1", 100_001), ("lease-2", 100_002)]


def test_a_lost_lease_is_asked_with_the_same_id_and_gives_the_same_block() -> None:
    world = with_faults([lost_answer], work=MemoryWork(numbers=999))
    with pytest.raises(Unreachable):
        world.exchange()
    world.exchange()
    assert world.work.leases == [("lease-0", 100_000)]
    assert world.server.blocks == {"lease-0": 100_000}


def test_a_block_is_told_to_a_server_that_was_restored_right_after_it_leased_it() -> None:
    world = with_faults([as_it_should, lost_request], work=MemoryWork(numbers=999))
    with pytest.raises(Unreachable):
        world.exchange()
    assert world.work.leases == [("lease-0", 100_000)]
    world.server.restore(0)
    world.server.blocks.clear()
    world.work.operations.append(operation(1))
    world.exchange()
    sent = [e for e in world.performed if isinstance(e, effects.AskForBlock | effects.Push)]
    assert sent[-2] == effects.AskForBlock("lease-0", 100_000)
    assert isinstance(sent[-1], effects.Push)


def test_a_block_that_brings_no_numbers_ends_the_exchange_instead_of_asking_for_ever() -> None:
    class Unchanged(MemoryWork):
        def store_lease(self, lease_id: str, block: int) -> None:
            """A store that has the block already."""

    with pytest.raises(UnreadableAnswer):
        World(Unchanged(numbers=0)).exchange()


def test_a_refused_lease_does_not_keep_work_from_being_pushed() -> None:
    def refused(call: Any) -> Any:
        raise ServerRefused(403, "Forbidden", "No numbers for this role.")

    world = with_faults([refused], work=MemoryWork([operation(1)], numbers=0))
    report = world.exchange()
    assert report.pushed == 1
    assert "No numbers for this role." in report.trouble


def test_changes_are_read_page_by_page_until_there_are_no_more() -> None:
    world = World()
    world.server.add_customers(8)
    assert world.exchange().pulled == 8
    assert world.reference.at == "8"
    assert len(world.reference.rows) == 8


def test_without_a_cursor_everything_is_downloaded_first() -> None:
    world = World(reference=MemoryReference())
    world.server.add_customers(8)
    report = world.exchange()
    assert (report.downloaded, report.pulled) == (8, 0)
    assert [(rows.kind, rows.after) for rows in world.asked(effects.FetchRows)] == [
        ("reasons", None),
        ("customer", None),
        ("customer", "C-0002"),
        ("customer", "C-0005"),
        ("customer", "C-0007"),
    ]
    assert [added.done for added in world.asked(effects.AddRows)] == [3 / 8, 6 / 8, 1.0]


def test_what_changed_during_the_download_follows_by_the_feed() -> None:
    def and_meanwhile_a_change(call: Any) -> Any:
        plan = call()
        world.server.add_customers(1)
        return plan

    world = with_faults([and_meanwhile_a_change], reference=MemoryReference())
    world.server.add_customers(2)
    report = world.exchange()
    assert len(world.reference.rows) == 3
    assert report.pulled == 1


def test_work_made_during_the_download_does_not_wait_for_its_end() -> None:
    def and_meanwhile_a_return(call: Any) -> Any:
        world.work.operations.append(operation(1))
        return call()

    world = with_faults([and_meanwhile_a_return], reference=MemoryReference())
    world.server.add_customers(8)
    assert world.exchange().pushed == 1
    order = [type(effect) for effect in world.performed]
    assert order.index(effects.Push) < order.index(effects.FinishLoad)


def test_a_broken_download_leaves_the_copy_in_use_alone_and_goes_on_where_it_was() -> None:
    world = with_faults([as_it_should, as_it_should, as_it_should, lost_answer])
    world.server.add_customers(8)
    world.reference.forget()
    with pytest.raises(Unreachable):
        world.exchange()
    assert world.reference.cursor() is None
    assert world.reference.rows == {}
    world.performed.clear()
    assert world.exchange().downloaded == 5
    assert len(world.reference.rows) == 8
    assert world.reference.loads == 1
    assert [rows.after for rows in world.asked(effects.FetchRows)] == ["C-0002", "C-0005", "C-0007"]


def test_a_broken_download_whose_cursor_became_too_old_starts_over() -> None:
    world = with_faults([as_it_should, as_it_should, as_it_should, lost_answer])
    world.server.add_customers(8)
    world.reference.forget()
    with pytest.raises(Unreachable):
        world.exchange()
    world.server.add_customers(1)
    world.server.oldest = 9
    assert world.exchange().downloaded == 9
    assert world.reference.loads == 2
    assert len(world.reference.rows) == 9


def test_a_cursor_that_is_too_old_is_forgotten_and_everything_downloaded_again() -> None:
    world = World(reference=MemoryReference(at="0"))
    world.server.add_customers(5)
    world.server.oldest = 4
    report = world.exchange()
    assert report.downloaded == 5
    assert world.reference.at == "5"
    assert len(world.asked(effects.ForgetReference)) == 1


def test_a_fresh_cursor_that_is_too_old_does_not_download_for_ever() -> None:
    world = World(reference=MemoryReference(at="0"))
    world.server.oldest = 4
    with pytest.raises(CursorTooOld):
        world.exchange()
    assert world.reference.loads == 1


def test_a_feed_that_stands_still_ends_the_exchange() -> None:
    class Stuck(ModelServer):
        def changes_after(self, cursor: str) -> ChangePage:
            return ChangePage(changes=(), cursor=cursor, more=True)

    with pytest.raises(UnreadableAnswer):
        World(server=Stuck()).exchange()


def test_only_the_first_page_is_waited_for() -> None:
    world = World()
    world.server.add_customers(4)
    world.exchange(wait=25)
    assert [fetch.wait for fetch in world.asked(effects.FetchChanges)] == [25, 0]


def test_a_used_operation_id_leaves_the_queue_with_an_outcome_to_see() -> None:
    world = World(MemoryWork([operation(1)]))
    world.server.push([operation(1, reason="something else").body])
    world.exchange()
    (result,) = world.work.outcomes["op-0001"]
    assert result == Result(op_id="op-0001", outcome=Outcome.KEY_REUSED)

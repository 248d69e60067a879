"""Asking again about what the server holds: what is sent, what choking on it does, and when it is time."""

from __future__ import annotations

from typing import Any

import pytest

from rma.operations import Outcome, SealedOperation
from sync import effects
from sync.errors import ServerFailing, ServerRefused, Unreachable
from sync.held import ASKED_EVERY, Asking
from sync.report import SyncReport
from tests.sync.memory import MemoryWork, operation
from tests.sync.model import ModelServer
from tests.sync.world import World


def held_at(server: ModelServer, *operations: SealedOperation) -> World:
    """A desk of which the server holds these."""
    server.holds = {each.op_id for each in operations}
    world = World(MemoryWork(list(operations)), server=server)
    world.exchange()
    assert world.work.queued == 0
    world.performed.clear()
    return world


def outcome(world: World, index: int) -> Outcome:
    return world.work.outcomes[f"op-{index:04d}"][-1].outcome


def test_all_of_it_is_sent_again_byte_for_byte_a_batch_at_a_time() -> None:
    operations = [operation(index) for index in range(250)]
    world = held_at(ModelServer(), *operations)
    world.server.holds = {"op-0007"}

    assert world.exchange(asks_about_held=True).asked_about_held

    pushed = world.asked(effects.Push)
    assert [len(push.bodies) for push in pushed] == [100, 100, 50]
    assert [line for push in pushed for line in push.bodies] == [each.body for each in operations]
    assert outcome(world, 6) is Outcome.ACCEPTED
    assert outcome(world, 7) is Outcome.HELD_FOR_REVIEW
    assert len(world.server.booked) == 249


def test_an_exchange_that_does_not_ask_sends_nothing_of_it() -> None:
    world = held_at(ModelServer(), operation(1))
    assert not world.exchange().asked_about_held
    assert world.asked(effects.Push) == []


@pytest.mark.parametrize("fault", ["unreadable", "stumbles_over"])
def test_one_that_the_server_chokes_on_keeps_no_other_from_its_answer(fault: str) -> None:
    world = held_at(ModelServer(), *(operation(index) for index in range(9)))
    world.server.holds = set()
    setattr(world.server, fault, {"op-0004"})

    report = world.exchange(asks_about_held=True)

    assert (report.asked_about_held, report.trouble) == (True, "")
    held = [index for index in range(9) if outcome(world, index) is not Outcome.ACCEPTED]
    assert held == [4]
    assert report.isolated == 0


def test_one_that_the_server_chokes_on_costs_few_more_requests() -> None:
    world = held_at(ModelServer(), *(operation(index) for index in range(1_000)))
    world.server.stumbles_over = {"op-0004"}

    assert world.exchange(asks_about_held=True).asked_about_held

    assert len(world.asked(effects.Push)) < 30


def test_a_server_that_chokes_on_everything_is_not_asked_about_all_of_it() -> None:
    operations = [operation(index) for index in range(1_000)]
    world = held_at(ModelServer(), *operations)
    world.server.stumbles_over = {each.op_id for each in operations}

    assert world.exchange(asks_about_held=True).asked_about_held

    assert len(world.asked(effects.Push)) < 100


def test_a_server_that_takes_less_at_once_gets_less() -> None:
    world = held_at(ModelServer(), *(operation(index) for index in range(9)))
    world.server.holds, world.server.takes = set(), 3
    assert world.exchange(asks_about_held=True).asked_about_held
    assert all(outcome(world, index) is Outcome.ACCEPTED for index in range(9))


def refusing(status: int) -> Any:
    def refuse(call: Any) -> Any:
        raise ServerRefused(status, "No", "Not now.")

    return refuse


def test_another_refusal_is_reported_and_the_rest_of_the_exchange_goes_on() -> None:
    world = held_at(ModelServer(), operation(1))
    world.faults.append(refusing(403))

    report = world.exchange(asks_about_held=True)

    assert not report.asked_about_held
    assert "Not now." in report.trouble
    assert world.asked(effects.FetchChanges)


def test_without_an_answer_the_exchange_ends_and_nothing_has_changed() -> None:
    def gone(call: Any) -> Any:
        raise ServerFailing(503)

    world = held_at(ModelServer(), operation(1))
    world.faults.append(gone)
    with pytest.raises(Unreachable):
        world.exchange(asks_about_held=True)
    assert outcome(world, 1) is Outcome.HELD_FOR_REVIEW


def test_a_server_that_was_restored_gets_it_with_all_that_it_may_have_lost() -> None:
    world = held_at(ModelServer(), operation(1))
    world.server.holds = set()
    world.server.restore(0)

    report = world.exchange(asks_about_held=True)

    assert report.reoffered == 1
    assert outcome(world, 1) is Outcome.ACCEPTED
    assert len(world.server.booked) == 1


class TestWhen:
    """It is a matter of hours, but for good reasons."""

    def asked(self, asking: Asking, now: float, *, goes_through: bool = True) -> bool:
        report = SyncReport()
        with asking.during(report, now) as asks:
            report.asked_about_held = asks and goes_through
        return asks

    def test_after_a_start_and_then_every_hour(self) -> None:
        asking = Asking()
        times = [0.0, 1.0, ASKED_EVERY - 1, ASKED_EVERY, ASKED_EVERY + 1, 2 * ASKED_EVERY]
        assert [self.asked(asking, now) for now in times] == [
            True, False, False, True, False, True,
        ]  # fmt: skip

    def test_with_the_next_exchange_where_something_happened_or_a_person_asks(self) -> None:
        asking = Asking()
        self.asked(asking, 0.0)
        asking.soon()
        assert [self.asked(asking, now) for now in (1.0, 2.0)] == [True, False]

    def test_also_where_it_happened_in_the_exchange_that_asked(self) -> None:
        asking, report = Asking(), SyncReport()
        with asking.during(report, 0.0):
            report.asked_about_held = True
            asking.soon()
        assert [self.asked(asking, now) for now in (1.0, 2.0)] == [True, False]

    def test_again_with_the_next_one_where_it_did_not_go_through(self) -> None:
        asking = Asking()
        assert self.asked(asking, 0.0, goes_through=False)
        assert [self.asked(asking, now) for now in (1.0, 2.0)] == [True, False]

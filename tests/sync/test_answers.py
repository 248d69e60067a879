"""Answers to a push that cannot be read: what can is taken, and the rest holds up nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rma.operations import Outcome, Result
from sync.answers import read_results
from sync.errors import UnreadableAnswer
from tests.sync.memory import MemoryWork, operation
from tests.sync.world import World


def answer(*results: Any) -> bytes:
    return json.dumps({"results": results}).encode()


BOOKED = {"op_id": "op-1", "outcome": "accepted", "row_version": 3}
OF_TOMORROW = {"op_id": "op-2", "outcome": "teleported"}


def test_results_are_read_strictly() -> None:
    assert read_results(answer(BOOKED)) == (
        Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=3),
    )


@pytest.mark.parametrize(
    "unknown",
    [
        OF_TOMORROW,
        {"op_id": "op-2", "outcome": "accepted", "news": "from tomorrow"},
        {"op_id": "op-2", "outcome": "accepted", "row_version": "7"},
        {"op_id": "op-2"},
    ],
)
def test_an_answer_with_unknown_words_is_put_off_and_the_others_are_taken(unknown: object) -> None:
    booked, put_off = read_results(answer(BOOKED, unknown))
    assert booked.outcome is Outcome.ACCEPTED
    assert (put_off.op_id, put_off.outcome) == ("op-2", Outcome.NOT_YET)
    assert put_off.problem is not None
    assert "Update csr-tui" in put_off.problem.remedy


@pytest.mark.parametrize("nobody", [None, 7, "accepted", [], {}, {"op_id": 5}])
def test_a_result_of_nobody_is_skipped(nobody: object) -> None:
    assert [result.op_id for result in read_results(answer(nobody, BOOKED))] == ["op-1"]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"null", b"[]", b"{}", b'{"results":7}', b'{"results":[', b"[" * 100_000],
)
def test_what_is_no_list_of_results_is_no_answer(content: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        read_results(content)


def test_an_order_whose_answer_cannot_be_read_holds_up_no_other() -> None:
    world = World(MemoryWork([operation(1, "O-1"), operation(2, "O-2")]))
    push = world.server.push

    def half_readable(bodies: tuple[bytes, ...], epoch: str | None = None) -> tuple[Result, ...]:
        booked = push(bodies, epoch)
        told = [
            OF_TOMORROW | {"op_id": each.op_id}
            if each.op_id == "op-0001"
            else {"op_id": each.op_id, "outcome": each.outcome.value}
            for each in booked
        ]
        return read_results(answer(*told))

    world.server.push = half_readable  # type: ignore[method-assign,assignment]
    report = world.exchange()
    assert (report.pushed, report.stalled) == (1, True)
    assert list(world.work.outcomes) == ["op-0002"]

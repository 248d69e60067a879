"""Spoilt operations among sound ones: never a failure, never an effect without proof, and the sound ones are booked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import httpx
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import select

from central_api.database import reading, writing
from central_api.tables import HELD_OPERATION, OPERATION, RMA
from rma.operations import Operation
from rma.request import Role
from rma.states import RmaState
from sync.protocol.envelopes import MAX_BATCH_BYTES
from tests import shop
from tests.central_api.branch import Desk, number_of
from tests.central_api.conftest import Served
from tests.hostile.answers import sound
from tests.hostile.mutations import MUTATION, Mutation

KINDS = ("finalize", "cancel", "approve", "decline", "refuse")


class Neighbours:
    """Sound returns, each of an order of its own, so that each has to be accepted."""

    def __init__(self, served: Served) -> None:
        self._branch = served.branch
        self._numbers = count(1)

    def one(self, desk: Desk) -> Operation:
        """The next one."""
        index = next(self._numbers)
        order = shop.order(order_id=f"N-{index}", number=f"9{index:05}")
        self._branch.upsert(order)
        return desk.returning(shop.wanted(), order=order)


def fuzz(served: Served, examples: int, from_seed: int = 0) -> int:
    """Send this many spoilt batches; how many were answered with 200."""
    branch = served.branch
    desk = branch.desk("Sue", Role.SUPERVISOR)
    author = branch.desk("Ada")
    waiting = author.returning(state=RmaState.NEEDS_APPROVAL)
    author.push(waiting)
    number = number_of(waiting)
    neighbours = Neighbours(served)
    fresh = count(1)
    operations: dict[str, Callable[[], Operation]] = {
        "finalize": lambda: desk.returning(shop.wanted(note="as new", serials=("A",))),
        "cancel": lambda: desk.cancel(number),
        "approve": lambda: desk.approve(number),
        "decline": lambda: desk.decline(number),
        "refuse": lambda: desk.refusing(f"D-{next(fresh)}"),
    }
    taken = 0

    @seed(from_seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        kind=st.sampled_from(KINDS),
        mutations=st.lists(MUTATION, min_size=1, max_size=2),
        signed_after=st.booleans(),
    )
    def one(kind: str, mutations: Sequence[Mutation], signed_after: bool) -> None:
        nonlocal taken
        sound_body = desk.body(operations[kind]())
        spoilt = sound_body if signed_after else desk.signed(sound_body)
        for mutate in mutations:
            spoilt = mutate(spoilt)
        line = desk.signed(spoilt) if signed_after else spoilt
        proven = signed_after or line == desk.signed(sound_body)
        before, after = neighbours.one(desk), neighbours.one(desk)
        with served.client(desk) as client:
            taken += _push(served, client, desk, (before, after), line, proven=proven)

    one()
    assert branch.faults() == ()
    return taken


def _push(
    served: Served,
    client: httpx.Client,
    desk: Desk,
    beside: tuple[Operation, Operation],
    line: bytes,
    *,
    proven: bool,
) -> bool:
    ours = [desk.line(operation) for operation in beside]
    known = _effects(served)
    answer = sound(client.post("/v1/ops", content=b"\n".join([ours[0], line, ours[1]])))
    taken = answer.status_code == 200
    if not taken:
        # nothing of the batch was decided: the desk sends the halves, and the sound ones go through
        assert answer.status_code in (400, 413)
        assert (answer.status_code == 413) == (sum(map(len, [*ours, line])) + 2 > MAX_BATCH_BYTES)
        assert _effects(served) == known
        answer = sound(client.post("/v1/ops", content=b"\n".join(ours)))
        assert answer.status_code == 200
        sound(client.post("/v1/ops", content=line))
    booked = {result["op_id"]: result for result in answer.json()["results"]}
    assert [booked[operation.op_id]["outcome"] for operation in beside] == ["accepted"] * 2
    if not proven:
        expected = {operation.op_id for operation in beside}
        assert _effects(served) - known == expected | {number_of(each) for each in beside}
    return taken


def _effects(served: Served) -> set[str]:
    """Keys of the operations that were decided, and numbers that were booked; what is only held is forgotten."""
    with writing(served.branch.engine) as connection:
        connection.execute(HELD_OPERATION.delete())
    with reading(served.branch.engine) as connection:
        found = set(connection.execute(select(OPERATION.c.op_id)).scalars())
        return found | set(connection.execute(select(RMA.c.number)).scalars())

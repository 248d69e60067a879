"""Whatever the network does, each operation is booked exactly once and the queue ends empty."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.envelopes import open_envelope
from tests.sync.memory import MemoryReference, MemoryWork, operation
from tests.sync.world import FAULTS, Fault, World


@given(
    streams=st.lists(st.sampled_from("ABC"), max_size=12),
    faults=st.lists(st.sampled_from(FAULTS), max_size=25),
    takes=st.integers(1, 12),
    customers=st.integers(0, 9),
    fresh=st.booleans(),
)
def test_any_faults_end_with_each_operation_booked_once_and_nothing_waiting(
    streams: list[str], faults: list[Fault], takes: int, customers: int, fresh: bool
) -> None:
    last: dict[str, str] = {}
    operations = []
    for index, stream in enumerate(streams):
        made = operation(index, stream, depends_on=last.get(stream))
        last[stream] = made.op_id
        operations.append(made)
    world = World(
        MemoryWork(operations, numbers=0),
        MemoryReference(at=None if fresh else "0"),
        faults=deque(faults),
    )
    world.server.takes = takes
    world.server.add_customers(customers)

    world.until_quiet()

    booked = [op_id for op_id, _ in world.server.booked]
    assert sorted(booked) == sorted(each.op_id for each in operations)
    for stream in set(streams):
        in_stream = [op for op, of in world.server.booked if of == stream]
        assert in_stream == sorted(in_stream)
    assert world.work.queued == 0
    assert {op: len(results) for op, results in world.work.outcomes.items()} == dict.fromkeys(
        booked, 1
    )
    assert len(world.server.blocks) == len(world.work.leases) == 1
    assert len(world.reference.rows) == customers


@given(faults=st.lists(st.sampled_from(FAULTS), max_size=10))
def test_every_retry_carries_the_frozen_bytes(faults: list[Fault]) -> None:
    operations = [operation(index, f"O-{index}") for index in range(4)]
    frozen = {each.op_id: each.body for each in operations}
    world = World(MemoryWork(operations), faults=deque(faults))
    world.until_quiet()
    for effect in world.performed:
        for body in getattr(effect, "bodies", ()):
            assert body == frozen[open_envelope(body).op_id]

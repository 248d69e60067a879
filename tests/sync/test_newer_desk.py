"""A desk that was updated before its server: what it tells waits, and is booked by the updated server as it was told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from central_api import newer, operations
from rma.states import RmaState
from sync.protocol import envelopes
from tests.sync.town import Street, request


@pytest.fixture
def database_kind() -> str:
    """What is between is the same for both."""
    return "sqlite"


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    """A town without desks."""
    async with Street(tmp_path, central_database) as street:
        yield street


async def test_what_a_newer_desk_told_waits_until_the_server_is_updated(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, other = await street.seat("Ada"), await street.seat("Ben")
    monkeypatch.setattr(envelopes, "PROTOCOL_VERSION", 3)
    made = seat.finalize(request())
    (waiting,) = seat.work.waiting(10, 1 << 20)

    for _ in range(3):
        report = await seat.sync.run_once()
        assert report.pushed == 0
        assert "server has to be updated" in seat.sync.status.trouble
        assert (seat.work.queue().waiting, seat.work.queue().attention) == (1, 0)

    monkeypatch.setattr(newer, "PROTOCOL_VERSION", 3)
    monkeypatch.setattr(operations, "PROTOCOL_VERSION", 3)
    monkeypatch.setattr(operations, "PROTOCOLS", envelopes.PROTOCOLS | {3})
    assert seat.work.waiting(10, 1 << 20) == [waiting]
    report = await seat.sync.run_once()
    await other.sync.run_once()

    assert (report.pushed, seat.sync.status.trouble) == (1, "")
    assert (seat.work.queue().waiting, seat.work.queue().attention) == (0, 0)
    known = other.reference.record(made.number)
    assert known is not None
    assert (known.record.author, known.record.state) == ("Ada", RmaState.AUTHORIZED)

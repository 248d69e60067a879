"""The composition root: the only place that knows stores, wire and use cases at once.

Everything here blocks; the app calls it in a thread after its first paint.
"""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from desk.desk import Desk, build_desk
from desk.errors import NotReady
from desk.ports import Clock, SyncStatus
from rma.operations import Identity, Operation, SealedOperation
from storage.reference import ReferenceStore
from storage.work import WorkStore
from sync.client import CentralClient
from sync.credentials import read_token
from sync.errors import SyncError
from sync.protocol.envelopes import seal
from sync.runner import SyncEngine


def utc_now() -> datetime:
    """The device's clock."""
    return datetime.now(UTC)


class DeskClock:
    """Device time, corrected by the last known offset to the server."""

    def __init__(self, work: WorkStore) -> None:
        self._work = work

    def now(self) -> datetime:
        """The instant, aware UTC."""
        return utc_now() + self._work.clock_offset()


@dataclass(frozen=True, slots=True)
class OpenedDesk:
    """A desk with its stores open."""

    folder: Path
    work: WorkStore
    reference: ReferenceStore
    desk: Desk
    clock: Clock

    def close(self) -> None:
        """Close both stores; other processes may open them now."""
        self.reference.close()
        self.work.close()

    def connection(self) -> Connection | None:
        """The way to this desk's central API; None before enrollment."""
        identity = self.work.identity()
        if identity is None:
            return None
        client = CentralClient(identity.server, read_token(self.folder))
        engine = SyncEngine(
            client, self.work, self.reference, clock=utc_now, random=random.SystemRandom()
        )
        return Connection(client, engine)


@dataclass(frozen=True, slots=True)
class Connection:
    """A client and the engine that it drives; implements `desk.ports.Sync`."""

    client: CentralClient
    engine: SyncEngine

    def status(self) -> SyncStatus:
        """The state of the last try, for the status line."""
        state = self.engine.status
        return SyncStatus(
            online=state.online,
            bootstrap=state.bootstrap,
            last_sync_at=state.last_sync_at,
            trouble=state.trouble,
        )

    async def sync_now(self) -> SyncStatus:
        """Push what waits and pull what changed; what fails stands in the status."""
        with suppress(SyncError):
            await self.engine.run_once()
        return self.status()

    async def close(self) -> None:
        """Let go of the network."""
        await self.client.aclose()


def open_desk(folder: Path, clock: Clock | None = None) -> OpenedDesk:
    """Open a desk's stores and wire its use cases; `clock` stands in for the device's corrected one in a replay.

    Raises:
        AlreadyOpen: if another process has this desk open.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    work = WorkStore.open(folder, seal=_seal, clock=utc_now)
    try:
        reference = ReferenceStore.open(folder)
    except BaseException:
        work.close()
        raise
    clock = clock or DeskClock(work)
    return OpenedDesk(folder, work, reference, build_desk(reference, work, clock), clock)


def _seal(operation: Operation, identity: Identity) -> SealedOperation:
    return seal(operation, actor=identity.person, device=identity.device)


async def sync_once(opened: OpenedDesk) -> SyncStatus:
    """Push what waits and pull what changed, over a connection of its own.

    Raises:
        NotReady: before enrollment.
    """
    connection = opened.connection()
    if connection is None:
        raise NotReady("This desk is not enrolled: run csr-tui enroll first.")
    try:
        return await connection.sync_now()
    finally:
        await connection.close()

"""The composition root: the only place that knows stores, wire and use cases at once.

Everything here blocks; the app calls it in a thread after its first paint. The wire is loaded when it is first needed:
it costs as much time as the stores, and the desk works without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from csr_tui.papers import AgentsPapers
from desk.desk import Desk, build_desk
from desk.errors import NotReady
from desk.ports import Clock, SyncStatus
from rma.operations import Identity, Operation, SealedOperation
from rma.wording import _
from storage.reference import ReferenceStore
from storage.work import WorkStore

if TYPE_CHECKING:
    from csr_tui.connection import Connection


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

    def connection(self) -> Connection:
        """The way to this desk's central API.

        Raises:
            NotReady: before enrollment.
            SyncError: if this desk's token or its server's address cannot be used.
        """
        from csr_tui.connection import connect

        identity = self.work.identity()
        if identity is None:
            raise NotReady(_("This desk is not enrolled: run csr-tui enroll first."))
        return connect(identity.server, self.folder, self.work, self.reference, utc_now)


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
    return OpenedDesk(
        folder, work, reference, build_desk(reference, work, clock, AgentsPapers()), clock
    )


def _seal(operation: Operation, identity: Identity) -> SealedOperation:
    from sync.protocol.envelopes import seal

    return seal(operation, actor=identity.person, device=identity.device)


async def sync_once(opened: OpenedDesk) -> SyncStatus:
    """Push what waits and pull what changed, over a connection of its own.

    Raises:
        NotReady: before enrollment.
        SyncError: if this desk's token or its server's address cannot be used.
    """
    connection = opened.connection()
    try:
        return await connection.sync_now()
    finally:
        await connection.close()

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
from csr_tui.sealing import Sealing
from csr_tui.unlocking import unlock
from desk.desk import Desk, build_desk
from desk.errors import NotReady
from desk.ports import Clock, SyncStatus
from rma.wording import _
from storage.file_lock import usable
from storage.high_water import HighWater
from storage.pin_verifiers import PinVerifiers
from storage.reference import ReferenceStore
from storage.secrets import Secrets
from storage.secrets.keeping import alone, database_key
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
    secrets: Secrets
    sealing: Sealing

    def close(self) -> None:
        """Close both stores; other processes may open them now."""
        self.reference.close()
        self.work.close()

    def connection(self) -> Connection:
        """The way to this desk's central API.

        Raises:
            NotReady: before enrollment.
            NoDeviceKey: if this desk cannot sign.
            SyncError: if its server's address cannot be used.
        """
        from csr_tui.connection import connect

        identity = self.work.identity()
        if identity is None:
            raise NotReady(_("This desk is not enrolled: run csr-tui enroll first."))
        return connect(identity, self.sealing.key(), self.work, self.reference, utc_now)


def open_desk(
    folder: Path, clock: Clock | None = None, secrets: Secrets | None = None
) -> OpenedDesk:
    """Open a desk's stores and wire its use cases; `clock` stands in for the device's corrected one in a replay.

    Without `secrets` they are unlocked here, which may ask for a passphrase on the terminal.

    Raises:
        SecretsError: if the databases' key cannot be had.
        AlreadyOpen: if another process has this desk open.
        FolderRefused: if the folder cannot be used.
    """
    with usable(folder):
        return _opened(folder, clock, secrets)


def _opened(folder: Path, clock: Clock | None, secrets: Secrets | None) -> OpenedDesk:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(folder):
        secrets = secrets or unlock(folder)
        key = database_key(folder, secrets)
    sealing = Sealing(secrets)
    work = WorkStore.open(folder, key, seal=sealing, clock=utc_now, high_water=HighWater(secrets))
    try:
        reference = ReferenceStore.open(folder, key)
    except BaseException:
        work.close()
        raise
    clock = clock or DeskClock(work)
    return OpenedDesk(
        folder,
        work,
        reference,
        build_desk(reference, work, clock, PinVerifiers(), AgentsPapers()),
        clock,
        secrets,
        sealing,
    )


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

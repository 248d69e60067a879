"""The way from an open desk to its central API. Importing this module loads the wire, with all that it needs."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from desk.ports import SyncStatus
from rma.operations import Identity
from storage.reference import ReferenceStore
from storage.work import WorkStore
from sync.client import CentralClient
from sync.credentials import Credentials
from sync.device_key import DeviceKey
from sync.errors import SyncError
from sync.runner import SyncEngine


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
            revoked=state.revoked,
        )

    async def sync_now(self) -> SyncStatus:
        """Push what waits and pull what changed; what fails stands in the status."""
        with suppress(SyncError):
            await self.engine.run_once()
        return self.status()

    async def close(self) -> None:
        """Let go of the network."""
        await self.client.aclose()


def connect(
    identity: Identity,
    key: DeviceKey,
    work: WorkStore,
    reference: ReferenceStore,
    now: Callable[[], datetime],
) -> Connection:
    """The connection of an enrolled desk, which proves itself by its key; nothing is sent yet.

    Raises:
        BadServerUrl: if the address is none.
    """

    def signed_in() -> str:
        now_here = work.identity()
        return identity.person if now_here is None else now_here.person

    credentials = Credentials(identity.device, identity.server_id, key, signed_in)
    client = CentralClient(identity.server, None, credentials=credentials)
    return Connection(
        client, SyncEngine(client, work, reference, clock=now, random=random.SystemRandom())
    )

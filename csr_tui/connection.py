"""The way from an open desk to its central API. Importing this module loads the wire, with all that it needs."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desk.ports import SyncStatus
from storage.reference import ReferenceStore
from storage.work import WorkStore
from sync.client import CentralClient
from sync.credentials import read_token
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
    server: str,
    folder: Path,
    work: WorkStore,
    reference: ReferenceStore,
    now: Callable[[], datetime],
) -> Connection:
    """The connection of an enrolled desk, whose token is in `folder`; nothing is sent yet.

    Raises:
        CredentialError: if the token cannot be read.
        BadServerUrl: if the address is none.
    """
    client = CentralClient(server, read_token(folder))
    return Connection(
        client, SyncEngine(client, work, reference, clock=now, random=random.SystemRandom())
    )

"""Make this desk known to a central API with a single-use code."""

from __future__ import annotations

import platform
from dataclasses import replace
from pathlib import Path

from csr_tui.bootstrap import OpenedDesk, open_desk
from desk.ids import new_id
from rma.operations import Identity
from rma.request import Role
from sync.client import CentralClient
from sync.credentials import save_token
from sync.protocol.envelopes import EnrollRequest


async def enroll(folder: Path, url: str, code: str) -> Identity:
    """Trade the code for a token, and keep both.

    Raises:
        SyncError: if the central API is not reached or refuses the code.
        AlreadyOpen: if another process has this desk open.
    """
    opened = open_desk(folder)
    try:
        known = opened.work.identity()
        device = known.device if known else new_id()
        client = CentralClient(url, None)
        try:
            request = EnrollRequest(code=code, device=device, platform=platform.platform())
            answer = await client.enroll(request)
        finally:
            await client.aclose()
        identity = Identity(
            device=device, person=answer.person, role=Role(answer.role), server=url.rstrip("/")
        )
        save_token(folder, answer.token)
        opened.work.set_identity(identity)
    finally:
        opened.close()
    return identity


def move_server(opened: OpenedDesk, url: str) -> None:
    """Point an enrolled desk at the same central API under a new address."""
    identity = opened.work.identity()
    if identity is not None and identity.server != url:
        opened.work.set_identity(replace(identity, server=url))

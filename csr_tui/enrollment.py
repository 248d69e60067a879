"""Make this desk known to a central API with a single-use code."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from csr_tui.bootstrap import OpenedDesk, open_desk
from csr_tui.paths import ENROLLED_FILE
from csr_tui.unlocking import unlock_or_make
from rma.operations import Identity
from rma.request import Role
from storage.errors import CannotSave
from storage.private_file import write_private
from storage.secrets import DATABASE_KEY, DEVICE_KEY, Secrets
from sync.client import CentralClient
from sync.credentials import enrollment
from sync.protocol import recovery
from sync.protocol.signing import from_text

AskPin = Callable[[str, bool], str]
"""Asks a person, by name, for a PIN; the second argument says whether they need one. An empty text is none."""


async def enroll(
    folder: Path,
    url: str,
    code: str,
    secrets: Secrets | None = None,
    ask_pin: AskPin | None = None,
) -> Identity:
    """Make this desk known by its key, or a further person on it, who is signed in then.

    Without `secrets` a passphrase may be asked for on the terminal. Without `ask_pin` whoever shares a desk has no PIN,
    and cannot sign in before a further code brings them one.

    Raises:
        SecretsError: if the desk's keys cannot be kept.
        SyncError: if the central API is not reached or refuses the code.
        AlreadyOpen: if another process has this desk open.
    """
    opened = open_desk(folder, secrets=secrets or unlock_or_make(folder))
    try:
        known = opened.work.identity()
        key = opened.sealing.key_or_new()
        device = known.device if known else key.device
        client = CentralClient(url, None)
        try:
            answer = await client.enroll(enrollment(code, device, platform.platform(), key))
        finally:
            await client.aclose()
        identity = Identity(
            device=device,
            person=answer.person,
            role=Role(answer.role),
            server=url.rstrip("/"),
            server_id=answer.server_id,
        )
        seal_for_recovery(opened, answer.recovery_key)
        opened.work.set_identity(identity)
        if ask_pin is not None:
            pin = ask_pin(identity.person, len(opened.work.people()) > 1)
            if pin:
                opened.desk.sign_in.set_enrolled_pin(identity.person, pin)
        (folder / ENROLLED_FILE).touch()
    finally:
        opened.close()
    return identity


def seal_for_recovery(opened: OpenedDesk, recovery_key: str) -> None:
    """Leave what the operator needs if the keyring is lost; an operator without a recovery key wants nothing."""
    if not recovery_key:
        return
    path = opened.folder / recovery.FILE
    names = (DATABASE_KEY, DEVICE_KEY)
    keys = {name: opened.secrets.get(name) for name in names}
    sealed = recovery.seal_for(
        from_text(recovery_key), {name: key for name, key in keys.items() if key is not None}
    )
    try:
        write_private(path, sealed)
    except OSError as error:
        raise CannotSave(path, error) from error


def move_server(opened: OpenedDesk, url: str) -> None:
    """Point an enrolled desk at the same central API under a new address."""
    identity = opened.work.identity()
    if identity is not None and identity.server != url:
        opened.work.set_identity(replace(identity, server=url))

"""Checked copies of a desk: made while it is open, put back while it is closed.

A copy is a folder like a desk's own: work.db as of one moment, encrypted with the same key, and what an operator needs
to open it without that key. ref.db is not in it: the central API has all of it.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from rma.operations import Identity
from rma.wording import _
from storage import audit, audit_acts, settings
from storage.audit import Chain
from storage.checkup import beside, file_faults
from storage.encrypting import encrypt_in_place
from storage.engines import connect, fetch, reading, run, writing
from storage.errors import BadCopy, CannotSave, WouldLose
from storage.file_lock import FolderLock
from storage.private_file import sync_folder
from storage.secrets.kinds import Kind
from storage.work import FILE, LOCK
from storage.work_schema import upgrade

NAME = "csr-tui-{:%Y%m%d-%H%M%S}"
"""Name of a copy's folder, after the moment in UTC."""

_TAKEN_ALONG = (Kind.VAULT.value, "recovery.sealed")
"""Files beside work.db that are sealed themselves. The open file of secrets is not: it would lay the key beside it."""

_KEPT = "replaced-{:%Y%m%d-%H%M%S}"

_LOGS = ("-wal", "-shm")

_WAITING = "SELECT op_id FROM outbox WHERE state = 'ready'"
_ALL = "SELECT op_id FROM outbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy that was checked."""

    folder: Path
    identity: Identity | None
    waiting: int
    """Operations in it that the server had not answered."""
    entries: int
    """Of its audit chain."""


def back_up(desk: Path, key: bytes, into: Path, now: datetime) -> Copy:
    """Copy the desk into a new folder in `into`, and check the copy; the desk may be open meanwhile.

    Raises:
        BadCopy: if the desk's own file is damaged: what could be read is there.
        CannotSave: if it cannot be written.
        StoreTrouble: if the desk's file cannot be read.
    """
    target = into / NAME.format(now)
    try:
        target.mkdir(parents=True, mode=0o700)
        _copy(desk / FILE, key, target / FILE)
        for name in _TAKEN_ALONG:
            if (desk / name).exists():
                shutil.copy2(desk / name, target / name)
        sync_folder(target)
    except sqlcipher.Error as error:
        raise BadCopy(desk / FILE, str(error)) from error
    except OSError as error:
        raise CannotSave(target, error) from error
    return _checked(target, target / FILE, key)


def _checked(folder: Path, path: Path, key: bytes) -> Copy:
    """What a copy holds.

    Raises:
        BadCopy: if it is damaged, or its audit chain is broken.
    """
    faults = file_faults(path, key)
    if faults:
        raise BadCopy(path, faults[0])
    with beside(path, key) as engine, reading(engine) as connection:
        broken = audit.verify(connection)
        if broken is not None:
            raise BadCopy(path, broken)
        ((waiting,),) = run(connection, f"SELECT count(*) FROM ({_WAITING})")  # noqa: S608 - constant
        return Copy(
            folder=folder,
            identity=settings.identity(connection),
            waiting=waiting,
            entries=audit.count(connection),
        )


def put_back(
    copy: Path, desk: Path, key: bytes, now: datetime, *, losing: bool = False
) -> tuple[Copy, Path | None]:
    """Put a copy in the place of the desk's work.db, which is kept beside it; the desk must be closed.

    What was put back is another incarnation of the desk, so that the server can tell it from the one before. Gives the
    copy, and the name under which the file before is kept.

    Raises:
        AlreadyOpen: if the desk is open.
        BadCopy: if the copy is damaged, or another desk's.
        WouldLose: if operations wait here that the copy does not know, unless `losing`.
    """
    lock = FolderLock(desk, LOCK)
    try:
        if not (copy / FILE).is_file():
            raise BadCopy(copy / FILE, _("there is no such file"))
        new = desk / f"{FILE}.restored"
        _without_log(new).unlink(missing_ok=True)
        shutil.copy(copy / FILE, new)  # what may lie on a disk that cannot be written is only read
        new.chmod(0o600)
        checked = _checked(copy, new, key)
        known = _look_at_what_is_there(desk / FILE, key)
        if known is not None:
            identity, waiting = known
            if identity and checked.identity and identity.device != checked.identity.device:
                raise BadCopy(copy / FILE, _("it is another desk's"))
            lost = len(waiting - _operations(new, key))
            if lost and not losing:
                raise WouldLose(lost)
        _renew(new, key, now)
        return checked, _put_in_place(new, desk / FILE, now)
    except OSError as error:
        raise CannotSave(desk, error) from error
    finally:
        lock.release()


def _copy(source: Path, key: bytes, target: Path) -> None:
    """A whole copy under a name that only a complete one gets."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(connect(source, key)) as database:
        database.execute("VACUUM INTO ?", (str(unfinished),))
    unfinished.chmod(0o600)
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.replace(target)


def _look_at_what_is_there(path: Path, key: bytes) -> tuple[Identity | None, set[str]] | None:
    """Whose it is, and what waits in it; None where it is gone or cannot be read."""
    if not path.exists() or file_faults(path, key):
        return None
    with beside(path, key) as engine, reading(engine) as connection:
        identity = settings.identity(connection)
        return identity, {op_id for (op_id,) in run(connection, _WAITING)}


def _without_log(path: Path) -> Path:
    """The same path; what an unfinished restore left beside it is gone."""
    for suffix in _LOGS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return path


def _operations(path: Path, key: bytes) -> set[str]:
    with beside(path, key) as engine:
        return {op_id for (op_id,) in fetch(engine, _ALL)}


def _renew(path: Path, key: bytes, now: datetime) -> None:
    """Bring the copy to this program's schema, and make it an incarnation of its own."""
    encrypt_in_place(path, key)
    upgrade(path, key)
    with beside(path, key) as engine, writing(engine) as connection:
        incarnation = settings.renew_incarnation(connection)
        identity = settings.identity(connection)
        if identity is not None:
            at = now + settings.clock_offset(connection)
            chain = Chain(connection, identity, at=at, device_clock=now)
            chain.append(audit_acts.restored(incarnation))
    with closing(
        connect(path, key)
    ) as database:  # what is renamed is the file alone, without its log
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _put_in_place(new: Path, path: Path, now: datetime) -> Path | None:
    """At every moment there is a whole work.db; a log of the old one must never meet the new one."""
    kept: Path | None = None
    if path.exists():
        kept = path.with_name(f"{path.name}.{_KEPT.format(now)}")
        for suffix in _LOGS:
            log = path.with_name(path.name + suffix)
            if log.exists():
                log.replace(kept.with_name(kept.name + suffix))
        shutil.copy2(path, kept)
    with new.open("rb+") as file:
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)
    return kept

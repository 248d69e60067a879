"""Checked copies of a desk: made while it is open, put back while it is closed.

A copy is a folder like a desk's own: work.db as of one moment, encrypted with the same key, and what an operator needs
to open it without that key. ref.db is not in it: the central API has all of it. Nor is how far the RMA numbers were
used: that goes on at the desk. Where a copy is put back and it is not known, the numbers that were left are given up.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from rma.operations import Identity
from rma.wording import _
from storage import audit, audit_acts, number_blocks, settings
from storage.audit import Chain
from storage.checkup import beside, file_faults
from storage.encrypting import encrypt_in_place
from storage.engines import connect, fetch, is_damage, reading, result_code, run, writing
from storage.errors import BadCopy, CannotLook, CannotSave, DamagedDesk, NoRoomThere, WouldLose
from storage.fencing import fence
from storage.file_lock import FolderLock
from storage.private_file import sync_folder, write_private
from storage.secrets.kinds import Kind, kind_in
from storage.work import FILE, LOCK
from storage.work_schema import upgrade

NAME = "csr-tui-{:%Y%m%d-%H%M%S}"
"""Name of a copy's folder, after the moment in UTC."""

_SEALED = "recovery.sealed"
"""Taken along as it is, and a vault without its marks. The open file is not: it would lay the key beside what it opens."""

_KEPT = "replaced-{:%Y%m%d-%H%M%S}"

_LOGS = ("-wal", "-shm")

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A copy that was put back."""

    copy: Copy
    kept: Path | None
    """The file that was there before, under its new name."""
    given_up: int
    """RMA numbers that were left, and are not used: nobody knows which of them were told."""


def back_up(desk: Path, key: bytes, into: Path, now: datetime, vault: bytes | None = None) -> Copy:
    """Copy the desk into a new folder in `into`, and check the copy; the desk may be open meanwhile.

    `vault` is its content `for_a_backup`, where there is one.

    Raises:
        DamagedDesk: if the desk's own file is damaged, or its audit chain is broken.
        CannotSave, NoRoomThere: if it cannot be written.
        CannotLook: if the desk's file cannot be read.

    Whatever is raised, nothing is left in `into`.
    """
    target = into / NAME.format(now)
    try:
        target.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise CannotSave(target, error) from error
    try:
        return _filled(target, desk, key, vault)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _filled(target: Path, desk: Path, key: bytes, vault: bytes | None) -> Copy:
    try:
        _copy(desk / FILE, key, target / FILE)
        if (desk / _SEALED).exists():
            shutil.copy2(desk / _SEALED, target / _SEALED)
        if vault is not None:
            write_private(target / Kind.VAULT.value, vault)
        sync_folder(target)
        return _checked(target, target / FILE, key)
    except BadCopy as error:  # a copy has the faults of what was copied
        raise DamagedDesk(desk / FILE, error.why) from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise NoRoomThere(target.parent) from error
        raise CannotSave(target, error) from error


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
    copy: Path,
    desk: Path,
    key: bytes,
    now: datetime,
    *,
    losing: bool = False,
    marks: Mapping[int, int] | None = None,
) -> Restored:
    """Put a copy in the place of the desk's work.db, which is kept beside it; the desk must be closed.

    What was put back is another incarnation of the desk, so that the server can tell it from the one before. `marks`
    say how far its numbers were used, by block; without them the next start looks. Nobody believes those of a file
    in a folder without a desk: they came from somewhere else, as the copy did.

    Raises:
        AlreadyOpen: if the desk is open.
        BadCopy: if the copy is damaged, or another desk's.
        WouldLose: if operations wait here that the copy does not know, unless `losing`.
        CannotLook: if nobody can tell whether they do.
    """
    lock = FolderLock(desk, LOCK)
    new = desk / f"{FILE}.restored"
    try:
        if not (copy / FILE).is_file():
            raise BadCopy(copy / FILE, _("there is no such file"))
        if kind_in(desk) is not Kind.KEYRING and not (desk / FILE).exists():
            marks = {}
        _without_log(new).unlink(missing_ok=True)
        shutil.copy(copy / FILE, new)  # what may lie on a disk that cannot be written is only read
        new.chmod(0o600)
        checked = _checked(copy, new, key)
        known = _look_at_what_is_there(desk / FILE, key)
        if known is not None:
            identity = known.identity
            if identity and checked.identity and identity.device != checked.identity.device:
                raise BadCopy(copy / FILE, _("it is another desk's"))
            lost = len(known.waiting - _operations(new, key))
            if lost and not losing:
                raise WouldLose(lost)
        given_up = _renew(new, key, now, marks, known.used if known is not None else {})
        kept = _put_in_place(new, desk / FILE, now)
        return Restored(copy=checked, kept=kept, given_up=given_up)
    except OSError as error:
        raise CannotSave(desk, error) from error
    finally:
        with suppress(OSError):  # only what was refused is still there
            _without_log(new).unlink(missing_ok=True)
        lock.release()


def _copy(source: Path, key: bytes, target: Path) -> None:
    """A whole copy under a name that only a complete one gets.

    Raises:
        DamagedDesk, CannotLook: if the source cannot be read.
        OSError: if the copy cannot be written.
    """
    unfinished = target.with_name(f"{target.name}.unfinished")
    with closing(connect(source, key)) as database:
        try:
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher.Error as error:
            if is_damage(error):
                raise DamagedDesk(source, str(error)) from error
            raise CannotLook(source, error) from error
        try:
            database.execute("VACUUM INTO ?", (str(unfinished),))
        except sqlcipher.Error as error:
            if is_damage(error):
                raise DamagedDesk(source, str(error)) from error
            full = result_code(error) == sqlcipher.SQLITE_FULL
            raise OSError(errno.ENOSPC if full else errno.EIO, str(error)) from error
    unfinished.chmod(0o600)
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.replace(target)


@dataclass(frozen=True, slots=True)
class _There:
    """What was in a desk's place before."""

    identity: Identity | None
    waiting: set[str]
    used: dict[int, int]
    """By block of numbers, the first index that is free."""


def _look_at_what_is_there(path: Path, key: bytes) -> _There | None:
    """What the desk has now; None where it is gone or damaged."""
    if not path.exists() or file_faults(path, key):
        return None
    with beside(path, key) as engine, reading(engine) as connection:
        waiting = {op_id for (op_id,) in run(connection, _WAITING)}
        return _There(settings.identity(connection), waiting, number_blocks.used(connection))


def _without_log(path: Path) -> Path:
    """The same path; what an unfinished restore left beside it is gone."""
    for suffix in _LOGS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return path


def _operations(path: Path, key: bytes) -> set[str]:
    with beside(path, key) as engine:
        return {op_id for (op_id,) in fetch(engine, _ALL)}


def _renew(
    path: Path,
    key: bytes,
    now: datetime,
    marks: Mapping[int, int] | None,
    there: Mapping[int, int],
) -> int:
    """Bring the copy to this program's schema, and make it an incarnation of its own that tells no number again.

    Gives how many numbers are given up. `there`: how far the desk had used them that the copy takes the place of.
    """
    encrypt_in_place(path, key)
    upgrade(path, key)
    with beside(path, key) as engine, writing(engine) as connection:
        incarnation = settings.renew_incarnation(connection)
        settings.set_wanted_lease(connection, None)  # its answer may have come, and been used
        settings.set_blocks_have_marks(connection)  # nor of an earlier release's copy is it known
        used = number_blocks.used(connection)
        known = used if marks is None else marks
        fenced = fence(
            connection, {block: max(mark, there.get(block, 0)) for block, mark in known.items()}
        )
        identity = settings.identity(connection)
        if identity is not None:
            at = now + settings.clock_offset(connection)
            chain = Chain(connection, identity, at=at, device_clock=now)
            chain.append(audit_acts.restored(incarnation))
            for act in fenced.acts:
                chain.append(act)
    with closing(
        connect(path, key)
    ) as database:  # what is renamed is the file alone, without its log
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return fenced.given_up


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

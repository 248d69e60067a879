"""What the desk itself is like: its secrets, databases, audit chain, clock, queue and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from csr_tui.doctor.finding import Finding, Level, good, look, wrong
from csr_tui.unlocking import unlock
from rma.errors import RmaError
from rma.numbers import EMERGENCY_NUMBERS, LOW_NUMBERS
from rma.wording import _, mark
from screens.status_words import age
from storage.checkup import WorkHealth, file_faults, has_fetched, look_at_work
from storage.errors import CannotLook, Damaged
from storage.secrets.keeping import database_key
from storage.secrets.kinds import Kind, kind_in

CLOCK_IS_OFF = timedelta(minutes=2)
"""The desk corrects its clock by what the server says; so far off, it should be set."""

_QUEUE_IS_OLD = timedelta(hours=8)

_DAMAGED = mark(
    "Take a copy of the folder first. Then csr-tui outbox export --in-clear FILE writes down what waits, where that "
    "can still be read, and csr-tui restore COPY puts back a copy that was whole."
)
_REBUILT = mark("Delete it while the desk is closed: the next sync fetches everything again.")
_OUT_OF_REACH = mark(
    "Nothing says that it is damaged: leave it where it is. Free some space, make the folder writable, then run "
    "csr-tui doctor again."
)
_SYNC = mark("Run csr-tui sync, or press F5 in the desk.")


def look_at_desk(folder: Path, now: datetime) -> tuple[list[Finding], str]:
    """Everything in the desk's folder, and the address of its server, where that is known. `now` is the device's."""
    try:
        secrets = unlock(folder)
        key = database_key(folder, secrets)
    except RmaError as error:
        remedy = _("Nothing else can be looked at without them.")
        return [wrong("secrets", str(error), remedy)], ""
    work, reference = folder / "work.db", folder / "ref.db"
    found = [
        *_secrets(folder, secrets.kind),
        *_file(work, key, _(_DAMAGED)),
        *_file(reference, key, _(_REBUILT)),
    ]
    if found[-1].level is Level.GOOD:
        found[-1:] = _fetched(found[-1], reference, key)
    if any(each.area == work.name and each.level is not Level.GOOD for each in found):
        return found, ""
    try:
        health = look_at_work(work, key)
    except Damaged as error:
        return [*found, wrong(work.name, str(error), _(_DAMAGED))], ""
    except RmaError as error:
        return [*found, wrong(work.name, str(error), _(_OUT_OF_REACH))], ""
    if health is None:
        said = _("It was written by another version of csr-tui.")
        remedy = _("Open the desk once: it brings the file up to date.")
        return [*found, look(work.name, said, remedy)], ""
    found += _work(health, now)
    return found, health.identity.server if health.identity is not None else ""


def _secrets(folder: Path, kind: str) -> Iterator[Finding]:
    if kind_in(folder) is Kind.FILE:
        remedy = _("Whoever reads the folder reads its returns: run csr-tui protect.")
        yield look("secrets", kind, remedy)
    else:
        yield good("secrets", kind)


def _file(path: Path, key: bytes, remedy: str) -> Iterator[Finding]:
    if not path.exists():
        yield look(path.name, _("It is not there yet."), _(_SYNC))
        return
    try:
        faults = file_faults(path, key)
    except CannotLook as error:
        said = _("It could not be looked at: {why}").format(why=error.why)
        yield wrong(path.name, said, _(_OUT_OF_REACH))
        return
    if faults:
        said = _("It is damaged: {fault} ({count} in all)")
        yield wrong(path.name, said.format(fault=faults[0], count=len(faults)), remedy)
    else:
        size = path.stat().st_size / (1 << 20)
        yield good(path.name, _("whole, {size} MiB").format(size=f"{size:.1f}"))


def _fetched(whole: Finding, path: Path, key: bytes) -> Iterator[Finding]:
    """The desk makes a damaged ref.db anew: then it is whole, and nobody is found in it."""
    try:
        fetched = has_fetched(path, key)
    except RmaError as error:
        yield wrong(path.name, str(error), _(_OUT_OF_REACH))
        return
    if fetched:
        yield whole
    else:
        said = _("Nothing was fetched yet, or not all of it: callers may not be found.")
        yield look(path.name, said, _(_SYNC))


def _work(health: WorkHealth, now: datetime) -> Iterator[Finding]:
    identity = health.identity
    if identity is None:
        yield look("identity", _("Nobody is enrolled here."), _("Run csr-tui enroll URL CODE."))
    else:
        said = _("{person}, device {device}")
        yield good("identity", said.format(person=identity.person, device=identity.device))
    if health.audit_fault:
        yield wrong(
            "audit",
            health.audit_fault,
            _("Keep a copy of work.db and tell your operator: somebody changed it."),
        )
    else:
        yield good("audit", _("{count} entries, all in order").format(count=health.audit_entries))
    yield from _clock(health.clock_offset)
    yield from _queue(health, now)
    yield from _numbers(health)


def _clock(offset: timedelta) -> Iterator[Finding]:
    seconds = round(offset.total_seconds())
    if abs(offset) <= CLOCK_IS_OFF:
        yield good("clock", _("{seconds} s from the server's").format(seconds=abs(seconds)))
        return
    said = (
        _("This computer is {seconds} s behind the server.")
        if seconds > 0
        else _("This computer is {seconds} s ahead of the server.")
    )
    yield look("clock", said.format(seconds=abs(seconds)), _("Set the clock of this computer."))


def _queue(health: WorkHealth, now: datetime) -> Iterator[Finding]:
    queue = health.queue
    said = _("{waiting} waiting, {attention} need attention, {drafts} in work").format(
        waiting=queue.waiting, attention=queue.attention, drafts=queue.parked
    )
    if queue.oldest_at is not None and now + health.clock_offset - queue.oldest_at > _QUEUE_IS_OLD:
        oldest = age(queue.oldest_at, now + health.clock_offset)
        said = _("{queue}, the oldest for {age}").format(queue=said, age=oldest)
        yield look("queue", said, _(_SYNC))
    elif queue.attention:
        yield look("queue", said, _("Open Attention in the desk: each item says what to do."))
    elif queue.unnumbered and queue.numbers_left:
        yield look("queue", said, _("Returns wait for a number: Ctrl+L in the desk, then F9."))
    else:
        yield good("queue", said)


def _numbers(health: WorkHealth) -> Iterator[Finding]:
    if health.identity is not None and not health.identity.role.makes_returns:
        return
    left = health.queue.numbers_left
    blocks = sum(block.left > 0 for block in health.blocks)
    said = _("{count} numbers left in {blocks} blocks").format(count=left, blocks=blocks)
    if left <= EMERGENCY_NUMBERS:
        yield wrong("numbers", said, _(_SYNC))
    elif left < LOW_NUMBERS:
        yield look("numbers", said, _(_SYNC))
    else:
        yield good("numbers", said)

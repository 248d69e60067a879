"""The state of the desk in words: who works here, whether it is in touch, what wants attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rma.numbers import EMERGENCY_NUMBERS, LOW_NUMBERS
from rma.wording import _, plural, words
from screens.widgets.safe_text import plain

if TYPE_CHECKING:
    from desk.ports import SyncStatus
    from rma.operations import Identity, QueueState


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskStatus:
    """All that the status line tells."""

    identity: Identity | None = None
    queue: QueueState | None = None
    sync: SyncStatus | None = None
    """None where this desk does not sync."""
    now: datetime | None = None
    held_keys: int = 0
    """Keys that wait for a command to end."""
    call_since: datetime | None = None
    """When the call under way began."""
    parked: int = 0
    """Returns that were begun and left."""
    protection: str = ""
    """What protects this desk's keys, such as `keys: vault`."""
    enrolled: bool = True
    """False at a first start."""
    closed: bool = False
    """Whether the stores could not be opened."""


def who(status: DeskStatus) -> str:
    """Person and role."""
    if status.closed:
        return _("the desk is closed")
    if not status.enrolled:
        return _("not enrolled")
    if status.identity is None:
        return _("opening the desk") if status.queue is None else _("not enrolled")
    return f"{plain(status.identity.person, 24)}, {words(status.identity.role)}"


def connection(status: DeskStatus) -> str:
    """`ONLINE`, `OFFLINE 3 queued, oldest 4 min`, or `first download 42 %`."""
    sync, queue = status.sync, status.queue
    if sync is None:
        return ""
    queued = _queued(queue, status.now)
    if sync.bootstrap is not None:
        done = _("first download {percent} %").format(percent=int(sync.bootstrap * 100))
        return done + (f", {queued}" if queued else "")
    if sync.online is None:
        return _("connecting") + (f", {queued}" if queued else "")
    if sync.online:
        return " ".join(part for part in (_("ONLINE"), queued) if part)
    return " ".join((_("OFFLINE"), queued or _("nothing queued")))


def call(status: DeskStatus) -> str:
    """How long the call lasts: `call 3:10`, in steps of ten seconds, so that an idle line costs next to nothing."""
    if status.call_since is None or status.now is None:
        return ""
    seconds = max(0, int((status.now - status.call_since).total_seconds()))
    return _("call {time}").format(time=f"{seconds // 60}:{seconds % 60 // 10}0")


def wanted(status: DeskStatus) -> str:
    """What a person has to look at: held keys, attention, numbers that run out."""
    queue = status.queue
    parts = []
    if status.held_keys:
        parts.append(_("WAIT {count}").format(count=status.held_keys))
    if status.parked:
        parts.append(_("{count} parked").format(count=status.parked))
    if queue is not None:
        if queue.attention:
            said = plural("{n} needs attention", "{n} need attention", queue.attention)
            parts.append(said.format(n=queue.attention))
        if queue.unnumbered:
            said = plural("{n} needs a number", "{n} need a number", queue.unnumbered)
            parts.append(said.format(n=queue.unnumbered))
        if queue.numbers_left == 0:
            if not _first_contact(status.sync):
                parts.append(_("NO NUMBERS LEFT"))
        elif queue.numbers_left <= EMERGENCY_NUMBERS:
            parts.append(_("RESERVE: {count} numbers left").format(count=queue.numbers_left))
        elif queue.numbers_left < LOW_NUMBERS:
            parts.append(_("{count} numbers left").format(count=queue.numbers_left))
    return " · ".join(parts)


def _first_contact(sync: SyncStatus | None) -> bool:
    """A new desk gets its numbers with the first sync: that they are not there yet is no alarm."""
    return sync is not None and sync.online is not False and sync.last_sync_at is None


def _queued(queue: QueueState | None, now: datetime | None) -> str:
    if queue is None or queue.waiting == 0:
        return ""
    text = _("{count} queued").format(count=queue.waiting)
    if queue.oldest_at is None or now is None or _minutes(queue.oldest_at, now) < 1:
        return text
    return _("{queued}, oldest {age}").format(queued=text, age=age(queue.oldest_at, now))


def age(since: datetime, now: datetime) -> str:
    """How long ago, in the largest whole unit: `now`, `4 min`, `3 h`, `2 d`."""
    minutes = _minutes(since, now)
    if minutes < 1:
        return _("now")
    if minutes < 120:
        return _("{count} min").format(count=minutes)
    if minutes < 48 * 60:
        return _("{count} h").format(count=minutes // 60)
    return _("{count} d").format(count=minutes // 1440)


def _minutes(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds() // 60))

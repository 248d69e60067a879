"""The line that says who works here and whether the desk is in touch, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rich.text import Text
from textual.widget import Widget

from desk.ports import SyncStatus
from rma.numbers import EMERGENCY_NUMBERS, LOW_NUMBERS
from rma.operations import Identity, QueueState
from screens.widgets.safe_text import plain, shorten


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
    closed: bool = False
    """Whether the stores could not be opened."""


class StatusLine(Widget):
    """Person and role at the left, connection in the middle, what wants attention at the right."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $surface; color: $text-muted; }
    StatusLine.-offline { color: $text-warning; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[str, str, str] = ("opening the desk", "", "")

    def show(self, status: DeskStatus) -> None:
        """Replace the status; draws only what changed, so that nothing flickers."""
        parts = (who(status), connection(status), wanted(status))
        self.set_class(status.sync is not None and status.sync.online is False, "-offline")
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def render(self) -> Text:
        """The three parts on one row; the rightmost is cut last."""
        who_, connection_, wanted_ = self._parts
        width = self.size.width
        right = shorten(wanted_, width)
        left = " · ".join(part for part in (who_, connection_) if part)
        left = shorten(left, max(0, width - len(right) - (2 if right else 0)))
        line = Text(left, no_wrap=True)
        if right:
            line.append(" " * max(0, width - line.cell_len - len(right)))
            line.append(right, style="bold")
        return line


def who(status: DeskStatus) -> str:
    """Person and role."""
    if status.closed:
        return "the desk is closed"
    if status.identity is None:
        return "opening the desk" if status.queue is None else "not enrolled"
    return f"{plain(status.identity.person, 24)}, {status.identity.role.value}"


def connection(status: DeskStatus) -> str:
    """`ONLINE`, `OFFLINE 3 queued, oldest 4 min`, or `first download 42 %`."""
    sync, queue = status.sync, status.queue
    if sync is None:
        return ""
    queued = _queued(queue, status.now)
    if sync.bootstrap is not None:
        return f"first download {int(sync.bootstrap * 100)} %" + (f", {queued}" if queued else "")
    if sync.online is None:
        return "connecting" + (f", {queued}" if queued else "")
    if sync.online:
        return f"ONLINE {queued}".rstrip()
    return f"OFFLINE {queued or 'nothing queued'}"


def wanted(status: DeskStatus) -> str:
    """What a person has to look at: held keys, attention, numbers that run out."""
    queue = status.queue
    parts = []
    if status.held_keys:
        parts.append(f"WAIT {status.held_keys}")
    if queue is not None:
        if queue.attention:
            parts.append(f"{queue.attention} need{'s' if queue.attention == 1 else ''} attention")
        if queue.numbers_left == 0:
            if not _first_contact(status.sync):
                parts.append("NO NUMBERS LEFT")
        elif queue.numbers_left <= EMERGENCY_NUMBERS:
            parts.append(f"RESERVE: {queue.numbers_left} numbers left")
        elif queue.numbers_left < LOW_NUMBERS:
            parts.append(f"{queue.numbers_left} numbers left")
    return " · ".join(parts)


def _first_contact(sync: SyncStatus | None) -> bool:
    """A new desk gets its numbers with the first sync: that they are not there yet is no alarm."""
    return sync is not None and sync.online is not False and sync.last_sync_at is None


def _queued(queue: QueueState | None, now: datetime | None) -> str:
    if queue is None or queue.waiting == 0:
        return ""
    text = f"{queue.waiting} queued"
    oldest = age(queue.oldest_at, now) if queue.oldest_at is not None and now is not None else "now"
    return text if oldest == "now" else f"{text}, oldest {oldest}"


def age(since: datetime, now: datetime) -> str:
    """How long ago, in the largest whole unit: `now`, `4 min`, `3 h`, `2 d`."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 1:
        return "now"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"

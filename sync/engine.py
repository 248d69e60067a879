"""The sans-IO core of the sync: one exchange with the central API, as a generator over effects.

First the numbers, which a clone may have told too, then what the desk made, now and then what the server holds of it,
then what the others made. A refusal of one part does not keep the next from its turn; without an answer (`Unreachable`,
`Unauthorized`) the exchange ends with that error, and nothing is lost.
"""

from __future__ import annotations

from rma.wording import _
from sync.bootstrap import bootstrap
from sync.effects import (
    ApplyChanges,
    EraseReference,
    FetchChanges,
    ForgetReference,
    ReadCursor,
    Steps,
    ask,
)
from sync.epoch import follow_epoch
from sync.errors import CursorTooOld, DeviceRevoked, Revoked, UnreadableAnswer
from sync.held import ask_about_held
from sync.push import lease_numbers, push, report_desk
from sync.report import SyncReport


def exchange(report: SyncReport, *, wait: int = 0, asks_about_held: bool = False) -> Steps[None]:
    """Lease, push and pull once; `wait` seconds for a change when there is none yet.

    A report that comes in as stalled is not pushed: its time has not come yet. `asks_about_held`: what the server holds
    is asked about too.
    """
    yield from report_desk(report)
    yield from lease_numbers(report)
    yield from push(report, before_a_poll=wait > 0)
    if asks_about_held:
        yield from ask_about_held(report)
    try:
        yield from pull(report, wait=wait)
    except Revoked as revoked:
        yield from _follow(report)
        # What was made here was offered first; the rest is not this desk's to keep.
        if isinstance(revoked, DeviceRevoked):
            yield from ask(EraseReference())
        raise


def pull(report: SyncReport, *, wait: int = 0) -> Steps[None]:
    """Read changes until there are no more, after a first download where one is needed.

    Raises:
        CursorTooOld: if even the cursor of a fresh download is too old.
    """
    fresh = False
    while True:
        cursor = yield from ask(ReadCursor())
        if cursor is None:
            yield from bootstrap(report)
            fresh, wait = True, 0
            continue
        try:
            page = yield from ask(FetchChanges(cursor, wait))
        except CursorTooOld:
            if fresh:
                raise
            yield from _follow(report)
            yield from ask(ForgetReference())
            continue
        if page is None:
            return
        yield from _follow(report)
        moved = page.cursor != cursor
        if page.more and not moved:
            raise UnreadableAnswer(_("the same page of changes again"))
        if moved or page.changes:
            yield from ask(ApplyChanges(page))
        report.pulled += len(page.changes)
        if not page.more:
            return
        wait = 0
        yield from push(report)


def _follow(report: SyncReport) -> Steps[None]:
    """Where the server turns out to have been restored, it gets at once what it may have lost."""
    if (yield from follow_epoch(report)) and report.reoffered:
        yield from push(report)

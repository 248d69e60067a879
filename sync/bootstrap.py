"""The first download, sans IO: cursor first, then pages by key, then indexes; the changes since follow by the feed.

One that was cut goes on where it was, as long as the feed still goes back to where it began.
"""

from __future__ import annotations

from rma.wording import _
from storage.loading import LoadPosition
from sync.effects import (
    AddRows,
    BeginLoad,
    FetchChanges,
    FetchPlan,
    FetchRows,
    FinishLoad,
    ResumeLoad,
    Steps,
    ask,
)
from sync.errors import CursorTooOld, UnreadableAnswer
from sync.push import push
from sync.report import SyncReport


def bootstrap(report: SyncReport) -> Steps[None]:
    """Download everything beside the copy in use, and put it in place at the end.

    What the agent makes meanwhile is pushed between two pages: a caller's return does not wait for a download.
    """
    cut = yield from ask(ResumeLoad())
    if cut is not None and not (yield from _still_told(cut.cursor)):
        cut = None
    plan = yield from ask(FetchPlan())
    if cut is None or cut.kind not in (None, *plan.counts):
        yield from ask(BeginLoad(plan.cursor))
        cut = LoadPosition(plan.cursor)
    total = max(sum(plan.counts.values()), 1)
    fetched = cut.rows
    for kind, after in _left(list(plan.counts), cut):
        while rows := (yield from ask(FetchRows(kind, after))):
            if rows[-1].key == after:
                raise UnreadableAnswer(_("the same page of {kind} again").format(kind=kind))
            fetched += len(rows)
            report.downloaded += len(rows)
            after = rows[-1].key
            yield from ask(AddRows(rows, min(fetched / total, 1.0)))
            yield from push(report)
    yield from ask(FinishLoad())


def _still_told(cursor: str) -> Steps[bool]:
    """Whether the feed still tells what changed since the download began."""
    try:
        yield from ask(FetchChanges(cursor, 0))
    except CursorTooOld:
        return False
    return True


def _left(kinds: list[str], cut: LoadPosition) -> list[tuple[str, str | None]]:
    """The kinds that are not there yet, each with the key to go on after."""
    if cut.kind is None:
        return [(kind, None) for kind in kinds]
    first, *others = kinds[kinds.index(cut.kind) :]
    return [(first, cut.after), *((kind, None) for kind in others)]

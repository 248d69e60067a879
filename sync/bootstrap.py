"""The first download, sans IO: cursor first, then pages by key, then indexes; the changes since follow by the feed."""

from __future__ import annotations

from rma.wording import _
from sync.effects import AddRows, BeginLoad, FetchPlan, FetchRows, FinishLoad, Steps, ask
from sync.errors import UnreadableAnswer
from sync.push import push
from sync.report import SyncReport


def bootstrap(report: SyncReport) -> Steps[None]:
    """Download everything beside the copy in use, and put it in place at the end.

    What the agent makes meanwhile is pushed between two pages: a caller's return does not wait for a download.
    """
    plan = yield from ask(FetchPlan())
    total = max(sum(plan.counts.values()), 1)
    yield from ask(BeginLoad(plan.cursor))
    fetched = 0
    for kind in plan.counts:
        after: str | None = None
        while rows := (yield from ask(FetchRows(kind, after))):
            if rows[-1].key == after:
                raise UnreadableAnswer(_("the same page of {kind} again").format(kind=kind))
            fetched += len(rows)
            after = rows[-1].key
            yield from ask(AddRows(rows, min(fetched / total, 1.0)))
            yield from push(report)
    yield from ask(FinishLoad())
    report.downloaded += fetched

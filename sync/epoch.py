"""A server that was restored from a backup, sans IO: it is told what this desk holds from before, then all goes again.

The blocks of numbers come first: a return under a number whose block the server does not know would be refused.
"""

from __future__ import annotations

from sync.effects import AskForBlock, EnterEpoch, HeldLeases, NoticeEpoch, Steps, ask
from sync.errors import ServerRefused
from sync.report import SyncReport


def follow_epoch(report: SyncReport) -> Steps[bool]:
    """Whether the server was restored since this desk last heard of it; what it acknowledged waits again then.

    Cut in the middle, it begins anew with the next exchange.
    """
    epoch = yield from ask(NoticeEpoch())
    if epoch is None:
        return False
    for lease_id, block in (yield from ask(HeldLeases())):
        try:
            yield from ask(AskForBlock(lease_id, block))
        except ServerRefused as refused:
            report.trouble = str(refused)
    again = yield from ask(EnterEpoch(epoch))
    if again:
        report.reoffered += again
        report.stalled = False
    return True

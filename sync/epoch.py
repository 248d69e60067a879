"""A server that was restored from a backup, sans IO: it is told what this desk holds from before, then all goes again.

The blocks of numbers come first: a return under a number whose block the server does not know would be refused.
"""

from __future__ import annotations

from sync.effects import AskForBlock, EnterEpoch, HeldLeases, NoticeEpoch, Steps, ask
from sync.errors import Revoked, ServerRefused
from sync.report import SyncReport


def is_known_epoch(report: SyncReport) -> Steps[bool]:
    """Whether the last answer was of an epoch that is known here; the first one ever becomes known by this.

    What the server acknowledged is kept with its epoch: else nobody would know later that it has to be offered again.
    """
    if (yield from ask(NoticeEpoch())) is None:
        return True
    return (yield from follow_epoch(report))


def follow_epoch(report: SyncReport) -> Steps[bool]:
    """Whether the server was restored since this desk last heard of it; what it acknowledged waits again then.

    Cut in the middle, or refused, it begins anew with the next exchange: what was told from a block that the server was not
    told of would be refused for good.
    """
    epoch = yield from ask(NoticeEpoch())
    if epoch is None:
        return False
    for lease_id, block in (yield from ask(HeldLeases())):
        try:
            yield from ask(AskForBlock(lease_id, block))
        except Revoked as refused:
            report.trouble = str(refused)  # what was made here is handed in all the same
        except ServerRefused as refused:
            report.trouble = str(refused)
            return False
    again = yield from ask(EnterEpoch(epoch))
    if again:
        report.reoffered += again
        report.stalled = False
    return True

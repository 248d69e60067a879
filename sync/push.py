"""The way out, sans IO: leased numbers, then the operations that wait.

There is no state "in flight": an operation waits until an outcome is stored. Whatever is unknown (a lost answer, a
timeout, 5xx after the commit) is therefore sent again, byte for byte, by the next exchange.
"""

from __future__ import annotations

from rma.wording import _
from sync.effects import (
    ApplyResults,
    AskForBlock,
    LeaseWanted,
    Push,
    ReportDesk,
    Steps,
    StoreLease,
    Waiting,
    ask,
)
from sync.epoch import follow_epoch, is_known_epoch
from sync.errors import EpochChanged, ServerFailing, ServerRefused, TooLarge, UnreadableAnswer
from sync.poison import Choking
from sync.protocol.envelopes import MAX_BATCH, MAX_BATCH_BYTES
from sync.protocol.signing import signed_line
from sync.report import SyncReport


def report_desk(report: SyncReport) -> Steps[None]:
    """Tell where this desk stands; a refusal is reported, and nothing else waits for it."""
    try:
        yield from ask(ReportDesk())
    except ServerRefused as refused:
        report.trouble = str(refused)


def lease_numbers(report: SyncReport) -> Steps[None]:
    """Lease blocks until there are numbers enough; a refusal is reported, and nothing else waits for it.

    A block is kept once the epoch that it came with is known: a server that was restored since has to be told of it.
    """
    last = None
    while (lease_id := (yield from ask(LeaseWanted()))) is not None:
        if lease_id == last:
            raise UnreadableAnswer(_("a block of numbers that this desk has already"))
        try:
            block = yield from ask(AskForBlock(lease_id))
        except ServerRefused as refused:
            report.trouble = str(refused)
            return
        if not (yield from is_known_epoch(report)):
            return
        yield from ask(StoreLease(lease_id, block))
        report.leased += 1
        last = lease_id


def push(report: SyncReport, *, before_a_poll: bool = False) -> Steps[None]:
    """Send what waits, oldest first, until nothing waits or nothing moves.

    What comes in meanwhile goes with the next exchange, not alone; but before a long poll, which would keep it waiting,
    it goes too.

    What the server chokes on is found by halving, and put aside (`sync.poison`). Any other refusal of the whole batch
    touches no operation: it is reported, and they are sent again later.
    """
    limit, followed = MAX_BATCH, False
    choking = Choking(report)
    while not report.stalled:
        batch = yield from ask(Waiting(limit, MAX_BATCH_BYTES))
        if not batch:
            return
        try:
            lines = tuple(signed_line(each.body, each.signature) for each in batch)
            results = yield from ask(Push(lines))
            if not (yield from is_known_epoch(report)):
                report.stalled = True
                return
        except EpochChanged as changed:
            # Once: of two servers that disagree, neither is followed for ever.
            if followed or not (yield from follow_epoch(report)):
                report.stalled, report.trouble = True, str(changed)
            followed = True
            continue
        except (ServerFailing, ServerRefused, TooLarge) as error:
            limit = yield from choking.batch_after(batch, error)
            continue
        told = {result.op_id: result for result in results}  # a list may repeat itself
        ours = tuple(told[each.op_id] for each in batch if each.op_id in told)
        if ours:
            yield from ask(ApplyResults(ours))
        put_off = [each.problem for each in ours if each.problem and not each.outcome.final]
        if put_off:
            report.trouble = f"{put_off[0].detail} {put_off[0].remedy}"
        answered = sum(result.outcome.final for result in ours)
        report.pushed += answered
        report.stalled = not answered
        size = sum(len(operation.body) for operation in batch)
        if answered == len(batch) < limit and size < MAX_BATCH_BYTES // 2 and not before_a_poll:
            return  # that was all: it had room for more

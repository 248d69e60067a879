"""Commands of an RMA and of the two queues."""

from __future__ import annotations

from rma.wording import mark
from screens.commands.command import Command
from screens.commands.everywhere import LEAVE

RMA: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="rma.approve",
        key="a",
        label=mark("Approve"),
        action="approve",
        when=mark("while it waits for approval, for a supervisor who did not make it"),
        in_line=True,
        help=mark("Approve the return."),
    ),
    Command(
        id="rma.decline",
        key="d",
        label=mark("Decline"),
        action="decline",
        when=mark("while it waits for approval, for a supervisor who did not make it"),
        in_line=True,
        help=mark("Decline the return, with a reason; its units are free again."),
    ),
    Command(
        id="rma.cancel",
        key="c",
        label=mark("Cancel return"),
        action="cancel",
        when=mark("before anything was received, for who makes returns"),
        in_line=True,
        help=mark("Cancel the return, with a reason; its units are free again."),
    ),
    Command(
        id="rma.extend",
        key="e",
        label=mark("Extend"),
        action="extend",
        when=mark("on a return that can expire or has expired, for a supervisor"),
        help=mark("Count the days until the return expires anew, with a reason."),
    ),
)

APPROVALS: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="approvals.open",
        key="enter",
        label=mark("Open"),
        action="open",
        when=mark("with a return in the list"),
        in_line=True,
        bound=False,
        help=mark("Open the return to approve or decline it."),
    ),
)

ATTENTION: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="attention.open",
        key="enter",
        label=mark("Open"),
        action="open",
        when=mark("on an entry"),
        in_line=True,
        bound=False,
        help=mark("Open the return it is about."),
    ),
    Command(
        id="attention.done",
        key="d",
        label=mark("Done"),
        action="done",
        when=mark("on an entry"),
        in_line=True,
        help=mark("Mark it as taken care of; it leaves the list after a moment."),
    ),
    Command(
        id="attention.undo",
        key="u",
        label=mark("Undo"),
        action="undo",
        when=mark("right after Done"),
        help=mark("Take back the last Done while it is still shown."),
    ),
)

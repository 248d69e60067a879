"""Commands of an RMA and of the two queues."""

from __future__ import annotations

from rma.wording import mark
from screens.commands.command import Command
from screens.commands.everywhere import LEAVE, VERIFY_CALLER
from screens.commands.slips import SLIP_KEYS

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
    Command(
        id="rma.goods",
        key="g",
        label=mark("Goods out"),
        action="goods",
        when=mark("on a return that sends something, where its next step is yours to take"),
        in_line=True,
        help=mark(
            "Note the next step of what the return sends out: the price difference paid, sent on, delivered."
        ),
    ),
    *SLIP_KEYS,
    VERIFY_CALLER,
)

APPROVALS: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="approvals.open",
        key="enter",
        label=mark("Open"),
        action="open",
        when=mark("with a return in the list"),
        bound=False,
        help=mark("Open the return to approve or decline it."),
    ),
    Command(
        id="approvals.tick",
        key="space",
        label=mark("Tick"),
        action="tick",
        when=mark("with a return in the list"),
        in_line=True,
        help=mark(
            "Tick or untick the return; approve and decline then act on all that are ticked."
        ),
    ),
    Command(
        id="approvals.approve",
        key="a",
        label=mark("Approve"),
        action="approve",
        when=mark("with a return in the list, for a supervisor"),
        in_line=True,
        help=mark(
            "Approve all ticked returns, or the selected one; those you may not approve stay."
        ),
    ),
    Command(
        id="approvals.decline",
        key="d",
        label=mark("Decline"),
        action="decline",
        when=mark("with a return in the list, for a supervisor"),
        in_line=True,
        help=mark("Decline all ticked returns, or the selected one, with one reason."),
    ),
    Command(
        id="approvals.tick_all",
        key="t",
        label=mark("Tick all"),
        action="tick_all",
        when=mark("with a return in the list"),
        help=mark("Tick every return that is shown; again to untick them."),
    ),
    Command(
        id="approvals.sort",
        key="s",
        label=mark("Sort"),
        action="sort",
        when=mark("with a return in the list"),
        help=mark("Sort by age, then by amount, by agent, by what it waits for."),
    ),
    Command(
        id="approvals.filter",
        key="f",
        label=mark("Filter"),
        action="filter",
        help=mark("Show only returns with this text: agent, customer, number, order or reason."),
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
        id="attention.edit",
        key="e",
        label=mark("Edit"),
        action="edit",
        when=mark("on a return that nothing was received, paid or sent of"),
        in_line=True,
        help=mark(
            "Open the return with everything that was typed, and tell it anew under its number."
        ),
    ),
    Command(
        id="attention.called_back",
        key="b",
        label=mark("Called back"),
        action="called_back",
        when=mark("on an entry"),
        in_line=True,
        help=mark(
            "The customer was called back: it leaves the list and stands in the return's history."
        ),
    ),
    Command(
        id="attention.cancel",
        key="c",
        label=mark("Cancel"),
        action="cancel",
        when=mark("before anything was received, for who makes returns"),
        in_line=True,
        help=mark("Cancel the return, with a reason; its units are free again."),
    ),
    Command(
        id="attention.copy",
        key="y",
        label=mark("Copy number"),
        action="copy",
        when=mark("on an entry"),
        help=mark("Copy the RMA number to the terminal's clipboard."),
    ),
)

"""Commands of an RMA and of the two queues."""

from __future__ import annotations

from screens.commands.command import Command
from screens.commands.everywhere import LEAVE

RMA: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="rma.approve",
        key="a",
        label="Approve",
        action="approve",
        when="while it waits for approval, for a supervisor who did not make it",
        in_line=True,
        help="Approve the return.",
    ),
    Command(
        id="rma.decline",
        key="d",
        label="Decline",
        action="decline",
        when="while it waits for approval, for a supervisor who did not make it",
        in_line=True,
        help="Decline the return, with a reason; its units are free again.",
    ),
    Command(
        id="rma.cancel",
        key="c",
        label="Cancel return",
        action="cancel",
        when="before anything was received, for who makes returns",
        in_line=True,
        help="Cancel the return, with a reason; its units are free again.",
    ),
)

APPROVALS: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="approvals.open",
        key="enter",
        label="Open",
        action="open",
        when="with a return in the list",
        in_line=True,
        bound=False,
        help="Open the return to approve or decline it.",
    ),
)

ATTENTION: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="attention.open",
        key="enter",
        label="Open",
        action="open",
        when="on an entry",
        in_line=True,
        bound=False,
        help="Open the return it is about.",
    ),
    Command(
        id="attention.done",
        key="d",
        label="Done",
        action="done",
        when="on an entry",
        in_line=True,
        help="Mark it as taken care of; it leaves the list after a moment.",
    ),
    Command(
        id="attention.undo",
        key="u",
        label="Undo",
        action="undo",
        when="right after Done",
        help="Take back the last Done while it is still shown.",
    ),
)

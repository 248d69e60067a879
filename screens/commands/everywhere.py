"""Commands of the app, and how a screen is left."""

from __future__ import annotations

from screens.commands.command import Command

EVERYWHERE: tuple[Command, ...] = (
    Command(
        id="app.help",
        key="f1",
        label="Help",
        action="help",
        in_line=True,
        help="Explain the field and the keys of this screen; the same key closes.",
    ),
    Command(
        id="app.home",
        key="f2",
        label="Look up",
        action="home",
        in_line=True,
        go_to="1",
        go_to_letter="l",
        help="Go to the search box from anywhere; a return that was begun stays as a draft.",
    ),
    Command(
        id="app.sync",
        key="f5",
        label="Sync",
        action="sync",
        in_line=True,
        help="Send what waits and fetch what changed, now.",
    ),
    Command(
        id="app.approvals",
        key="f8",
        label="Approvals",
        action="approvals",
        in_line=True,
        go_to="2",
        go_to_letter="a",
        help="Show the returns that wait for a supervisor, oldest first.",
    ),
    Command(
        id="app.attention",
        bound=False,
        label="Attention",
        action="attention",
        go_to="3",
        go_to_letter="t",
        help="Show what the server changed or refused, and what to do about it.",
    ),
    Command(
        id="app.last_customer",
        bound=False,
        label="Last customer",
        action="last_customer",
        when="after a customer was open",
        go_to="4",
        go_to_letter="c",
        help="Open the customer again who was open last.",
    ),
    Command(
        id="app.last_return",
        bound=False,
        label="Last return",
        action="last_return",
        when="after a return was open",
        go_to="5",
        go_to_letter="r",
        help="Open the draft or the return again that was open last.",
    ),
    Command(
        id="app.go_to",
        key="ctrl+g",
        label="Go to",
        action="go_to",
        help="List the places that can be reached now, each with its digit; typing the digit goes there.",
    ),
    Command(
        id="app.jump",
        key="ctrl+o",
        label="Jump",
        action="jump",
        help="Show a letter over every field and row; typing it stands there.",
    ),
    Command(
        id="app.note",
        key="ctrl+n",
        label="Call note",
        action="note",
        when="in or after a call about a customer",
        help="Write one line about this call, or the last one; it stays with the customer, on this desk only.",
    ),
    Command(
        id="app.palette",
        key="ctrl+p",
        label="More",
        action="palette",
        in_line=True,
        help="Find any command by its name and run it.",
    ),
    Command(
        id="app.quit",
        key="ctrl+q",
        label="Quit",
        action="quit",
        help="Close the desk; drafts and returns are kept.",
    ),
)
"""Commands of the app: they act on every screen."""

FROM_DIALOGS_TOO = frozenset({"app.help", "app.home", "app.quit"})
"""Commands of the app that act even while a question is open."""

LEAVE = Command(
    id="screen.leave",
    key="f3,escape",
    label="Back",
    action="leave",
    in_line=True,
    help="Go back to the screen before this one.",
)
"""How a screen without a draft is left."""

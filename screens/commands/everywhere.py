"""Commands of the app, and how a screen is left."""

from __future__ import annotations

from rma.wording import mark
from screens.commands.command import Command

EVERYWHERE: tuple[Command, ...] = (
    Command(
        id="app.help",
        key="f1",
        label=mark("Help"),
        action="help",
        in_line=True,
        help=mark("Explain the field and the keys of this screen; the same key closes."),
    ),
    Command(
        id="app.home",
        key="f2",
        label=mark("Look up"),
        action="home",
        in_line=True,
        go_to="1",
        go_to_letter="l",
        help=mark("Go to the search box from anywhere; a return that was begun stays as a draft."),
    ),
    Command(
        id="app.sync",
        key="f5",
        label=mark("Sync"),
        action="sync",
        in_line=True,
        help=mark("Send what waits and fetch what changed, now."),
    ),
    Command(
        id="app.approvals",
        key="f8",
        label=mark("Approvals"),
        action="approvals",
        in_line=True,
        go_to="2",
        go_to_letter="a",
        help=mark("Show the returns that wait for a supervisor, oldest first."),
    ),
    Command(
        id="app.attention",
        bound=False,
        label=mark("Attention"),
        action="attention",
        go_to="3",
        go_to_letter="t",
        help=mark("Show what the server changed or refused, and what to do about it."),
    ),
    Command(
        id="app.last_customer",
        bound=False,
        label=mark("Last customer"),
        action="last_customer",
        when=mark("after a customer was open"),
        go_to="4",
        go_to_letter="c",
        help=mark("Open the customer again who was open last."),
    ),
    Command(
        id="app.last_return",
        bound=False,
        label=mark("Last return"),
        action="last_return",
        when=mark("after a return was open"),
        go_to="5",
        go_to_letter="r",
        help=mark("Open the draft or the return again that was open last."),
    ),
    Command(
        id="app.parked",
        key="ctrl+l",
        label=mark("In work"),
        action="parked",
        help=mark(
            "List the returns in work: go on with one, or leave the open one for another call."
        ),
    ),
    Command(
        id="app.go_to",
        key="ctrl+g",
        label=mark("Go to"),
        action="go_to",
        help=mark(
            "List the places that can be reached now, each with its digit; typing the digit goes there."
        ),
    ),
    Command(
        id="app.jump",
        key="ctrl+o",
        label=mark("Jump"),
        action="jump",
        when=mark("with more to stand on"),
        help=mark("Show a letter over every field and row; typing it stands there."),
    ),
    Command(
        id="app.note",
        key="ctrl+n",
        label=mark("Call note"),
        action="note",
        when=mark("in or after a call about a customer"),
        help=mark(
            "Write one line about this call, or the last one; it stays with the customer, on this desk only."
        ),
    ),
    Command(
        id="app.palette",
        key="ctrl+p",
        label=mark("More"),
        action="palette",
        in_line=True,
        help=mark("Find any command by its name and run it."),
    ),
    Command(
        id="app.lock",
        key="f7",
        label=mark("Lock"),
        action="lock",
        when=mark("where people sign in with a PIN"),
        help=mark("Lock the desk: whoever signs in next goes on; what was typed is kept."),
    ),
    Command(
        id="app.choose_pin",
        key="shift+f7",
        label=mark("Choose a PIN"),
        action="choose_pin",
        help=mark("Choose the PIN or password that you sign in with on this desk."),
    ),
    Command(
        id="app.quit",
        key="ctrl+q",
        label=mark("Quit"),
        action="quit",
        help=mark("Close the desk; drafts and returns are kept."),
    ),
)
"""Commands of the app: they act on every screen."""

FROM_DIALOGS_TOO = frozenset({"app.help", "app.home", "app.quit"})
"""Commands of the app that act even while a question is open."""

LEAVE = Command(
    id="screen.leave",
    key="f3,escape",
    label=mark("Back"),
    action="leave",
    in_line=True,
    help=mark("Go back to the screen before this one."),
)
"""How a screen without a draft is left."""

VERIFY_CALLER = Command(
    id="screen.verify",
    key="v",
    label=mark("Verify"),
    action="verify",
    when=mark("where a policy asks for facts about the caller"),
    help=mark("Tick what the caller told right, so that contact data show; or say why not."),
)
"""How a caller is verified where contact data are hidden."""

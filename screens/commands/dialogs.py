"""Commands of the questions and lists that open above a screen."""

from __future__ import annotations

from rma.wording import mark
from screens.commands.command import Command
from screens.commands.forms import UNDO

ASK: tuple[Command, ...] = (
    Command(
        id="ask.take",
        key="enter",
        label=mark("Answer"),
        action="take",
        bound=False,
        help=mark("Take what was typed; to a yes-or-no question only a typed y is a yes."),
    ),
    Command(
        id="ask.give_up",
        key="escape,f3,f12",
        label=mark("Back"),
        action="give_up",
        help=mark("Go back without an answer; nothing is done."),
    ),
    *UNDO,
)

VERIFY: tuple[Command, ...] = (
    Command(
        id="verify.take",
        key="enter",
        label=mark("Take"),
        action="take",
        bound=False,
        help=mark("Take the facts as told; contact data show where they are enough."),
    ),
    Command(
        id="verify.give_up",
        key="escape,f3,f12",
        label=mark("Back"),
        action="give_up",
        help=mark("Go back; nothing was told."),
    ),
    *UNDO,
)

VALUES: tuple[Command, ...] = (
    Command(
        id="values.take",
        key="enter",
        label=mark("Take"),
        action="take",
        bound=False,
        help=mark(
            "Put the selected value into the field; typing narrows the list, a number picks by position."
        ),
    ),
    Command(
        id="values.give_up",
        key="escape,f3,f12,f4",
        toggles="return.values",
        label=mark("Back"),
        action="give_up",
        help=mark("Go back; the field stays as it is."),
    ),
)

PALETTE: tuple[Command, ...] = (
    Command(
        id="palette.run",
        key="enter",
        label=mark("Run"),
        action="run",
        bound=False,
        help=mark("Run the selected command; where it does not apply now, say why."),
    ),
    Command(
        id="palette.close",
        key="escape,f3,f12,ctrl+p",
        toggles="app.palette",
        label=mark("Back"),
        action="close",
        help=mark("Go back without a command."),
    ),
)

HELP: tuple[Command, ...] = (
    Command(
        id="help.close",
        key="escape,f3,f12,enter",
        label=mark("Close"),
        action="close",
        help=mark("Close the help."),
    ),
)

PARKED: tuple[Command, ...] = (
    Command(
        id="parked.open",
        key="enter",
        label=mark("Go on"),
        action="open",
        bound=False,
        help=mark(
            "Go on with the selected return; the one that is open is kept, its caller waits."
        ),
    ),
    Command(
        id="parked.give_number",
        key="f9,ctrl+s",
        label=mark("Give number"),
        action="give_number",
        when=mark("on one that needs a number"),
        help=mark("Judge the selected return again, and give it the number that it waits for."),
    ),
    Command(
        id="parked.another_call",
        key="n",
        label=mark("Another call"),
        action="another_call",
        when=mark("with a return open"),
        help=mark("Leave the open return and take another call; its caller waits."),
    ),
    Command(
        id="parked.discard",
        key="delete",
        label=mark("Discard draft"),
        action="discard",
        help=mark("Throw the selected return away; it can be brought back while the list is open."),
    ),
    Command(
        id="parked.undo",
        key="u,ctrl+z",
        label=mark("Undo"),
        action="undo",
        when=mark("right after a discard"),
        help=mark("Bring back the return that was thrown away last."),
    ),
    Command(
        id="parked.close",
        key="escape,f3,f12,ctrl+l",
        toggles="app.parked",
        label=mark("Back"),
        action="close",
        help=mark("Stay where you are."),
    ),
)

GO_TO: tuple[Command, ...] = (
    Command(
        id="go_to.close",
        key="escape,f3,f12,ctrl+g",
        toggles="app.go_to",
        label=mark("Back"),
        action="close",
        help=mark("Stay where you are."),
    ),
)

JUMP: tuple[Command, ...] = (
    Command(
        id="jump.close",
        key="escape,f3,f12,ctrl+o",
        toggles="app.jump",
        label=mark("Back"),
        action="close",
        help=mark("Stay where the cursor is."),
    ),
)

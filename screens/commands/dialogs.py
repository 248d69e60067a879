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

"""Commands of the sign-in and of the choice of a PIN."""

from __future__ import annotations

from rma.wording import mark
from screens.commands.command import Command
from screens.commands.forms import UNDO

SIGN_IN: tuple[Command, ...] = (
    Command(
        id="sign_in.take",
        key="enter",
        label=mark("Sign in"),
        action="take",
        bound=False,
        help=mark("Sign in with what was typed; a wrong PIN is counted."),
    ),
    Command(
        id="sign_in.person_before",
        key="up",
        label=mark("Person before"),
        action="person_before",
        help=mark("Choose the person above in the list."),
    ),
    Command(
        id="sign_in.next_person",
        key="down",
        label=mark("Next person"),
        action="next_person",
        help=mark("Choose the person below in the list."),
    ),
    Command(
        id="sign_in.clear",
        key="escape",
        label=mark("Clear"),
        action="clear",
        help=mark("Empty the field."),
    ),
)

CHOOSE_PIN: tuple[Command, ...] = (
    Command(
        id="choose_pin.take",
        key="enter",
        label=mark("Take"),
        action="take",
        bound=False,
        help=mark("Go to the next field; behind the last one the new PIN counts."),
    ),
    Command(
        id="choose_pin.give_up",
        key="escape,f3,f12",
        label=mark("Back"),
        action="give_up",
        help=mark("Go back; the PIN stays what it was."),
    ),
    *UNDO,
)

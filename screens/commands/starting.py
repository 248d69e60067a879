"""Commands of the first start, where no desk is connected yet."""

from __future__ import annotations

from rma.wording import mark
from screens.commands.command import Command
from screens.commands.forms import UNDO

START: tuple[Command, ...] = (
    Command(
        id="start.open",
        key="enter",
        label=mark("Go on"),
        action="open",
        in_line=True,
        bound=False,
        help=mark(
            "In the list: take this way. In a field: go to the next one, and connect behind the last."
        ),
    ),
    Command(
        id="start.demo",
        key="d",
        label=mark("Demo"),
        action="demo",
        when=mark("in the list"),
        in_line=True,
        help=mark("Try the desk with a made-up shop on this machine; nothing of it stays."),
    ),
    Command(
        id="start.enroll",
        key="e",
        label=mark("Enroll"),
        action="enroll",
        when=mark("in the list"),
        in_line=True,
        help=mark("Connect this desk to your central API: type its address and your code."),
    ),
    Command(
        id="start.submit",
        key="f9,ctrl+s",
        label=mark("Connect"),
        action="submit",
        in_line=True,
        help=mark("Connect with the address and the code, and open the desk."),
    ),
    Command(
        id="start.back",
        key="f3,escape",
        label=mark("Back"),
        action="back",
        when=mark("in a field"),
        in_line=True,
        help=mark("Go back to the two ways; what was typed stays."),
    ),
    *UNDO,
)

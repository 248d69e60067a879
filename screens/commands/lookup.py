"""Commands of the look-up box and of a customer."""

from __future__ import annotations

from rma.wording import mark
from screens.commands.command import Command
from screens.commands.everywhere import LEAVE, VERIFY_CALLER
from screens.commands.typed_order import TYPE_ORDER

HOME: tuple[Command, ...] = (
    Command(
        id="home.rows",
        key="down",
        label=mark("Results"),
        action="into_rows",
        when=mark("in the box"),
        help=mark("Go from the search box into the list below it."),
    ),
    Command(
        id="home.open",
        key="enter",
        label=mark("Open"),
        action="open",
        when=mark("with a row in the list"),
        in_line=True,
        bound=False,
        help=mark("Open the row: a customer, a return, a draft or a list."),
    ),
    Command(
        id="home.clear",
        key="escape,f12",
        label=mark("Clear"),
        action="clear",
        in_line=True,
        help=mark("Empty the search box for the next call."),
    ),
    Command(
        id="home.discard",
        key="delete",
        label=mark("Discard draft"),
        action="discard",
        when=mark("on a draft"),
        help=mark("Throw away the draft that is selected, after a question."),
    ),
)

CUSTOMER: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="customer.open",
        key="enter",
        label=mark("Open"),
        action="open",
        in_line=True,
        bound=False,
        help=mark("On an order line: start a return of it. On a return: open it."),
    ),
    Command(
        id="customer.return",
        key="r",
        label=mark("Return"),
        action="start_return",
        when=mark("on an order or one of its lines"),
        in_line=True,
        help=mark("Start a return of the selected order or line."),
    ),
    Command(
        id="customer.holder",
        key="o",
        label=mark("Open return"),
        action="open_rma",
        when=mark("on a return, or a line that one holds"),
        in_line=True,
        help=mark("Open the return that is selected, or the one that holds the selected line."),
    ),
    VERIFY_CALLER,
    TYPE_ORDER,
)

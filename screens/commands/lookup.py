"""Commands of the look-up box and of a customer."""

from __future__ import annotations

from screens.commands.command import Command
from screens.commands.everywhere import LEAVE

HOME: tuple[Command, ...] = (
    Command(
        id="home.rows",
        key="down",
        label="Results",
        action="into_rows",
        when="in the box",
        help="Go from the search box into the list below it.",
    ),
    Command(
        id="home.open",
        key="enter",
        label="Open",
        action="open",
        when="with a row in the list",
        in_line=True,
        bound=False,
        help="Open the row: a customer, a return, a draft or a list.",
    ),
    Command(
        id="home.clear",
        key="escape,f12",
        label="Clear",
        action="clear",
        in_line=True,
        help="Empty the search box for the next call.",
    ),
    Command(
        id="home.discard",
        key="delete",
        label="Discard draft",
        action="discard",
        when="on a draft",
        help="Throw away the draft that is selected, after a question.",
    ),
)

CUSTOMER: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="customer.open",
        key="enter",
        label="Open",
        action="open",
        in_line=True,
        bound=False,
        help="On an order line: start a return of it. On a return: open it.",
    ),
    Command(
        id="customer.return",
        key="r",
        label="Return",
        action="start_return",
        when="on an order or one of its lines",
        in_line=True,
        help="Start a return of the selected order or line.",
    ),
    Command(
        id="customer.holder",
        key="o",
        label="Open return",
        action="open_rma",
        when="on a return, or a line that one holds",
        in_line=True,
        help="Open the return that is selected, or the one that holds the selected line.",
    ),
)

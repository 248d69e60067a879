"""Commands of an order that is typed by hand."""

from __future__ import annotations

from rma.wording import mark
from screens.commands.command import Command
from screens.commands.forms import UNDO

TYPED_ORDER: tuple[Command, ...] = (
    Command(
        id="typed_order.leave",
        key="f3",
        label=mark("Leave"),
        action="leave",
        in_line=True,
        help=mark("Leave the order; it is kept as a draft."),
    ),
    Command(
        id="typed_order.values",
        key="f4",
        label=mark("Values"),
        action="values",
        when=mark("in an item"),
        in_line=True,
        help=mark("Show the products that this item may be."),
    ),
    Command(
        id="typed_order.submit",
        key="f9,ctrl+s",
        label=mark("Go on"),
        action="submit",
        in_line=True,
        help=mark("Go on to the return of this order, or say what stands against it."),
    ),
    Command(
        id="typed_order.discard",
        key="f12,escape",
        label=mark("Discard"),
        action="discard",
        in_line=True,
        help=mark("Throw the draft away, after a question."),
    ),
    *UNDO,
)

TYPE_ORDER = Command(
    id="screen.type_order",
    key="t",
    label=mark("Type order"),
    action="type_order",
    help=mark("The order is not here: type it by hand; the return waits until the order is known."),
)
"""How the return of an order begins that the desk does not know."""

CORRECT_ORDER = Command(
    id="return.order",
    label=mark("Correct order"),
    action="correct_order",
    when=mark("where the order was typed by hand"),
    bound=False,
    go_to="0",
    help=mark("Go back to the order that was typed by hand; what was typed of the return stays."),
)
"""How a return leads back to its order."""

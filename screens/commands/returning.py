"""Commands of the return panel and of the number it gives."""

from __future__ import annotations

from rma.wording import mark
from screens.commands.command import Command
from screens.commands.forms import FORM
from screens.commands.slips import SLIP_KEYS
from screens.commands.typed_order import CORRECT_ORDER

RETURN: tuple[Command, ...] = (
    Command(
        id="return.leave",
        key="f3",
        label=mark("Leave"),
        action="leave",
        in_line=True,
        help=mark("Leave the return; it is kept as a draft."),
    ),
    Command(
        id="return.values",
        key="f4",
        label=mark("Values"),
        action="values",
        when=mark("in a field that has a list"),
        in_line=True,
        help=mark("Show the values that fit this field."),
    ),
    Command(
        id="return.submit",
        key="f9,ctrl+s",
        label=mark("Finalize"),
        action="submit",
        in_line=True,
        help=mark("Give the return its number, or say what stands against it."),
    ),
    Command(
        id="return.exceptions",
        key="ctrl+t",
        label=mark("Exceptions"),
        action="exceptions",
        in_line=True,
        help=mark("Open or close section 7: exceptions, goodwill, amounts set by hand, evidence."),
    ),
    Command(
        id="return.next_line",
        key="pagedown",
        label=mark("Next line"),
        action="next_line",
        help=mark("Go on with the next line that is on this return."),
    ),
    Command(
        id="return.previous_line",
        key="pageup",
        label=mark("Previous line"),
        action="previous_line",
        help=mark("Go back to the line before that is on this return."),
    ),
    Command(
        id="return.split_line",
        key="insert",
        label=mark("Split line"),
        action="split_line",
        when=mark("on a line with a quantity"),
        help=mark(
            "Put the line on the return once more, with a reason and a condition of its own; the two share its units."
        ),
    ),
    Command(
        id="return.line_up",
        key="shift+up",
        label=mark("Line up"),
        action="line_up",
        when=mark("on a line with a quantity"),
        help=mark("Move the line up among those of this return; the RMA has them in this order."),
    ),
    Command(
        id="return.line_down",
        key="shift+down",
        label=mark("Line down"),
        action="line_down",
        when=mark("on a line with a quantity"),
        help=mark("Move the line down among those of this return."),
    ),
    Command(
        id="return.refuse",
        key="shift+delete",
        label=mark("Refuse"),
        action="refuse",
        when=mark("once the rules have judged a line"),
        help=mark(
            "Keep it as refused, with what the caller was told: no number, nothing held, seen by the next agent."
        ),
    ),
    Command(
        id="return.discard",
        key="f12,escape",
        label=mark("Discard"),
        action="discard",
        in_line=True,
        help=mark("Throw the draft away, after a question."),
    ),
    CORRECT_ORDER,
    *FORM,
)

NUMBER: tuple[Command, ...] = (
    Command(
        id="number.home",
        key="enter",
        label=mark("Next call"),
        action="next_call",
        in_line=True,
        help=mark("The caller has the number: go to the empty search box."),
    ),
    Command(
        id="number.back",
        key="f3,escape",
        label=mark("Back"),
        action="leave",
        in_line=True,
        help=mark("Go back to where the return was begun: the caller wants something else."),
    ),
    Command(
        id="number.open",
        key="o",
        label=mark("Open return"),
        action="open",
        in_line=True,
        help=mark("Open the return that was just made."),
    ),
    *SLIP_KEYS,
)

"""The one registry of commands: bindings, key line, palette and F1 help are made from it.

A command has one key with one meaning, and the palette as its second route. A screen's action method is
`action_<action>`; whether it applies right now is the screen's `can(action)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding

MAX_KEYS = 7
"""Keys in the key line."""

KEY_GAP = "  "
"""Between two keys of the key line."""

_KEY_NAMES = {
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "escape": "Esc",
    "enter": "Enter",
    "delete": "Del",
    "question_mark": "?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something an agent can do with a key."""

    id: str
    """Unique, such as `customer.start_return`."""
    key: str
    """Textual key names; alternatives after commas: `f9,ctrl+s`. The first is shown."""
    label: str
    """One or two words for the key line and the palette."""
    help: str
    """One sentence for F1."""
    action: str
    """Name of the action on the screen, or on the app for `EVERYWHERE`."""
    when: str = ""
    """Where it acts, in words, when not everywhere on the screen: `in a list`."""
    in_line: bool = False
    """Whether the key line shows it."""
    bound: bool = True
    """False where a widget handles the key itself (Enter and arrows in a list)."""

    @property
    def keys(self) -> tuple[str, ...]:
        """All its keys, in Textual's names."""
        return tuple(key.strip() for key in self.key.split(","))

    @property
    def shown_key(self) -> str:
        """The first key as people write it: `F9`, `Ctrl+S`."""
        return key_name(self.keys[0])

    def binding(self, *, priority: bool = False) -> Binding:
        """The same for Textual; with `priority` it acts before the focused field, and in dialogs."""
        return Binding(
            self.key,
            self.action,
            self.label,
            show=False,
            id=self.id,
            tooltip=self.help,
            priority=priority,
        )


def key_name(key: str) -> str:
    """A Textual key name as people write it."""
    *modifiers, last = key.split("+")
    name = _KEY_NAMES.get(last) or (last.upper() if len(last) <= 3 else last.capitalize())
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


EVERYWHERE: tuple[Command, ...] = (
    Command(
        id="app.help",
        key="f1",
        label="Help",
        action="help",
        in_line=True,
        help="Show the keys of this screen; F1 again closes.",
    ),
    Command(
        id="app.home",
        key="f2",
        label="Look up",
        action="home",
        in_line=True,
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
        help="Show the returns that wait for a supervisor, oldest first.",
    ),
    Command(
        id="app.attention",
        key="ctrl+g",
        label="Attention",
        action="attention",
        help="Show what the server changed or refused, and what to do about it.",
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

LEAVE = Command(
    id="screen.leave",
    key="f3,escape",
    label="Back",
    action="leave",
    in_line=True,
    help="Go back to the screen before this one.",
)
"""How a screen without a draft is left."""

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

RETURN: tuple[Command, ...] = (
    Command(
        id="return.leave",
        key="f3",
        label="Leave",
        action="leave",
        in_line=True,
        help="Leave the return; it is kept as a draft.",
    ),
    Command(
        id="return.values",
        key="f4",
        label="Values",
        action="values",
        in_line=True,
        help="Show the values that fit this field.",
    ),
    Command(
        id="return.submit",
        key="f9,ctrl+s",
        label="Finalize",
        action="submit",
        in_line=True,
        help="Give the return its number, or say what stands against it.",
    ),
    Command(
        id="return.exceptions",
        key="ctrl+t",
        label="Exceptions",
        action="exceptions",
        in_line=True,
        help="Open or close section 7: exceptions, goodwill, amounts set by hand, evidence.",
    ),
    Command(
        id="return.next_line",
        key="pagedown",
        label="Next line",
        action="next_line",
        help="Go on with the next line that is on this return.",
    ),
    Command(
        id="return.previous_line",
        key="pageup",
        label="Previous line",
        action="previous_line",
        help="Go back to the line before that is on this return.",
    ),
    Command(
        id="return.discard",
        key="f12,escape",
        label="Discard",
        action="discard",
        in_line=True,
        help="Throw the draft away, after a question.",
    ),
)

NUMBER: tuple[Command, ...] = (
    Command(
        id="number.home",
        key="enter",
        label="Next call",
        action="next_call",
        in_line=True,
        help="The caller has the number: go to the empty search box.",
    ),
    Command(
        id="number.back",
        key="f3,escape",
        label="Back",
        action="leave",
        in_line=True,
        help="Go back to where the return was begun: the caller wants something else.",
    ),
    Command(
        id="number.open",
        key="o",
        label="Open return",
        action="open",
        in_line=True,
        help="Open the return that was just made.",
    ),
)

RMA: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="rma.approve",
        key="a",
        label="Approve",
        action="approve",
        in_line=True,
        help="Approve the return.",
    ),
    Command(
        id="rma.decline",
        key="d",
        label="Decline",
        action="decline",
        in_line=True,
        help="Decline the return, with a reason; its units are free again.",
    ),
    Command(
        id="rma.cancel",
        key="c",
        label="Cancel return",
        action="cancel",
        in_line=True,
        help="Cancel the return, with a reason; its units are free again.",
    ),
)

APPROVALS: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="approvals.open",
        key="enter",
        label="Open",
        action="open",
        in_line=True,
        bound=False,
        help="Open the return to approve or decline it.",
    ),
)

ATTENTION: tuple[Command, ...] = (
    LEAVE,
    Command(
        id="attention.open",
        key="enter",
        label="Open",
        action="open",
        in_line=True,
        bound=False,
        help="Open the return it is about.",
    ),
    Command(
        id="attention.done",
        key="d",
        label="Done",
        action="done",
        in_line=True,
        help="Mark it as taken care of; it leaves the list after a moment.",
    ),
    Command(
        id="attention.undo",
        key="u",
        label="Undo",
        action="undo",
        help="Take back the last Done while it is still shown.",
    ),
)

BY_SCREEN: dict[str, tuple[Command, ...]] = {
    "home": HOME,
    "customer": CUSTOMER,
    "return": RETURN,
    "number": NUMBER,
    "rma": RMA,
    "approvals": APPROVALS,
    "attention": ATTENTION,
}
"""Commands of each screen, by the screen's `NAME`."""


def commands_of(screen: str) -> tuple[Command, ...]:
    """The commands of one screen, without those that act everywhere."""
    return BY_SCREEN.get(screen, ())


def key_line(commands: tuple[Command, ...], width: int) -> tuple[Command, ...]:
    """What the key line shows: help first, the palette last, between them the screen's own keys, then the app's."""
    help_, *others, palette = (command for command in EVERYWHERE if command.in_line)
    shown = [help_, palette]
    for command in (*(c for c in commands if c.in_line), *others):
        wider = [*shown[:-1], command, palette]
        if len(wider) <= MAX_KEYS and line_width(wider) <= width:
            shown = wider
    return tuple(shown)


def line_width(commands: Iterable[Command]) -> int:
    """Cells that these commands take in the key line."""
    entries = [len(command.shown_key) + 1 + len(command.label) for command in commands]
    return sum(entries) + len(KEY_GAP) * (len(entries) - 1)

"""Which screen and which dialog has which commands."""

from __future__ import annotations

from collections.abc import Iterator

from rma.wording import mark
from screens.commands.command import Command
from screens.commands.dialogs import ASK, GO_TO, HELP, JUMP, PALETTE, PARKED, VALUES, VERIFY
from screens.commands.everywhere import EVERYWHERE, FROM_DIALOGS_TOO
from screens.commands.lookup import CUSTOMER, HOME
from screens.commands.returning import NUMBER, RETURN
from screens.commands.rmas import APPROVALS, ATTENTION, RMA
from screens.commands.signing_in import CHOOSE_PIN, SIGN_IN
from screens.commands.slips import SLIP
from screens.commands.starting import START
from screens.commands.typed_order import TYPED_ORDER

BY_SCREEN: dict[str, tuple[Command, ...]] = {
    "home": HOME,
    "customer": CUSTOMER,
    "return": RETURN,
    "number": NUMBER,
    "rma": RMA,
    "slip": SLIP,
    "approvals": APPROVALS,
    "attention": ATTENTION,
    "start": START,
    "typed_order": TYPED_ORDER,
}
"""Commands of each screen, by the screen's `NAME`."""

BY_DIALOG: dict[str, tuple[Command, ...]] = {
    "ask": ASK,
    "verify": VERIFY,
    "values": VALUES,
    "palette": PALETTE,
    "help": HELP,
    "parked": PARKED,
    "go_to": GO_TO,
    "jump": JUMP,
    "sign_in": SIGN_IN,
    "choose_pin": CHOOSE_PIN,
}
"""Commands of each dialog."""

TITLES: dict[str, str] = {
    "everywhere": mark("Everywhere"),
    "home": mark("Look up"),
    "customer": mark("Customer"),
    "return": mark("Return"),
    "number": mark("Return made"),
    "rma": mark("RMA"),
    "slip": mark("Return slip"),
    "approvals": mark("Approvals"),
    "attention": mark("Attention"),
    "start": mark("First start"),
    "typed_order": mark("Order typed by hand"),
    "ask": mark("A question"),
    "verify": mark("Who is calling"),
    "values": mark("Values of a field"),
    "palette": mark("Commands"),
    "help": mark("Help"),
    "parked": mark("Returns in work"),
    "go_to": mark("Go to"),
    "jump": mark("Jump"),
    "sign_in": mark("Sign in"),
    "choose_pin": mark("Choice of a PIN"),
}
"""What people call each place, for the cheat sheet and for messages about keys; said through `_`."""


def commands_of(screen: str) -> tuple[Command, ...]:
    """The commands of one screen, without those that act everywhere."""
    return BY_SCREEN.get(screen, ())


def all_places() -> Iterator[tuple[str, tuple[Command, ...]]]:
    """Every place with its own commands, what acts everywhere first."""
    yield "everywhere", EVERYWHERE
    yield from BY_SCREEN.items()
    yield from BY_DIALOG.items()


def reachable() -> Iterator[tuple[str, tuple[Command, ...]]]:
    """Every place with all commands that a key can reach there; a key may stand for one of them only."""
    for name, commands in BY_SCREEN.items():
        yield name, (*commands, *EVERYWHERE)
    above = tuple(command for command in EVERYWHERE if command.id in FROM_DIALOGS_TOO)
    for name, commands in BY_DIALOG.items():
        yield name, (*commands, *above)


def by_id() -> dict[str, Command]:
    """Every command by its id."""
    return {command.id: command for _, commands in all_places() for command in commands}

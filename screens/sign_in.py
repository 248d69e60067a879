"""The locked desk: who works here, and their PIN. Nothing of a customer shows through."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.message import Message
from textual.widgets import Static

from rma.errors import RmaError
from rma.pin import LONGEST
from rma.request import Role
from rma.wording import _, words
from screens.dialog import Dialog
from screens.widgets.field import FieldInput
from screens.widgets.row_list import Row, RowList
from screens.widgets.safe_text import pad, plain
from screens.widgets.too_small import TooSmall

_LIST_ROWS = 8


class Person(Protocol):
    """Somebody who may work here."""

    @property
    def name(self) -> str:
        """Their name."""

    @property
    def role(self) -> Role:
        """What they may do."""

    @property
    def signed_in(self) -> bool:
        """Whether they worked here last."""

    @property
    def revoked(self) -> bool:
        """Whether they may no longer."""


SignIn = Callable[[str, str], Awaitable[None]]
"""Signs somebody in by name and PIN; raises RmaError where that is refused."""


class SignInDialog(Dialog[None]):
    """Asks until somebody proved who they are. It covers the desk, and no key leads past it but the one that quits."""

    NAME = "sign_in"
    CSS_PATH = "sign_in.tcss"
    takes_keys_from = math.inf
    """A key typed before it was seen is no PIN."""

    def __init__(self, people: Sequence[Person], sign_in: SignIn, *, quit_key: str) -> None:
        super().__init__()
        self._people = people
        self._sign_in = sign_in
        self._quit_key = quit_key
        last = next((each.name for each in people if each.signed_in), people[0].name)
        self._chosen = last

    def compose(self) -> ComposeResult:
        """Title, people, the field, what was wrong, and the keys."""
        with Vertical():
            yield Static(Text(_("This desk is locked")), classes="sign-in--title")
            people = RowList(digits=False)
            people.can_focus = False
            people.styles.height = min(_LIST_ROWS, len(self._people))
            yield people
            yield Static(Text(_("PIN or password")), classes="sign-in--label")
            field = FieldInput(id="pin", max_length=LONGEST)
            field.password = True
            yield field
            yield Static(Text(""), id="sign-in-said")
            yield Static(Text(self._keys()), classes="sign-in--hint")
        yield TooSmall()

    def on_mount(self) -> None:
        """Stand in the field; whoever worked here last is chosen."""
        self._rows.show_rows([_row(each) for each in self._people])
        self._rows.select(self._chosen)
        self._field.focus()
        self.call_after_refresh(self._shown)

    def _shown(self) -> None:
        self.takes_keys_from = Message().time

    @property
    def _rows(self) -> RowList:
        return self.query_one(RowList)

    @property
    def _field(self) -> FieldInput:
        return self.query_one(FieldInput)

    def _keys(self) -> str:
        parts = [_("Enter signs in")]
        if len(self._people) > 1:
            parts.append(_("Up and Down choose who"))
        parts.append(_("{key} quits").format(key=self._quit_key))
        return " · ".join(parts)

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        said = self.query_one("#sign-in-said", Static)
        said.set_class(wrong, "-wrong")
        said.update(Text(f"✗ {plain(sentence)}" if wrong else plain(sentence)))

    # --- keys

    def action_person_before(self) -> None:
        """Up."""
        self._choose(-1)

    def action_next_person(self) -> None:
        """Down."""
        self._choose(1)

    def _choose(self, by: int) -> None:
        names = [each.name for each in self._people]
        at = min(max(0, names.index(self._chosen) + by), len(names) - 1)
        if names[at] != self._chosen:
            self._chosen = names[at]
            self._rows.select(self._chosen)
            self.action_clear()

    def action_clear(self) -> None:
        """Esc: begin again."""
        self._field.value = ""
        self._say("")

    @on(FieldInput.Submitted)
    async def _take(self, event: FieldInput.Submitted) -> None:
        event.stop()
        typed = event.value
        if not typed:
            self._say(_("Type your PIN or password, then Enter."), wrong=True)
            return
        self._field.value = ""
        self._say(_("One moment …"))
        try:
            await self._sign_in(self._chosen, typed)
        except RmaError as error:
            self._say(str(error), wrong=True)
        else:
            self.dismiss(None)

    @on(Key)
    def _reached_nobody(self, event: Key) -> None:
        """A key of the desk behind: it acts once somebody is signed in."""
        if not event.is_printable and event.key not in self.active_bindings:
            self._say(_("Sign in first: the desk is locked."))


def _row(person: Person) -> Row:
    name = plain(person.name)
    role = _("revoked") if person.revoked else words(person.role)

    def draw(width: int) -> Text:
        room = max(8, min(40, width - 14))
        return Text.assemble(
            (pad(name, room), "row-list--strong"), (role, "row-list--muted"), no_wrap=True
        )

    return Row(person.name, draw)

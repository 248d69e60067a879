"""The choice of a PIN: the one before, where there is one, and the new one twice."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from rma.errors import RmaError
from rma.pin import LONGEST, unfit_pin
from rma.wording import _, mark
from screens.dialog import Dialog
from screens.forms.form import Form
from screens.forms.keys import FormKeys
from screens.forms.spec import FieldSpec, Kind, Section
from screens.forms.state import Texts
from screens.widgets.safe_text import plain
from screens.widgets.too_small import TooSmall

_BEFORE, _NEW, _AGAIN = "before", "new", "again"

Choose = Callable[[str, str], Awaitable[None]]
"""Takes the new PIN and the one before; raises RmaError where that is refused."""


class ChoosePinDialog(FormKeys, Dialog[bool]):
    """Gives True once the new PIN counts."""

    NAME = "choose_pin"
    CSS_PATH = "choose_pin.tcss"
    takes_keys_from = math.inf
    """A key typed before it was seen is no PIN."""

    def __init__(self, person: str, choose: Choose, *, has_one: bool) -> None:
        super().__init__()
        self._person = person
        self._choose = choose
        self._has_one = has_one
        secret = Kind.SECRET
        before = FieldSpec(
            name=_BEFORE,
            label=mark("PIN so far"),
            kind=secret,
            max_length=LONGEST,
            mandatory=mark("type the PIN that you have"),
            takes=mark("The PIN or password that you sign in with now."),
        )
        new = FieldSpec(
            name=_NEW,
            label=mark("New PIN"),
            kind=secret,
            max_length=LONGEST,
            mandatory=mark("type six digits or letters at least"),
            takes=mark("Six digits or letters at least; a password is welcome."),
            rule=lambda text: unfit_pin(text, person) if text else "",
        )
        again = FieldSpec(
            name=_AGAIN,
            label=mark("Once more"),
            kind=secret,
            max_length=LONGEST,
            mandatory=mark("type the new PIN once more"),
            takes=mark("The new PIN once more, so that a slip of the finger locks nobody out."),
            rule=self._differs,
        )
        specs = (before, new, again) if has_one else (new, again)
        self._texts = Texts(specs)
        self._form = Form((Section(name="choose-pin", fields=specs),), self._texts)

    @property
    def form(self) -> Form:
        """The fields."""
        return self._form

    def compose(self) -> ComposeResult:
        """Whose PIN it is, the fields, what was wrong, and the keys."""
        with Vertical():
            title = _("PIN of {name} on this desk").format(name=plain(self._person, 40))
            yield Static(Text(title), classes="choose-pin--title")
            why = _("It is asked for at each start, and after ten minutes without a key.")
            yield Static(Text(why), classes="choose-pin--hint")
            yield self._form
            yield Static(Text(""), id="choose-pin-said")
            hint = _("Enter goes on · {key} goes back").format(key=self.key("give_up"))
            yield Static(Text(hint), classes="choose-pin--hint")
        yield TooSmall()

    def on_mount(self) -> None:
        """Wait until it is shown."""
        self.call_after_refresh(self._shown)

    def _shown(self) -> None:
        self.takes_keys_from = Message().time

    def action_give_up(self) -> None:
        """The PIN stays what it was."""
        self.dismiss(False)

    @on(Form.Typed)
    def _typed(self, event: Form.Typed) -> None:
        event.stop()
        self._say("")

    @on(Form.Left)
    @on(Form.Stayed)
    def _stayed(self, event: Form.Left | Form.Stayed) -> None:
        """What is wrong with a field stands beside it."""
        event.stop()

    @on(Form.Entered)
    async def _entered(self, event: Form.Entered) -> None:
        event.stop()
        if event.to is not None:
            return
        wrong = self._texts.leave_all()
        if wrong:
            self._form.draw()
            self._form.stand_on(wrong)
            return
        before = self._texts.text(_BEFORE) if self._has_one else ""
        try:
            await self._choose(self._texts.text(_NEW), before)
        except RmaError as error:
            self._say(str(error))
            self._form.stand_on(_BEFORE if self._has_one else _NEW)
        else:
            self.dismiss(True)

    def _differs(self, text: str) -> str:
        return "" if text == self._texts.text(_NEW) else _("the two differ: type it once more")

    def _say(self, sentence: str) -> None:
        said = f"✗ {plain(sentence)}" if sentence else ""
        self.query_one("#choose-pin-said", Static).update(Text(said))

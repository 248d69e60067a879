"""One-line questions: a reason to type, or a `y` to type where nothing can be undone."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from rma.said import says_something
from rma.wording import _, mark
from screens.dialog import Dialog
from screens.forms.form import Form
from screens.forms.keys import FormKeys
from screens.forms.spec import Advance, FieldSpec, Section
from screens.forms.state import Texts
from screens.widgets.safe_text import plain
from screens.widgets.too_small import TooSmall

R = TypeVar("R")

_ANSWER = "answer"


class _Question(FormKeys, Dialog[R]):
    """A question with a form of one field."""

    NAME = "ask"
    CSS_PATH = "ask.tcss"

    def __init__(self, question: str, detail: str, spec: FieldSpec, initial: str = "") -> None:
        super().__init__()
        self._question, self._detail = plain(question), plain(detail)
        self._texts = Texts((spec,), {_ANSWER: initial})
        self._form = Form((Section(name="question", fields=(spec,)),), self._texts)

    @property
    def form(self) -> Form:
        """The one field."""
        return self._form

    @property
    def _answer(self) -> str:
        return self._texts.text(_ANSWER).strip()

    @abstractmethod
    def hint(self) -> str:
        """What the keys do."""

    def action_give_up(self) -> None:
        """Go back without an answer."""
        self.dismiss(None)

    def compose(self) -> ComposeResult:
        """The question, why it is asked, the field, and the keys."""
        with Vertical():
            yield Static(Text(self._question), classes="ask--question")
            if self._detail:
                yield Static(Text(self._detail), classes="ask--detail")
            yield self._form
            yield Static(Text(self.hint()), classes="ask--hint")
        yield TooSmall()


class AskReason(_Question[str | None]):
    """A question that is answered with one typed line; gives the text, or None on Esc."""

    def __init__(
        self,
        question: str,
        detail: str = "",
        *,
        required: bool = True,
        initial: str = "",
        keep: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        """`keep` gets a text that was typed when the agent goes elsewhere without an answer; Esc drops it."""
        self._initial, self._keep = initial, keep
        needed = mark("A reason is needed: type a few words.") if required else ""
        spec = FieldSpec(
            name=_ANSWER,
            label="",
            advance=Advance.ENTER,
            mandatory=needed,
            rule=_wordless if required else None,
        )
        super().__init__(question, detail, spec, initial)

    def hint(self) -> str:
        """Enter and the key that goes back."""
        return _("Enter takes it · {key} goes back").format(key=self.key("give_up"))

    @on(Form.Entered)
    def _answered(self) -> None:
        self.dismiss(self._answer)

    async def before_leaving(self) -> None:
        """Keep what was typed, where somebody takes it; raises what they raise."""
        if self._keep is None:
            return
        if self._form.is_attached:
            self._form.take_focused()
        if self._answer not in ("", self._initial):
            await self._keep(self._answer)


class AskText(_Question[str | None]):
    """A question for one typed line with a rule of its own; gives the text, or None on Esc.

    What follows cannot be taken back, so keys that were typed before it was seen are no answer.
    """

    takes_keys_from = math.inf

    def __init__(
        self,
        question: str,
        detail: str = "",
        *,
        needed: str = "",
        rule: Callable[[str], str] | None = None,
        longest: int = 200,
    ) -> None:
        """`needed` is said where nothing was typed, empty where that is an answer; `rule` says what is wrong."""
        spec = FieldSpec(
            name=_ANSWER,
            label="",
            advance=Advance.ENTER,
            mandatory=needed,
            rule=rule,
            max_length=longest,
        )
        super().__init__(question, detail, spec)

    def hint(self) -> str:
        """Enter and the key that goes back."""
        return _("Enter takes it · {key} goes back").format(key=self.key("give_up"))

    def on_mount(self) -> None:
        """Wait until it is shown."""
        self.call_after_refresh(self._shown)

    def _shown(self) -> None:
        self.takes_keys_from = Message().time

    @on(Form.Entered)
    def _answered(self) -> None:
        self.dismiss(self._answer)


def _wordless(reason: str) -> str:
    return "" if says_something(reason) else _("Say it in a few words.")


class ConfirmTyped(_Question[bool]):
    """A question for what cannot be undone: only a typed `y` and Enter is a yes, Enter alone means no."""

    takes_keys_from = math.inf
    """Keys that were typed before the question was seen are no answer."""

    def __init__(self, question: str, detail: str = "") -> None:
        spec = FieldSpec(name=_ANSWER, label="", advance=Advance.ENTER, max_length=3)
        super().__init__(question, detail, spec)

    def hint(self) -> str:
        """What is a yes, and what a no."""
        return _("y and Enter: yes · Enter or {key}: no").format(key=self.key("give_up"))

    def on_mount(self) -> None:
        """Wait until it is shown."""
        self.call_after_refresh(self._shown)

    def _shown(self) -> None:
        """From now on keys are answers."""
        self.takes_keys_from = Message().time

    @on(Form.Entered)
    def _answered(self) -> None:
        self.dismiss(self._answer.lower() in ("y", "yes", _("y"), _("yes")))

    def action_give_up(self) -> None:
        """The answer is no."""
        self.dismiss(False)

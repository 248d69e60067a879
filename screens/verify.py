"""Who is calling: facts to tick before contact data show, or why none are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from rma.order import Customer
from rma.request import Fact
from rma.said import says_something
from rma.wording import _, mark, plural
from screens.dialog import Dialog
from screens.fact_words import fact_ticks, facts_of
from screens.formats import phone
from screens.forms.form import Form
from screens.forms.keys import FormKeys
from screens.forms.spec import Advance, FieldSpec, Kind, Section
from screens.forms.state import Echo, Texts, Value
from screens.widgets.safe_text import plain
from screens.widgets.too_small import TooSmall

_FACTS = FieldSpec(
    name="facts",
    label=mark("Caller"),
    kind=Kind.TICKS,
    takes=mark("The digit of each fact that the caller told right."),
)
_WHY_NOT = FieldSpec(
    name="why_not",
    label=mark("or why not"),
    advance=Advance.ENTER,
    takes=mark("Why the caller was not asked for facts."),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller told, or why they were not asked."""

    facts: tuple[Fact, ...]
    skipped: str


class _Facts(Texts):
    """Ticks and a reason; `lacks` says how many facts are still asked for."""

    def __init__(
        self, customer: Customer, answer: Answer, lacks: Callable[[Sequence[Fact]], int]
    ) -> None:
        super().__init__((_FACTS, _WHY_NOT), {_WHY_NOT.name: answer.skipped})
        self._customer = customer
        self._lacks = lacks
        self._codes = tuple(fact.value for fact in answer.facts)

    @property
    def answer(self) -> Answer:
        return Answer(facts_of(self._codes), self.text(_WHY_NOT.name).strip())

    @property
    def lacking(self) -> int:
        """Facts that are still asked for."""
        return self._lacks(self.answer.facts)

    def ticked(self, name: str) -> tuple[str, ...]:
        """The facts."""
        return self._codes if name == _FACTS.name else ()

    def ticks(self, name: str) -> tuple[tuple[str, str], ...]:
        """All that can be told."""
        return fact_ticks(self._customer)

    def type(self, name: str, value: Value) -> None:
        """Tick, or type the reason."""
        if isinstance(value, tuple):
            self._codes = value
        else:
            super().type(name, value)

    def echo(self, name: str) -> Echo:
        """Nothing stands beside them: the hint says what is open."""
        return Echo("")

    def mandatory(self, name: str) -> bool:
        """Facts are."""
        return name == _FACTS.name

    def unfit(self, name: str) -> str:
        """A reason has to be one, where facts are lacking."""
        if name == _FACTS.name or not self.lacking or says_something(self.answer.skipped):
            return ""
        return self.open_point()

    def open_point(self) -> str:
        """What is still asked for."""
        if not self.lacking:
            return _("These are enough: Enter shows the contact data.")
        said = plural(
            "Ask for a fact about the caller, or say why not.",
            "Ask for {n} facts about the caller, or say why not.",
            self.lacking,
        )
        return said.format(n=self.lacking)

    def snapshot(self) -> object:
        """Ticks and reason."""
        return self._codes, super().snapshot()

    def restore(self, snapshot: object, change: object) -> None:
        """Be as in `snapshot`."""
        assert isinstance(snapshot, tuple)
        self._codes, texts = snapshot
        super().restore(texts, change)


class VerifyDialog(FormKeys, Dialog[Answer | None]):
    """Ticks facts; gives what was told, or None on Esc. Enter takes it as soon as the facts are enough."""

    NAME = "verify"
    CSS_PATH = "verify.tcss"

    def __init__(
        self, customer: Customer, answer: Answer, lacks: Callable[[Sequence[Fact]], int]
    ) -> None:
        """`customer` as they may be shown; `lacks` says how many more facts some facts need beside them."""
        super().__init__()
        self._customer = customer
        self._facts = _Facts(customer, answer, lacks)
        self._form = Form((Section(name="facts-and-why", fields=(_FACTS, _WHY_NOT)),), self._facts)

    @property
    def form(self) -> Form:
        """Ticks and reason."""
        return self._form

    def compose(self) -> ComposeResult:
        """Whom it is about, what it is compared with, the facts, and what is still asked for."""
        customer = self._customer
        known = (phone(customer.phone), customer.email, customer.postcode, customer.city)
        with Vertical():
            name = _("Is it {name} who calls?").format(name=plain(customer.name, 40))
            yield Static(Text(name), classes="verify--title")
            yield Static(
                Text(" · ".join(plain(part) for part in known if part)), classes="verify--known"
            )
            yield self._form
            yield Static(Text(""), id="verify-open", classes="verify--hint")
            hint = _("Enter takes it · {key} goes back").format(key=self.key("give_up"))
            yield Static(Text(hint), classes="verify--hint")
        yield TooSmall()

    def on_mount(self) -> None:
        """Say what is asked for."""
        self._say_open()

    def action_give_up(self) -> None:
        """Nothing was told."""
        self.dismiss(None)

    @on(Form.Typed)
    def _typed(self, event: Form.Typed) -> None:
        event.stop()
        self._say_open()

    @on(Form.Left)
    @on(Form.Stayed)
    def _moved(self, event: Form.Left | Form.Stayed) -> None:
        event.stop()
        self._say_open()

    @on(Form.Entered)
    def _entered(self, event: Form.Entered) -> None:
        event.stop()
        if event.name == _WHY_NOT.name or not self._facts.lacking:
            self.dismiss(self._facts.answer)

    def _say_open(self) -> None:
        self.query_one("#verify-open", Static).update(Text(self._facts.open_point()))

"""A form: fields in sections, drawn from a state, typed into, gone through by keys, with undo and redo."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from screens.field_help import FieldHelp
from screens.forms.history import History
from screens.forms.last_values import LastValues
from screens.forms.spec import Advance, FieldSpec, Kind, Section, fields_of
from screens.forms.state import FormState, Texts, Value, help_of
from screens.widgets.field import Field, FieldInput
from screens.widgets.key_tally import KeyTally
from screens.widgets.ticks import Ticks

_NOTHING: FormState = Texts(())


@dataclass(frozen=True, slots=True)
class _Moment:
    """A state, and the field whose change made it."""

    state: object
    at: str = field(compare=False)


class Form(Vertical):
    """Sections of fields over a `FormState`. Only what changed is drawn.

    Give a subclass `compose` of its own to put more between the sections (`section` makes the widgets of one), and
    `next_of` where Enter does not lead to the next field of the screen.
    """

    DEFAULT_CSS = """
    Form { height: auto; }
    Form .section { height: auto; }
    Form .pair { height: 1; }
    """

    @dataclass
    class Typed(Message):
        """The value of a field changed."""

        name: str

    @dataclass
    class Left(Message):
        """The cursor left a field: its value is taken."""

        name: str

    @dataclass
    class Entered(Message):
        """A field was taken, and the form stands on the next one."""

        name: str
        to: str | None
        """None behind the last field."""
        problem: str
        """What is wrong with what was typed, or an empty text."""

    @dataclass
    class Stayed(Message):
        """Enter was pressed on a field that has to be filled in first."""

        name: str
        problem: str

    def __init__(
        self,
        sections: tuple[Section, ...],
        state: FormState | None = None,
        *,
        tally: KeyTally | None = None,
        last: LastValues | None = None,
    ) -> None:
        """`tally` counts the keys, `last` is where Ctrl+R looks. Without a state it is empty until `begin`."""
        super().__init__()
        self._sections = sections
        self._specs = {spec.name: spec for spec in fields_of(sections)}
        self._state: FormState = _NOTHING
        self._tally = tally
        self._last = last
        self._fields: dict[str, Field] = {}
        self._ticks: dict[str, Ticks] = {}
        self._taken: dict[str, str] = {}
        """The text of each field that the state and the field agreed on last."""
        self._moved_from: str | None = None
        """The field that the form itself has left: the focus still follows."""
        self._history = History(_Moment(None, ""))
        if state is not None:
            self.begin(state)

    @property
    def is_begun(self) -> bool:
        """Whether it has a state."""
        return self._state is not _NOTHING

    def begin(self, state: FormState) -> None:
        """Show and change this state from now on; once, before anybody has typed."""
        assert not self.is_begun
        self._state = state
        self._history = History(_Moment(state.snapshot(), ""))
        if self.is_mounted:
            self.draw()

    def compose(self) -> ComposeResult:
        """One section after the other."""
        for section in self._sections:
            with Vertical(id=section.name, classes="section"):
                yield from self.section(section)

    def section(self, section: Section) -> Iterator[Widget]:
        """The widgets of a section, but for those that the screen brings itself."""
        rows: list[list[FieldSpec]] = []
        for spec in section.fields:
            if spec.beside and rows:
                rows[-1].append(spec)
            else:
                rows.append([spec])
        for row in rows:
            widgets = [self._widget(spec) for spec in row if spec.kind is not Kind.OWN]
            if len(widgets) > 1:
                yield Horizontal(*widgets, id=f"row-{row[0].name}", classes="pair")
            else:
                yield from widgets

    def on_mount(self) -> None:
        """Show what the state holds."""
        if self.is_begun:
            self.draw()

    # --- where the cursor is ------------------------------------------------------------------------------------

    @property
    def focused_name(self) -> str | None:
        """Name of the field under the cursor."""
        focused = self.screen.focused
        return focused.id if focused is not None and focused.id in self._specs else None

    def widget_of(self, name: str) -> Widget:
        """What takes the focus for a field."""
        return self._ticks[name] if name in self._ticks else self._fields[name]

    def stand_on(self, name: str) -> None:
        """Focus a field, its text selected."""
        target = self.widget_of(name)
        target.focus()
        if isinstance(target, FieldInput):
            target.select_all()

    def next_of(self, name: str) -> str | None:
        """Where Enter goes from a field; None behind the last. It depends on what is typed alone."""
        names = [name for name in self._specs if self._state.has(name)]
        position = names.index(name) + 1
        return names[position] if position < len(names) else None

    def go_on(self, name: str) -> None:
        """Take a field and stand on the next."""
        self._take(name)
        unfit = self._state.unfit(name)
        if unfit:
            self._leave(name)
            self.post_message(self.Stayed(name, unfit))
            return
        self._leave(name)
        problem = self._state.problem(name)
        to = self.next_of(name)
        self.draw()
        if to is not None:
            self._go_to(to)
        self.post_message(self.Entered(name, to, problem))

    def _go_to(self, name: str) -> None:
        """Stand on a field; the one that the cursor leaves has been taken."""
        focused = self.focused_name
        self._moved_from = focused if focused != name else None
        self.stand_on(name)

    def take_focused(self) -> None:
        """Take the text under the cursor, whatever messages are still on their way."""
        name = self.focused_name
        if name is not None:
            self._take(name)
            self._leave(name)

    # --- what is typed ------------------------------------------------------------------------------------------

    def put(self, name: str, value: Value, run: Hashable = None) -> None:
        """Put a value into a field as if it had been typed; `run` as in `History.change`."""
        self._state.type(name, value)
        self.changed(name, run)

    def changed(self, name: str, run: Hashable = None) -> None:
        """The state was changed in a field: keep it for undo, draw it, say so."""
        self._history.change(_Moment(self._state.snapshot(), name), run)
        self.draw()
        self.post_message(self.Typed(name))

    def _take(self, name: str) -> None:
        """Put what stands in a text field into the state."""
        if name not in self._fields:
            return
        typed, before = self._fields[name].value, self._taken.get(name, "")
        if typed != before:
            self._taken[name] = typed
            self._state.type(name, typed)
            run = (name, len(typed) > len(before))
            self._history.change(_Moment(self._state.snapshot(), name), run)

    def _leave(self, name: str) -> None:
        self._state.leave(name)
        self._history.change(_Moment(self._state.snapshot(), name))
        self._history.end_step()
        self.draw()

    @on(Input.Changed)
    def _input_changed(self, event: Input.Changed) -> None:
        name = event.input.id or ""
        if name not in self._fields:
            return
        event.stop()
        self._take(name)
        self.draw()
        self.post_message(self.Typed(name))
        spec, shown = self._specs[name], self._fields[name]
        if (
            spec.advance is Advance.FULL
            and shown.digit_typed
            and self._state.values(name).is_full(shown.value)
        ):
            self.go_on(name)

    @on(Input.Submitted)
    def _input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id in self._fields:
            event.stop()
            self.go_on(event.input.id)

    @on(Input.Blurred)
    def _input_blurred(self, event: Input.Blurred) -> None:
        if event.input.id in self._fields:
            event.stop()
            self.left(event.input.id)

    @on(Ticks.Changed)
    def _ticks_changed(self, event: Ticks.Changed) -> None:
        event.stop()
        self.put(event.ticks.id or "", event.codes)

    @on(Ticks.Taken)
    def _ticks_taken(self, event: Ticks.Taken) -> None:
        event.stop()
        self.go_on(event.ticks.id or "")

    @on(Ticks.Left)
    def _ticks_left(self, event: Ticks.Left) -> None:
        event.stop()
        self.left(event.ticks.id or "")

    def left(self, name: str) -> None:
        """The focus went away from a field."""
        if not self.is_begun:
            return
        if name == self._moved_from:
            self._moved_from = None
            return
        self._take(name)
        self._leave(name)
        self.post_message(self.Left(name))

    # --- undo, redo, last value ---------------------------------------------------------------------------------

    def undo(self) -> bool:
        """Take back the last run of typing, else the last step; False where there is none."""
        self._take_all()
        undone = self._history.now
        earlier = self._history.undo()
        if earlier is not None:
            self._stand_as(earlier, undone)
        return earlier is not None

    def redo(self) -> bool:
        """Bring back what was undone last; False where there is nothing."""
        self._take_all()
        later = self._history.redo()
        if later is not None:
            self._stand_as(later, later)
        return later is not None

    def _stand_as(self, moment: _Moment, change: _Moment) -> None:
        self._state.restore(moment.state, change.state)
        self.draw()
        name = change.at
        if name != self.focused_name and self._state.has(name):
            self._go_to(name)
        self.post_message(self.Typed(name))
        self.post_message(self.Left(name))

    def repeat(self) -> bool:
        """Put the last value of the field under the cursor into it and go on; False where there is none."""
        name = self.focused_name
        if name is None or self._last is None or not self._specs[name].repeats:
            return False
        text = self._last.of(name)
        if text:
            self._take(name)
            self.put(name, text)
            self.go_on(name)
        return bool(text)

    def erase_to_end(self) -> None:
        """Erase what stands behind the cursor."""
        focused = self.screen.focused
        if isinstance(focused, FieldInput):
            focused.action_delete_right_all()

    def repeatable(self) -> dict[str, str]:
        """What Ctrl+R will bring back once this return is made."""
        names = (spec.name for spec in self._specs.values() if spec.repeats)
        return {name: self._state.text(name) for name in names}

    # --- help ---------------------------------------------------------------------------------------------------

    def field_help(self) -> FieldHelp | None:
        """What F1 says about the field under the cursor."""
        name = self.focused_name
        return help_of(self._specs[name], self._state) if name is not None else None

    # --- drawing ------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Show the state as it is now; what did not change is not drawn again.

        Text may stand in a field whose message is still on its way: it is taken first, never drawn over.
        """
        self._take_all()
        state = self._state
        for name, ticks in self._ticks.items():
            _display(ticks, state.has(name))
            ticks.offer(state.ticks(name))
            codes = state.ticked(name)
            needed = state.mandatory(name) and not codes
            ticks.show(codes, wrong=state.echo(name).wrong, mandatory=needed)
        for name, shown in self._fields.items():
            _display(shown, state.has(name))
            text = state.text(name)
            shown.show(text)
            self._taken[name] = shown.value
            shown.mark(state.mandatory(name) and not text.strip())
            echo = state.echo(name)
            shown.say(echo.text, wrong=echo.wrong)

    def _take_all(self) -> None:
        for name in self._fields:
            self._take(name)

    def _widget(self, spec: FieldSpec) -> Widget:
        if spec.kind is Kind.TICKS:
            self._ticks[spec.name] = Ticks(spec, self._state.ticks(spec.name), self._tally)
            return self._ticks[spec.name]
        self._fields[spec.name] = Field(spec, self._tally)
        return self._fields[spec.name]


def _display(widget: Widget, shown: bool) -> None:
    if widget.display != shown:
        widget.display = shown

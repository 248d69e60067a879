"""What a form draws and types into, without a widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from rma.wording import _, mark, plural
from screens.field_help import FieldHelp
from screens.forms.spec import FieldSpec, Kind
from screens.values import Values

Value: TypeAlias = str | tuple[str, ...]
"""The text in a field, or what is ticked in it."""


@dataclass(frozen=True, slots=True)
class Echo:
    """What stands beside a field."""

    text: str
    wrong: bool = False


class FormState(Protocol):
    """What a form asks and tells. Every answer is quick and depends on what was typed alone; nothing does I/O."""

    def text(self, name: str) -> str:
        """The text in a field."""

    def ticked(self, name: str) -> tuple[str, ...]:
        """What is ticked in a field."""

    def type(self, name: str, value: Value) -> None:
        """Put a text or ticks into a field, as typed."""

    def leave(self, name: str) -> None:
        """The cursor leaves a field: what its text stands for is taken, and what follows from it filled in."""

    def values(self, name: str) -> Values:
        """What a field can hold; empty for free text."""

    def ticks(self, name: str) -> tuple[tuple[str, str], ...]:
        """Code and words of what can be ticked in a field."""

    def has(self, name: str) -> bool:
        """Whether a field is on the form; it depends on what was typed alone, so that Tab leads where it always did."""

    def mandatory(self, name: str) -> bool:
        """Whether a field has to be filled in."""

    def echo(self, name: str) -> Echo:
        """What stands beside a field: what is wrong with it, else what its text means."""

    def unfit(self, name: str) -> str:
        """Why Enter stays on a field: it has to be filled in first, and is empty. Empty where Enter goes on."""

    def problem(self, name: str) -> str:
        """What is wrong with the text of a field that Enter has taken all the same; empty where nothing is."""

    def snapshot(self) -> object:
        """Everything that undo brings back, as a value that equals another of the same state."""

    def restore(self, snapshot: object, change: object) -> None:
        """Be as in `snapshot`, standing where `change`, the snapshot next to it, was made."""


def help_of(spec: FieldSpec, state: FormState) -> FieldHelp:
    """What F1 says about a field."""
    echo = state.echo(spec.name)
    entries = len(state.values(spec.name).entries)
    takes = _(spec.takes or _TAKES.get(spec.kind, mark("Any text.")))
    digits = len(str(entries))
    rule = []
    if state.mandatory(spec.name):
        rule.append(_("It has to be filled in."))
    if spec.kind is Kind.CODE and entries:
        said = plural(
            "A number of {n} digit goes on by itself.",
            "A number of {n} digits goes on by itself.",
            digits,
        )
        rule.append(said.format(n=digits))
    return FieldHelp(
        label=spec.name_on_screen,
        takes=takes,
        rule=" ".join(rule),
        values=_("F4 lists {count} values.").format(count=entries) if entries else "",
        problem=echo.text if echo.wrong else "",
    )


_TAKES = {
    Kind.MONEY: mark("An amount, like 12.50."),
    Kind.CODE: mark("The number of a value, or the first letters of its name."),
    Kind.TICKS: mark("The digit of each fact; the same digit takes it back."),
}


class Texts:
    """The state of a form of plain fields, such as a question."""

    def __init__(
        self, specs: tuple[FieldSpec, ...], texts: Mapping[str, str] | None = None
    ) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._texts = {name: (texts or {}).get(name, "") for name in self._specs}
        self._left: frozenset[str] = frozenset()

    def text(self, name: str) -> str:
        """The text in a field."""
        return self._texts[name]

    def ticked(self, name: str) -> tuple[str, ...]:
        """Plain fields have no ticks."""
        return ()

    def type(self, name: str, value: Value) -> None:
        """Put a text into a field."""
        self._texts = {**self._texts, name: str(value)}
        self._left -= {name}

    def leave(self, name: str) -> None:
        """From now on what is wrong with the field is said."""
        self._left |= {name}

    def leave_all(self) -> str:
        """Check everything, for a submit; gives the first field that is wrong, or an empty text."""
        self._left = frozenset(self._specs)
        return next((name for name in self._specs if self.echo(name).wrong), "")

    def values(self, name: str) -> Values:
        """Plain fields have no list."""
        return Values(())

    def ticks(self, name: str) -> tuple[tuple[str, str], ...]:
        """Plain fields have no ticks."""
        return ()

    def has(self, name: str) -> bool:
        """All of them."""
        return True

    def mandatory(self, name: str) -> bool:
        """As the field says."""
        return bool(self._specs[name].mandatory)

    def echo(self, name: str) -> Echo:
        """What is wrong with a field that was left."""
        wrong = self._wrong(name) if name in self._left else ""
        return Echo(wrong, wrong=bool(wrong))

    def unfit(self, name: str) -> str:
        """What is wrong with a field."""
        return self._wrong(name)

    def problem(self, name: str) -> str:
        """Enter takes no plain field with which something is wrong."""
        return ""

    def snapshot(self) -> object:
        """The texts."""
        return tuple(self._texts.items())

    def restore(self, snapshot: object, change: object) -> None:
        """Be as in `snapshot`."""
        assert isinstance(snapshot, tuple)
        self._texts = dict(snapshot)

    def _wrong(self, name: str) -> str:
        spec, text = self._specs[name], self._texts[name]
        if not text.strip():
            return _(spec.mandatory)
        return spec.rule(text) if spec.rule is not None else ""

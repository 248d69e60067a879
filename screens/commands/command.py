"""One definition of something that an agent can do with a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rma.wording import _

if TYPE_CHECKING:
    from textual.binding import Binding, BindingType

_KEY_NAMES = {
    "up": "Up",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "escape": "Esc",
    "delete": "Del",
    "question_mark": "?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something an agent can do with a key; bindings, key line, palette, help and cheat sheet are made from it.

    It is made before the language is known: label, help and `when` stand in English, the `shown_` ones are read.
    """

    id: str
    """Unique, such as `customer.start_return`."""
    key: str = ""
    """Textual key names; alternatives after commas: `f9,ctrl+s`. The first is shown. Empty (and `bound` False) where
    only the palette and the go-to list lead there."""
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
    go_to: str = ""
    """Its digit in the go-to list; the second route beside the palette."""
    go_to_letter: str = ""
    """Its letter there, which also acts where digits are the sections of a screen."""
    toggles: str = ""
    """The id of the command that opened the dialog: its keys do this too, so that the same key opens and closes."""

    @property
    def refusal(self) -> str:
        """Why it does not apply where it does not."""
        if not self.when:
            return _("not at this moment")
        return _("only {where}").format(where=self.shown_when)

    @property
    def shown_label(self) -> str:
        """The label in the user's language."""
        return _(self.label)

    @property
    def shown_help(self) -> str:
        """The sentence for F1 in the user's language."""
        return _(self.help)

    @property
    def shown_when(self) -> str:
        """Where it acts, in the user's language; empty for everywhere on the screen."""
        return _(self.when)

    @property
    def name(self) -> str:
        """The label, and where it acts: `Discard draft (on a draft)`."""
        return f"{self.shown_label} ({self.shown_when})" if self.when else self.shown_label

    @property
    def keys(self) -> tuple[str, ...]:
        """All its keys, in Textual's names."""
        return tuple(key.strip() for key in self.key.split(",") if key.strip())

    @property
    def shown_key(self) -> str:
        """The first key as people write it: `F9`, `Ctrl+S`."""
        return key_name(self.keys[0]) if self.keys else ""

    @property
    def shown_keys(self) -> str:
        """All its keys as people write them."""
        return ", ".join(key_name(key) for key in self.keys)

    @property
    def route(self) -> str:
        """Its keys, or how else it is reached, as a cheat sheet says it."""
        if self.shown_keys or not self.go_to:
            return self.shown_keys or _("palette")
        return _("go to {key}").format(key=self.go_to)

    def binding(self, *, priority: bool = False) -> Binding:
        """The same for Textual; with `priority` it acts before the focused field, and in dialogs."""
        from textual.binding import Binding

        return Binding(
            both_cases(self.key),
            self.action,
            self.label,
            show=False,
            id=self.id,
            tooltip=self.help,
            priority=priority,
        )


def bindings(*commands: Command) -> list[BindingType]:
    """Textual bindings of commands, for a screen or a dialog."""
    return [command.binding() for command in commands if command.bound]


def both_cases(keys: str) -> str:
    """Textual key names, letters also as capitals: nobody looks at Caps Lock during a call."""
    each = [key.strip() for key in keys.split(",")]
    capitals = [key.upper() for key in each if len(key) == 1 and key.isalpha()]
    return ",".join([*each, *capitals])


def key_name(key: str) -> str:
    """A Textual key name as people write it."""
    *modifiers, last = key.split("+")
    name = _KEY_NAMES.get(last) or (last.upper() if len(last) <= 3 else last.capitalize())
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])

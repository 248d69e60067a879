"""One definition of something that an agent can do with a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.binding import Binding, BindingType

_KEY_NAMES = {
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "escape": "Esc",
    "delete": "Del",
    "question_mark": "?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something an agent can do with a key; bindings, key line, palette, help and cheat sheet are made from it."""

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
        return f"only {self.when}" if self.when else "not at this moment"

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
        return self.shown_keys or (f"go to {self.go_to}" if self.go_to else "palette")

    def binding(self, *, priority: bool = False) -> Binding:
        """The same for Textual; with `priority` it acts before the focused field, and in dialogs."""
        from textual.binding import Binding

        return Binding(
            self.key,
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


def key_name(key: str) -> str:
    """A Textual key name as people write it."""
    *modifiers, last = key.split("+")
    name = _KEY_NAMES.get(last) or (last.upper() if len(last) <= 3 else last.capitalize())
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])

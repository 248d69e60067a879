"""What every question and list above a screen has: its keys from the registry, and the size it needs."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from textual.binding import BindingType
from textual.screen import ModalScreen

from screens.commands import BY_DIALOG, REGISTRY_KEYS, Command, Keymap, bindings
from screens.frugal import Frugal

R = TypeVar("R")


class Dialog(Frugal[R], ModalScreen[R]):
    """A modal screen. Subclasses set `NAME`, add `BINDINGS` of their own for moving in a list, and yield `TooSmall`."""

    NAME: ClassVar[str] = ""
    """Key of the dialog in `commands.BY_DIALOG`."""
    keymap: Keymap = REGISTRY_KEYS
    """The user's keys; whoever opens the dialog hands them over."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Bind the commands of the registry, and what the class binds itself."""
        own: list[BindingType] = list(cls.__dict__.get("BINDINGS", ()))
        cls.BINDINGS = [*bindings(*BY_DIALOG.get(cls.NAME, ())), *own]
        super().__init_subclass__(**options)

    @property
    def commands(self) -> tuple[Command, ...]:
        """The dialog's commands, with the user's keys."""
        return self.keymap.of(BY_DIALOG[self.NAME])

    def key(self, action: str) -> str:
        """The first key of one of its commands, for a sentence."""
        return next(command.shown_key for command in self.commands if command.action == action)

    async def before_leaving(self) -> None:
        """Keep what is half-typed, where the dialog keeps it; the app waits for it before it goes elsewhere."""

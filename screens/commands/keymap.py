"""The keys as the user has them: the registry's own, where nothing was remapped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from screens.commands.command import Command
from screens.commands.everywhere import EVERYWHERE
from screens.commands.registry import by_id

_KEY = re.compile(r"\b(?:F\d{1,2}|Ctrl\+[A-Z])\b")
"""Keys as sentences name them; words that a user's language puts around them do not matter."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """Keys that differ from the registry's."""

    keys: Mapping[str, str] = field(default_factory=dict)
    """Textual key names by command id, alternatives after commas: also what `App.set_keymap` takes."""

    def of(self, commands: Iterable[Command]) -> tuple[Command, ...]:
        """The same commands with the user's keys."""
        return tuple(
            replace(command, key=self.keys[command.id]) if command.id in self.keys else command
            for command in commands
        )

    def keys_of(self, command_id: str) -> tuple[str, ...]:
        """All keys of a command, in Textual's names."""
        return self.of([by_id()[command_id]])[0].keys

    def shown(self, command_id: str) -> str:
        """The first key of a command as people write it, for a sentence on the screen."""
        return self.of([by_id()[command_id]])[0].shown_key

    def said(self, sentence: str, commands: Iterable[Command] = EVERYWHERE) -> str:
        """A sentence of ours that names keys of these commands, such as `press F5`, with the user's keys in their place."""
        changed = {
            command.shown_key: self.shown(command.id)
            for command in commands
            if command.id in self.keys
        }
        return _KEY.sub(lambda found: changed.get(found[0], found[0]), sentence)


REGISTRY_KEYS = Keymap()
"""Nothing is remapped."""

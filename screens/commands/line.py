"""Which keys stand in the last row."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from screens.commands.command import Command
from screens.commands.everywhere import EVERYWHERE

MAX_KEYS = 7
"""Keys in the key line."""

KEY_GAP = "  "
"""Between two keys of the key line."""


def key_line(
    commands: tuple[Command, ...], width: int, everywhere: tuple[Command, ...] = EVERYWHERE
) -> tuple[Command, ...]:
    """What the key line shows: help first, the palette last, between them the screen's own keys, then the app's."""
    help_, *others, palette = (command for command in everywhere if command.in_line)
    shown = [help_, palette]
    for command in (*(c for c in commands if c.in_line), *others):
        wider = [*shown[:-1], command, palette]
        if len(wider) <= MAX_KEYS and line_width(wider) <= width:
            shown = wider
    return tuple(shown)


def line_width(commands: Iterable[Command]) -> int:
    """Cells that these commands take in the key line."""
    entries = [cell_len(f"{command.shown_key} {command.shown_label}") for command in commands]
    return sum(entries) + len(KEY_GAP) * (len(entries) - 1)

"""The one registry of commands: bindings, key line, palette, F1 help and the printed cheat sheet are made from it.

A command has one key with one meaning, and the palette as its second route. A screen's action method is
`action_<action>`; whether it applies right now is the screen's `can(action)`.

- `command` what a command is; `everywhere`, `lookup`, `returning`, `rmas`, `starting`, `forms`, `dialogs` the commands themselves
- `registry` which place has which; `line` which of them the key line shows
- `keymap` the keys as the user has them; `remap` checks what a user wants; `sheet` prints them all
"""

from screens.commands.command import Command, bindings, both_cases, key_name
from screens.commands.everywhere import EVERYWHERE, FROM_DIALOGS_TOO, LEAVE
from screens.commands.keymap import REGISTRY_KEYS, Keymap
from screens.commands.line import KEY_GAP, MAX_KEYS, key_line, line_width
from screens.commands.registry import BY_DIALOG, BY_SCREEN, commands_of

__all__ = [
    "BY_DIALOG",
    "BY_SCREEN",
    "EVERYWHERE",
    "FROM_DIALOGS_TOO",
    "KEY_GAP",
    "LEAVE",
    "MAX_KEYS",
    "REGISTRY_KEYS",
    "Command",
    "Keymap",
    "bindings",
    "both_cases",
    "commands_of",
    "key_line",
    "key_name",
    "line_width",
]

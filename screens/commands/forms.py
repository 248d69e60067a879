"""Commands of every form."""

from __future__ import annotations

from screens.commands.command import Command

UNDO: tuple[Command, ...] = (
    Command(
        id="form.undo",
        key="ctrl+z",
        label="Undo",
        action="undo",
        help="Take back what was typed, ticked or chosen last; in a field its text, then step by step.",
    ),
    Command(
        id="form.redo",
        key="ctrl+y",
        label="Redo",
        action="redo",
        help="Bring back what was undone last.",
    ),
    Command(
        id="form.erase",
        key="ctrl+k",
        label="Erase to end",
        action="erase_to_end",
        when="in a field",
        bound=False,
        help="Erase what stands behind the cursor.",
    ),
)
"""What a question has, too."""

FORM: tuple[Command, ...] = (
    *UNDO,
    Command(
        id="form.repeat",
        key="ctrl+r",
        label="Last value",
        action="repeat",
        when="in a field with a list, or with a reason for a fee",
        help="Put in what this field held in the last return that was finalized here.",
    ),
)

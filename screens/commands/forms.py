"""Commands of every form."""

from __future__ import annotations

from rma.wording import mark
from screens.commands.command import Command

UNDO: tuple[Command, ...] = (
    Command(
        id="form.undo",
        key="ctrl+z",
        label=mark("Undo"),
        action="undo",
        help=mark(
            "Take back what was typed, ticked or chosen last; in a field its text, then step by step."
        ),
    ),
    Command(
        id="form.redo",
        key="ctrl+y",
        label=mark("Redo"),
        action="redo",
        help=mark("Bring back what was undone last."),
    ),
    Command(
        id="form.erase",
        key="ctrl+k",
        label=mark("Erase to end"),
        action="erase_to_end",
        when=mark("in a field"),
        bound=False,
        help=mark("Erase what stands behind the cursor."),
    ),
)
"""What a question has, too."""

FORM: tuple[Command, ...] = (
    *UNDO,
    Command(
        id="form.repeat",
        key="ctrl+r",
        label=mark("Last value"),
        action="repeat",
        when=mark("in a field with a list, or with a reason for a fee"),
        help=mark("Put in what this field held in the last return made here, and go on."),
    ),
)

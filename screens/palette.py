"""Ctrl+P: every command of the screen and the desk, found by name. The second route to each key.

A command that does not apply now stands there too, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from rma.wording import _, mark
from screens.commands import Command
from screens.dialog import Dialog
from screens.widgets.row_list import Row, RowList, note
from screens.widgets.safe_input import SafeInput
from screens.widgets.safe_text import pad, shorten
from screens.widgets.too_small import TooSmall

_NONE = mark("No command has this name: take letters back with Backspace.")


@dataclass(frozen=True, slots=True)
class Choice:
    """A command, and whether it applies."""

    command: Command
    why_not: str = ""
    """Why it does not apply now, such as `only on a draft`; empty where it does."""


class Palette(Dialog[Command | None]):
    """A box that narrows the list while typing; gives the command that was chosen, or None."""

    NAME = "palette"
    CSS_PATH = "palette.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Before", show=False),
        Binding("pagedown", "page(1)", "Next page", show=False),
        Binding("pageup", "page(-1)", "Page before", show=False),
    ]

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._choices = {choice.command.id: choice for choice in choices}

    def compose(self) -> ComposeResult:
        """The box, and what fits its text."""
        with Vertical():
            yield Static(Text(_("Commands")), classes="palette--heading")
            yield SafeInput(placeholder=_("part of its name"), max_length=80)
            yield RowList()
            yield Static(classes="palette--hint")
        yield TooSmall()

    def on_mount(self) -> None:
        """All commands at first; the box keeps its height while the list narrows."""
        rows = self.query_one(RowList)
        rows.can_focus = False
        rows.styles.height = len(self._choices)
        self._narrow("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow(event.value)

    @on(Input.Submitted)
    def _chosen(self, event: Input.Submitted) -> None:
        event.stop()
        selected = self.query_one(RowList).selected
        if selected is None:
            return
        choice = self._choices[str(selected)]
        if choice.why_not:
            said = _("✗ {command} does not apply now: {reason}.")
            name = choice.command.shown_label
            self._hint(said.format(command=name, reason=choice.why_not))
        else:
            self.dismiss(choice.command)

    def action_move(self, step: int) -> None:
        """Select another command while the box keeps the focus."""
        self.query_one(RowList).action_move(step)

    def action_page(self, direction: int) -> None:
        """Select a command a page further."""
        self.query_one(RowList).action_page(direction)

    def action_close(self) -> None:
        """Back, without a command."""
        self.dismiss(None)

    def _narrow(self, text: str) -> None:
        words = text.lower().split()

        def order(choice: Choice) -> tuple[bool, bool]:
            """What has the words in its name first, then what applies."""
            name = choice.command.shown_label.lower()
            return not all(word in name for word in words), bool(choice.why_not)

        fitting = [
            choice
            for choice in self._choices.values()
            if all(word in _words(choice.command) for word in words)
        ]
        rows = self.query_one(RowList)
        rows.show_rows([_row(choice) for choice in sorted(fitting, key=order)] or [note(_(_NONE))])
        rows.select_first()
        hint = _("{key} runs it · {other} goes back")
        self._hint(hint.format(key=self.key("run"), other=self.key("close")))

    def _hint(self, text: str) -> None:
        self.query_one(".palette--hint", Static).update(Text(text))


def _words(command: Command) -> str:
    return f"{command.shown_label} {command.shown_help}".lower()


def _row(choice: Choice) -> Row:
    command = choice.command

    def draw(width: int) -> Text:
        name = "row-list--muted" if choice.why_not else "bold"
        line = Text.assemble(
            (pad(command.shown_key, 11), "row-list--mark" if name == "bold" else name),
            (pad(command.shown_label, 15), name),
        )
        text = command.shown_help
        if choice.why_not:
            text = _("not now: {reason}").format(reason=choice.why_not)
        line.append(shorten(text, max(0, width - 27)), style="row-list--muted")
        return line

    return Row(command.id, draw)

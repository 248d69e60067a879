"""The floor: the smallest Textual app with a box to type in."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Input

PLACEHOLDER = "name, phone ending"
"""The desk's box begins with it too: when it can be read, the box is there."""


class Minimal(App[None]):
    """One box."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """The box."""
        yield Input(placeholder=PLACEHOLDER)

    def on_mount(self) -> None:
        """As in the desk, nothing moves."""
        self.animation_level = "none"


if __name__ == "__main__":
    Minimal().run(mouse=False)

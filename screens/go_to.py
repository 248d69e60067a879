"""Ctrl+G: the places that can be reached now, each with its digit, and the sections of the screen with their numbers.

Where a screen has sections, digits are theirs: places answer to their letter everywhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.widgets import Static

from rma.wording import _
from screens.dialog import Dialog
from screens.widgets.safe_text import pad, plain, shorten
from screens.widgets.too_small import TooSmall

_KEYS, _LABEL, _DETAIL = 6, 16, 48


@dataclass(frozen=True, slots=True)
class Stop:
    """Somewhere to go."""

    keys: tuple[str, ...]
    """Its digit, its letter, or both."""
    label: str
    go: Callable[[], Awaitable[object] | None]
    """Goes there."""
    detail: str = ""
    """What it is about; may come from outside."""


class GoTo(Dialog[Stop | None]):
    """The list of places; gives the one whose digit or letter was typed, or None."""

    NAME = "go_to"
    CSS_PATH = "go_to.tcss"

    def __init__(self, places: list[Stop], sections: list[Stop], heading: str) -> None:
        """`heading` names the screen whose `sections` they are."""
        super().__init__()
        self._sections, self._heading = sections, heading
        self._places = [_with_free_keys(place, sections) for place in places]

    def compose(self) -> ComposeResult:
        """Sections first: they are nearer."""
        with Vertical():
            if self._sections:
                yield Static(Text(self._heading), classes="go-to--heading")
                yield Static(_table(self._sections))
            yield Static(Text(_("Go to")), classes="go-to--heading")
            yield Static(_table(self._places))
            stays = _("{key} stays here").format(key=self.key("close"))
            yield Static(Text(stays), classes="go-to--hint")
        yield TooSmall()

    def on_key(self, event: Key) -> None:
        """A digit or a letter goes; one that leads nowhere is let pass."""
        key = (event.character or "").lower()
        for stop in (*self._sections, *self._places):
            if key in stop.keys:
                event.stop()
                self.dismiss(stop)
                return

    def action_close(self) -> None:
        """Stay here."""
        self.dismiss(None)


def _with_free_keys(place: Stop, sections: list[Stop]) -> Stop:
    taken = {key for section in sections for key in section.keys}
    free = tuple(key for key in place.keys if key not in taken)
    return Stop(free, place.label, place.go, place.detail)


def _table(stops: list[Stop]) -> Text:
    rows = []
    for stop in stops:
        keys = " ".join(key.upper() for key in stop.keys)
        detail = shorten(plain(stop.detail), _DETAIL)
        rows.append(
            Text.assemble(
                (pad(keys, _KEYS), "bold"), pad(plain(stop.label), _LABEL), "  ", (detail, "dim")
            )
        )
    return Text("\n").join(rows)

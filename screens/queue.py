"""What approvals and attention share: a list of what waits, with the selected item explained beneath or beside it."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from rich.console import RenderableType
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from rma.wording import _
from screens.background import start
from screens.base import DeskScreen
from screens.widgets.row_list import Row, RowList, note

V = TypeVar("V")


class QueueScreen(DeskScreen, Generic[V]):
    """A queue. Subclasses read it, draw a row and its explanation, and say what stands in an empty one."""

    CSS_PATH = "queue.tcss"
    EMPTY: ClassVar[str] = ""
    """What an empty queue says; marked for the catalogue."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.now = now
        """The desk's clock: ages are counted from it."""
        self.views: dict[str, V] = {}
        """What was read, by key."""

    def compose_body(self) -> ComposeResult:
        """The list, and what there is to know about the selected item."""
        with Vertical(id="queue"):
            yield RowList()
            yield Static(id="detail", markup=False)

    async def on_mount(self) -> None:
        """Read the queue; keys that follow wait for it."""
        self.rows.focus()
        await self._read()

    def on_screen_resume(self) -> None:
        """Something may have been decided meanwhile."""
        self.desk_changed()

    def desk_changed(self) -> None:
        """Read again; the selection stays."""
        start(self, self._read, name="read", exclusive=True)

    def can(self, action: str) -> bool:
        """There is nothing to open in an empty queue."""
        return action != "open" or self.rows.selected is not None

    # --- what a queue gives

    @abstractmethod
    def read(self) -> Mapping[str, V]:
        """Everything that waits, by key; blocks, and is called in a thread."""

    def shown(self) -> Iterable[V]:
        """What the list shows of that."""
        return self.views.values()

    def nothing(self) -> str:
        """What stands in an empty list."""
        return _(self.EMPTY)

    @abstractmethod
    def row(self, view: V) -> Row:
        """One row."""

    @abstractmethod
    def detail(self, view: V) -> RenderableType:
        """What there is to know about one item."""

    @abstractmethod
    def counted(self, count: int) -> str:
        """How many there are, for the title line."""

    # ---

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    @property
    def selected(self) -> V | None:
        """The item under the cursor."""
        return self.views.get(str(self.rows.selected))

    async def _read(self) -> None:
        with self.reporting():
            self.views = dict(await asyncio.to_thread(self.read))
            self.show_queue()

    def show_queue(self) -> None:
        """Draw what is known."""
        rows = [self.row(view) for view in self.shown()]
        self.rows.show_rows(rows or [note(self.said(self.nothing()))])
        self.set_heading(_(self.HEADING), self.counted(len(rows)) if rows else "")
        self._show_detail()
        self.refresh_keys()

    @on(RowList.Moved)
    def _show_detail(self) -> None:
        view = self.selected
        self.query_one("#detail", Static).update("" if view is None else self.detail(view))

    async def read_again(self) -> None:
        """Read the queue after something in it was decided."""
        await self._read()

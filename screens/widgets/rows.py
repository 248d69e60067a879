"""Rows of text of which only the cells that changed are drawn: agents work over slow lines."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget


class Rows(Widget):
    """Shows rows; each is as wide as the widget at most."""

    DEFAULT_CSS = """
    Rows { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._shown: tuple[Content, ...] = ()

    def show(self, *rows: Content) -> None:
        """Replace the rows."""
        before, self._shown = self._shown, rows
        blank = Content("")
        for y in range(max(len(before), len(rows))):
            old = before[y] if y < len(before) else blank
            new = rows[y] if y < len(rows) else blank
            changed = _changed(old, new, self.size.width) if not old.is_same(new) else None
            if changed:  # rows made of other parts may look the same
                self.refresh(changed.translate((0, y)))

    def render(self) -> Content:
        """All rows; Textual writes the changed cells alone."""
        return Content("\n").join(self._shown)


def _changed(old: Content, new: Content, width: int) -> Region:
    """From the first cell that differs to the last; empty where none does."""
    was, is_ = _characters(old), _characters(new)
    if was == is_:
        return Region()
    first = next((i for i, (a, b) in enumerate(zip(was, is_, strict=False)) if a != b), None)
    if first is None:
        first = min(len(was), len(is_))
    start = cell_len(new.plain[:first])
    if old.cell_length != new.cell_length or len(was) != len(is_):
        return Region(start, 0, max(0, width - start), 1)
    last = next(i for i in range(len(is_) - 1, -1, -1) if was[i] != is_[i])
    return Region(start, 0, cell_len(new.plain[: last + 1]) - start, 1)


def _characters(row: Content) -> list[tuple[str, str]]:
    """Each character with its styles."""
    styles = [""] * len(row.plain)
    for span in row.spans:
        for index in range(max(0, span.start), min(span.end, len(styles))):
            styles[index] += f" {span.style}"
    return list(zip(row.plain, styles, strict=True))

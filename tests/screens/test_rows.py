"""Of rows that are shown anew only the cells that changed are drawn."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.geometry import Region

from screens.widgets.rows import Rows


class Watched(Rows):
    """Keeps what it was asked to draw again."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[Region] = []

    def refresh(self, *regions: Region, **options: bool) -> Watched:
        if hasattr(self, "drawn"):
            self.drawn += regions
        return super().refresh(*regions, **options)


class Showing(App[None]):
    def compose(self) -> ComposeResult:
        yield Watched()


def rows(*texts: str) -> list[Content]:
    return [Content(text) for text in texts]


@pytest.mark.parametrize(
    ("before", "after", "drawn"),
    [
        (rows("same", "same"), rows("same", "same"), []),
        (rows("one", "two"), rows("one", "tea"), [Region(1, 1, 2, 1)]),
        (rows("41.00 GBP"), rows("45.00 GBP"), [Region(1, 0, 1, 1)]),
        (rows("日本 1"), rows("日本 2"), [Region(5, 0, 1, 1)]),
        (rows("short"), rows("shorter"), [Region(5, 0, 15, 1)]),
        (rows("a", "b"), rows("a"), [Region(0, 1, 20, 1)]),
        (
            [Content.styled("ab", "bold")],
            [Content.assemble(("a", "bold"), ("b", "bold"))],
            [],
        ),
        (rows("red"), [Content.styled("red", "bold")], [Region(0, 0, 3, 1)]),
    ],
)
async def test_only_what_differs_is_drawn(
    before: list[Content], after: list[Content], drawn: list[Region]
) -> None:
    app = Showing()
    async with app.run_test(size=(20, 5)) as pilot:
        widget = app.query_one(Watched)
        widget.show(*before)
        await pilot.pause()
        widget.drawn.clear()
        widget.show(*after)
        assert widget.drawn == drawn

"""The list of rows: fast at any length, never jumps."""

from __future__ import annotations

from rich.text import Text
from textual.app import App, ComposeResult

from screens.widgets.row_list import Row, RowList, heading


class Bare(App[None]):
    """Nothing but a list."""

    def compose(self) -> ComposeResult:
        yield RowList()


def numbered(*numbers: int) -> list[Row]:
    return [Row(number, lambda width, number=number: Text(str(number))) for number in numbers]  # type: ignore[misc]


async def test_of_ten_thousand_rows_only_those_in_view_are_drawn() -> None:
    drawn: set[int] = set()

    def row(number: int) -> Row:
        def draw(width: int) -> Text:
            drawn.add(number)
            return Text(str(number))

        return Row(number, draw)

    async with Bare().run_test(size=(80, 24)) as pilot:
        rows = pilot.app.query_one(RowList)
        rows.show_rows([row(number) for number in range(10_000)])
        await pilot.press("end")
        await pilot.pause()
        assert rows.selected == 9_999
        assert len(drawn) <= 3 * 24


async def test_headings_are_stepped_over() -> None:
    async with Bare().run_test() as pilot:
        rows = pilot.app.query_one(RowList)
        rows.show_rows([heading("a"), *numbered(1), heading("b"), *numbered(2)])
        rows.focus()
        visited = []
        for key in ("down", "up"):
            await pilot.press(key)
            visited.append(rows.selected)
        assert visited == [2, 1]


async def test_the_selection_stays_on_its_row_when_rows_come_before_it() -> None:
    async with Bare().run_test() as pilot:
        rows = pilot.app.query_one(RowList)
        rows.show_rows(numbered(5, 6, 7))
        rows.focus()
        await pilot.press("down")
        rows.show_rows(numbered(1, 2, 3, 5, 6, 7))
        assert rows.selected == 6


async def test_when_the_selected_row_goes_its_neighbour_is_selected() -> None:
    async with Bare().run_test() as pilot:
        rows = pilot.app.query_one(RowList)
        rows.show_rows(numbered(5, 6, 7))
        rows.focus()
        await pilot.press("end")
        rows.show_rows(numbered(5, 6))
        assert rows.selected == 6
        rows.show_rows([])
        assert rows.selected is None


async def test_an_empty_list_takes_every_key_calmly() -> None:
    async with Bare().run_test() as pilot:
        pilot.app.query_one(RowList).focus()
        await pilot.press("down", "up", "enter", "pagedown", "pageup", "home", "end", "x")
        assert pilot.app.query_one(RowList).selected is None

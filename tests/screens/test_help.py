"""F1: the field, everything that stands against the form, the keys."""

from __future__ import annotations

from textual.app import App

from screens.commands import EVERYWHERE
from screens.field_help import FieldHelp
from screens.help import Help
from tests.screens.seat import Seat, seated, small_shop


class Helped(App[None]):
    """Shows one help."""

    def __init__(self, dialog: Help) -> None:
        super().__init__()
        self.dialog = dialog

    def on_mount(self) -> None:
        self.push_screen(self.dialog)


def text_of(app: App[None]) -> str:
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def test_the_field_comes_first_with_what_it_takes_its_rule_and_what_is_wrong() -> None:
    field = FieldHelp(
        label="Reason",
        takes="The number of a reason.",
        rule="It has to be filled in.",
        values="F4 lists 12 values.",
        problem="none fits: see F4",
    )
    app = Helped(Help("Return", (), EVERYWHERE, field=field, problems=("Quantity: type 1 or 2.",)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = text_of(app)
        parts = ["This field · Reason", "Takes", "Rule", "Values", "✗ Wrong now", "Still to mend"]
        places = [
            text.index(part) for part in (*parts, "✗ Quantity: type 1 or 2.", "Keys · Return")
        ]
        assert places == sorted(places)


async def test_without_a_field_the_keys_come_first() -> None:
    app = Helped(Help("Approvals", (), EVERYWHERE))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "This field" not in text_of(app)
        assert "Still to mend" not in text_of(app)


async def test_text_from_outside_is_shown_as_plain_text() -> None:
    app = Helped(Help("Return", (), EVERYWHERE, problems=("[b]x[/b]\x1b[2J is wrong",)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "✗ [b]x[/b]␛[2J is wrong" in text_of(app)


async def test_help_of_the_return_tells_about_the_field_under_the_cursor() -> None:
    async with seated(small_shop()) as seat:
        await open_return(seat)
        await seat.press("tab", "f1")
        await seat.sees("This field ·", "Takes")


async def open_return(seat: Seat) -> None:
    await seat.press(*"maria", "enter", "r")
    await seat.sees("Return ·")
    await seat.settled()

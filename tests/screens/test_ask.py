"""One-line questions: a reason, or a typed `y` where nothing can be undone."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.ask import AskReason, AskText, ConfirmTyped
from screens.widgets.field import Field


class Asking(App[None]):
    """Asks one question and keeps the answer."""

    def __init__(self, dialog: ModalScreen[Any]) -> None:
        super().__init__()
        self.dialog = dialog
        self.answers: list[object] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)


def shown(field: Field) -> str:
    return field.render_lines(Region(0, 0, 80, 1))[0].text


async def answer(dialog: ModalScreen[Any], *keys: str) -> list[object]:
    app = Asking(dialog)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
    return app.answers


async def test_a_typed_reason_is_the_answer() -> None:
    assert await answer(AskReason("Why?"), *" late ", "enter") == ["late"]


async def test_an_empty_reason_is_asked_for_again() -> None:
    app = Asking(AskReason("Why?"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        assert app.answers == []
        assert "A reason is needed" in shown(app.screen.query_one(Field))


async def test_an_optional_reason_may_be_empty() -> None:
    assert await answer(AskReason("Note?", required=False), "enter") == [""]


@pytest.mark.parametrize("kind", [AskReason, AskText, ConfirmTyped])
async def test_every_question_stands_at_the_bottom(kind: type[ModalScreen[Any]]) -> None:
    app = Asking(kind("Why?"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x")
        asked = app.screen.query_one(".ask--question").region
        assert asked.x == 2
        assert asked.y > 12


async def test_a_reason_can_be_undone_and_brought_back() -> None:
    keys = [*"late", "ctrl+k", "backspace", "ctrl+z", "ctrl+z", "ctrl+y", "enter"]
    assert await answer(AskReason("Why?"), *keys) == ["late"]


async def test_tab_stays_in_the_only_field() -> None:
    assert await answer(AskReason("Why?"), "a", "tab", "b", "c", "enter") == ["abc"]


@pytest.mark.parametrize("key", ["escape", "f12", "f3"])
async def test_a_reason_can_be_given_up(key: str) -> None:
    assert await answer(AskReason("Why?"), "x", key) == [None]


@pytest.mark.parametrize("keys", [["y", "enter"], ["Y", "enter"], [*"yes", "enter"]])
async def test_only_a_typed_y_is_a_yes(keys: list[str]) -> None:
    assert await answer(ConfirmTyped("Sure?"), *keys) == [True]


@pytest.mark.parametrize("keys", [["enter"], ["n", "enter"], ["escape"], ["f12"]])
async def test_all_else_is_a_no(keys: list[str]) -> None:
    assert await answer(ConfirmTyped("Sure?"), *keys) == [False]


async def test_a_question_about_hostile_text_is_shown_as_plain_text() -> None:
    app = Asking(ConfirmTyped("Cancel [b]x[/b]\x1b[2J?"))
    async with app.run_test(size=(80, 24)):
        assert str(app.screen.query_one(".ask--question", Static).content) == "Cancel [b]x[/b]␛[2J?"


@pytest.mark.parametrize("junk", ["x", "..", "aaa"])
async def test_a_reason_without_a_word_is_asked_for_again(junk: str) -> None:
    app = Asking(AskReason("Why?"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*junk, "enter")
        assert app.answers == []
        assert "Say it in a few words." in shown(app.screen.query_one(Field))
        await pilot.press(*" was broken", "enter")
        assert app.answers == [f"{junk} was broken"]

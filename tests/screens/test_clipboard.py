"""What is cut or copied in a field: it stays in the desk, and with the person. A terminal's clipboard may keep a history."""

from __future__ import annotations

import pytest

from tests.screens.seat import seated, small_shop
from tests.screens.test_sign_in import HERS, PIN, shared_shop, sign_in


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+x"])
async def test_the_terminal_is_not_told_what_a_field_holds(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with seated(small_shop()) as seat:
        written: list[str] = []
        monkeypatch.setattr(seat.app._driver, "write", written.append)
        await seat.type("q7q")
        await seat.press("shift+home", key, "end", "ctrl+v")
        await seat.sees("q7q" if key == "ctrl+x" else "q7qq7q")
        assert not [text for text in written if "\x1b]52" in text]


async def test_the_next_person_pastes_nothing_of_the_last_one() -> None:
    async with seated(shared_shop(), opened=False) as seat:
        await sign_in(seat, PIN)
        await seat.sees("Look up")
        await seat.type("q7q")
        await seat.press("shift+home", "ctrl+x", "f7", "down")
        await sign_in(seat, HERS)
        await seat.sees("Sue Park, supervisor")
        await seat.press("ctrl+v", "z", "z", "z")
        await seat.sees("Nothing found")
        assert "q7q" not in seat.text

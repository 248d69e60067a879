"""German is complete, fits its values and keys, and fits the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from rich.cells import cell_len

from csr_tui.catalogue import texts
from csr_tui.language import languages, speak
from rma.wording import English
from screens import formats
from screens.commands import key_line, line_width
from screens.commands.registry import BY_SCREEN, all_places
from screens.return_fields import FIELDS
from tests.pseudo import speaking
from tests.screens.seat import seated, small_shop

KEY = re.compile(r"\b(?:F\d{1,2}|Ctrl\+[A-Z]|Esc)\b")
LABEL_CELLS = 12
"""Of a field's label, before the sign that it has to be filled in."""
LABEL_COLUMN = 15
"""Of a command's label in the palette, with the blank behind it."""
LINE_CELLS = 78
"""Of the key line at 80 columns."""


@pytest.fixture(scope="module")
def german() -> Catalog:
    return read_po(BytesIO((files("csr_tui") / "locale" / "de.po").read_bytes()))


@pytest.fixture
def spoken() -> Iterator[None]:
    with speaking(English()):
        speak("de")
        yield
        formats.use_locale("")


def test_german_is_a_language_of_the_desk() -> None:
    assert "de" in languages()


def test_every_text_is_translated_and_nothing_else(german: Catalog) -> None:
    wanted = {(message.context, _first(message)) for message in texts() if message.id}
    there = {(message.context, _first(message)) for message in german if message.id}
    empty = [_first(message) for message in german if message.id and not all(_said(message))]

    assert (wanted - there, there - wanted) == (set(), set())
    assert empty == []


def test_every_text_names_the_values_of_the_english_one(german: Catalog) -> None:
    wrong = [
        _first(message)
        for message in german
        if _values(message.id) != _values(message.string)
        or any(not _values(form) <= _values(message.id) for form in _said(message))
    ]
    assert wrong == []


def test_every_text_names_the_keys_of_the_english_one(german: Catalog) -> None:
    wrong = [
        (_first(message), form)
        for message in german
        if message.id
        for form in _said(message)
        if set(KEY.findall(form)) != set(KEY.findall(_first(message)))
    ]
    assert wrong == []


@pytest.mark.parametrize("screen", BY_SCREEN)
def test_the_key_line_has_room_for_the_same_keys_of_the_screen(screen: str, spoken: None) -> None:
    in_german = key_line(BY_SCREEN[screen], LINE_CELLS)
    with speaking(English()):
        in_english = key_line(BY_SCREEN[screen], LINE_CELLS)

    assert set(in_english).intersection(BY_SCREEN[screen]) <= set(in_german)
    assert line_width(in_german) <= LINE_CELLS


def test_labels_of_fields_fit_their_cells(spoken: None) -> None:
    assert [spec.shown_label for spec in FIELDS if cell_len(spec.shown_label) > LABEL_CELLS] == []


def test_labels_of_commands_fit_their_column_of_the_palette(spoken: None) -> None:
    labels = [command.shown_label for _, commands in all_places() for command in commands]
    assert [label for label in labels if cell_len(label) >= LABEL_COLUMN] == []


async def test_the_desk_speaks_german(spoken: None) -> None:
    async with seated(small_shop(), opened=False) as seat:
        await seat.sees("Suche", "F1 Hilfe", "F8 Freigaben", "ONLINE")
        await seat.type("zzzz")
        await seat.sees("Nichts gefunden.")


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _said(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _values(forms: object) -> set[str]:
    said = (forms,) if isinstance(forms, str) else forms
    assert isinstance(said, tuple | list)
    return {name for form in said for _text, name, _spec, _kind in Formatter().parse(form) if name}

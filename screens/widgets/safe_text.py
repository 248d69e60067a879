"""Text from outside, made harmless for a terminal.

Names, notes and SKUs may hold escape sequences, markup or characters that turn the reading direction. Everything shown
goes through `plain`, and is then drawn as `rich.text.Text` or with `markup=False`, never parsed.
"""

from __future__ import annotations

import re
import unicodedata

from rich.cells import cell_len, set_cell_size

_REPLACEMENT = "\ufffd"
_SPACES = frozenset("\t\n\r\v\f\u2028\u2029\u0085")
_SURROGATES = re.compile("[\ud800-\udfff]")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories without a shape of their own: controls, format characters (bidi, zero width), surrogates."""


def plain(text: str, limit: int = 0) -> str:
    """`text` on one line, with everything that is invisible or moves the cursor shown as a visible mark.

    Tabs and line breaks become spaces, C0 controls their pictures (ESC is `␛`), C1, bidi and zero-width characters
    `�`. A `limit` above 0 cuts to that many terminal cells, with `…`.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_shown, text))
    return shorten(text, limit) if limit > 0 else text


def typed(text: str) -> str:
    """Text as it comes from a keyboard or the clipboard, without the halves of characters (lone surrogates)."""
    return _SURROGATES.sub("", text)


def plain_lines(text: str) -> list[str]:
    """The same for text of several lines; its line breaks are kept."""
    return [plain(line) for line in text.splitlines()] or [""]


def shorten(text: str, cells: int) -> str:
    """`text` in at most `cells` terminal cells; what is cut ends in `…`."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip() + "…" if cells > 1 else "…"[:cells]


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """`text` in exactly `cells` terminal cells; `right` puts the blanks before it, as for money."""
    text = shorten(text, cells)
    blanks = " " * (cells - cell_len(text))
    return blanks + text if right else text + blanks


def _shown(character: str) -> str:
    if character in _SPACES:
        return " "
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else _REPLACEMENT

"""Text from outside, made harmless for a terminal.

Names, notes and SKUs may hold escape sequences, markup or characters that turn the reading direction. Everything shown
goes through `plain`, and is then drawn as `rich.text.Text` or with `markup=False`, never parsed.
"""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size

from rma.harmless import harmless

_SURROGATES = re.compile("[\ud800-\udfff]")


def plain(text: str, limit: int = 0) -> str:
    """`text` made `harmless`; a `limit` above 0 cuts it to that many terminal cells, with `…`."""
    text = harmless(text)
    return shorten(text, limit) if limit > 0 else text


def typed(text: str) -> str:
    """Text as it comes from a keyboard or the clipboard, without the halves of characters (lone surrogates)."""
    return _SURROGATES.sub("", text)


def plain_lines(text: str) -> list[str]:
    """`plain` for text of several lines; its line breaks are kept."""
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

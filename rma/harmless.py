"""Text from outside, made harmless for a terminal; small, for screens and for what is printed without one."""

from __future__ import annotations

import unicodedata

_REPLACEMENT = "\ufffd"
_SPACES = frozenset("\t\n\r\v\f\u2028\u2029\u0085")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories without a shape of their own: controls, format characters (bidi, zero width), surrogates."""
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and signs by their category, but nothing is drawn for them."""
_MARKS = frozenset({"Mn", "Me"})
"""Categories of accents, which stand in the cell of the letter before them."""
_MOST_MARKS = 4
"""No language writes more on one letter; a thousand of them hide in one cell."""


def harmless(text: str) -> str:
    """`text` on one line, with everything that is invisible or moves the cursor shown as a visible mark.

    Tabs and line breaks become spaces, C0 controls their pictures (ESC is `␛`), C1, bidi and zero-width characters
    `�`. So do accents that are heaped on one letter.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in _MARKS else 0
        shown.append(_shown(character) if marks <= _MOST_MARKS else _REPLACEMENT)
    return "".join(shown)


def harmless_lines(text: str) -> str:
    """The same for text of several lines; its line feeds are kept."""
    return "\n".join(map(harmless, text.split("\n")))


def _shown(character: str) -> str:
    if character in _SPACES:
        return " "
    if unicodedata.category(character) not in _INVISIBLE and character not in _BLANK_LETTERS:
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else _REPLACEMENT

"""Text from outside, made harmless for a terminal; small, for screens and for what is printed without one."""

from __future__ import annotations

import unicodedata

_REPLACEMENT = "\ufffd"
_SPACES = frozenset("\t\n\r\v\f\u2028\u2029\u0085")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories without a shape of their own: controls, format characters (bidi, zero width), surrogates."""


def harmless(text: str) -> str:
    """`text` on one line, with everything that is invisible or moves the cursor shown as a visible mark.

    Tabs and line breaks become spaces, C0 controls their pictures (ESC is `␛`), C1, bidi and zero-width characters
    `�`.
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def harmless_lines(text: str) -> str:
    """The same for text of several lines; its line feeds are kept."""
    return "\n".join(map(harmless, text.split("\n")))


def _shown(character: str) -> str:
    if character in _SPACES:
        return " "
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else _REPLACEMENT

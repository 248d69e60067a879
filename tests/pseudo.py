"""Languages that nobody speaks, so that a text that is not in the catalogue is seen.

`Bracketed` puts every text in ⟦ ⟧, for sentences. `Disguised` writes it in letters of its own, for screens, where texts
are wrapped and cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from string import Formatter, ascii_letters

from rma import wording
from screens import formats


class Bracketed(wording.English):
    """Each text once through the catalogue; days and amounts as in English."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, one: str, many: str, n: int) -> str:
        return f"⟦{super().ngettext(one, many, n)}⟧"

    def pgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧"


_SANS = "".join(map(chr, [*range(0x1D5BA, 0x1D5D4), *range(0x1D5A0, 0x1D5BA)]))
_TO_SANS = str.maketrans(ascii_letters, _SANS)
_FROM_SANS = str.maketrans(_SANS, ascii_letters)


class Disguised(wording.English):
    """Each text in sans-serif letters, one cell each, with the names of its values as they are."""

    def gettext(self, message: str) -> str:
        return "".join(
            literal.translate(_TO_SANS) + (f"{{{name}{':' * bool(spec)}{spec}}}" if name else "")
            for literal, name, spec, _ in Formatter().parse(message)
        )

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(super().ngettext(one, many, n))

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def day(self, day: date) -> str:
        return super().day(day).translate(_TO_SANS)


def undisguised(text: str) -> str:
    """A screen as it reads in English."""
    return text.translate(_FROM_SANS)


@contextmanager
def speaking(language: wording.Language) -> Iterator[None]:
    """Speak a language inside the block, and English again after it."""
    wording.use(language)
    try:
        yield
    finally:
        wording.use(wording.English())
        formats.use_locale("")


def outside(text: str) -> str:
    """What of a text stands in no ⟦ ⟧: data, or a text that was forgotten."""
    depth, left = 0, []
    for character in text:
        depth += (character == "⟦") - (character == "⟧")
        if depth == 0 and character != "⟧":
            left.append(character)
    return "".join(left)

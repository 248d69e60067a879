"""A language that nobody speaks: every text stands in ⟦ ⟧, so that a text that is not in the catalogue is seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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

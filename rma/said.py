"""Whether a reason that was typed says anything: it is read by a supervisor, or on an audit years later."""

from __future__ import annotations

FEWEST_LETTERS = 3
"""Letters and digits of a reason."""
_FIRST_IDEOGRAPH = "\u2e80"
"""From here on one or two characters are a word."""


def says_something(text: str) -> bool:
    """Whether a reason has a word in it: not one letter, not one letter again and again, not signs alone."""
    characters = [character for character in text.casefold() if character.isalnum()]
    if any(character >= _FIRST_IDEOGRAPH for character in characters):
        return True
    return len(characters) >= FEWEST_LETTERS and len(set(characters)) > 1

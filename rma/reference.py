"""The number of a case in another system, such as the CRM: short, and harmless wherever it is pasted."""

from __future__ import annotations

LONGEST = 40
"""Characters of a case number."""
_SIGNS = frozenset("-_/#.: ")


def is_reference(text: str) -> bool:
    """Whether a text can be a case number; none at all is one, too."""
    fits = all(c.isascii() and (c.isalnum() or c in _SIGNS) for c in text)
    return fits and len(text) <= LONGEST

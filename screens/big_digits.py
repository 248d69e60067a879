"""A number drawn large with block characters, to be read from an arm's length."""

from __future__ import annotations

ROWS = 5
"""Height of a digit in cells."""

_GAP = " "
_GROUP_GAP = "     "

_SHAPES = {
    "0": ("█████", "██ ██", "██ ██", "██ ██", "█████"),
    "1": ("  ██ ", "████ ", "  ██ ", "  ██ ", "█████"),
    "2": ("█████", "   ██", "█████", "██   ", "█████"),
    "3": ("█████", "   ██", " ████", "   ██", "█████"),
    "4": ("██ ██", "██ ██", "█████", "   ██", "   ██"),
    "5": ("█████", "██   ", "█████", "   ██", "█████"),
    "6": ("█████", "██   ", "█████", "██ ██", "█████"),
    "7": ("█████", "   ██", "  ██ ", "  ██ ", "  ██ "),
    "8": ("█████", "██ ██", "█████", "██ ██", "█████"),
    "9": ("█████", "██ ██", "█████", "   ██", "█████"),
}


def big_digits(spoken: str) -> tuple[str, ...]:
    """The rows of a number grouped by blanks, such as `471 2039 5870`: 73 cells wide for eleven digits."""
    return tuple(
        _GROUP_GAP.join(
            _GAP.join(_SHAPES[digit][row] for digit in group) for group in spoken.split()
        )
        for row in range(ROWS)
    )

"""A return slip as plain text: for a screen, a file and a mail."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import combining, east_asian_width

from rma.return_slip import Slip, SlipRow

WIDTH = 72
"""Cells of a row in files and mails."""
_INDENT = 2
_LABEL = 14


def slip_text(slip: Slip, width: int = WIDTH) -> str:
    """The slip in rows of at most `width` cells (20 or more), with a line feed behind each."""
    return "".join(f"{row.rstrip()}\n" for row in _rows(slip, max(20, width)))


def _rows(slip: Slip, width: int) -> Iterator[str]:
    yield from _wrap(slip.shop, width)
    yield from _wrap(f"{slip.title} {slip.spoken}", width)
    if slip.notice:
        yield ""
        yield from _wrap(f"! {slip.notice}", width)
    for part in slip.parts:
        yield ""
        yield from _wrap(part.heading.upper(), width)
        for row in part.rows:
            yield from _row(row, width)


def _row(row: SlipRow, width: int) -> Iterator[str]:
    indent = " " * _INDENT
    if row.amount:
        *above, last = _wrap(row.text, width - _INDENT - cells(row.amount) - 2) or [""]
        yield from (indent + text for text in above)
        blanks = " " * max(1, width - _INDENT - cells(last) - cells(row.amount))
        yield f"{indent}{last}{blanks}{row.amount}"
        return
    label = row.label + " " * (_LABEL - cells(row.label)) if row.label else ""
    if label and cells(label) > _LABEL:
        yield from (indent + text for text in _wrap(row.label, width - _INDENT))
        label = " " * _LABEL
    hanging = " " * cells(label)
    for at, text in enumerate(_wrap(row.text, width - _INDENT - cells(label))):
        yield f"{indent}{hanging if at else label}{text}"


def cells(text: str) -> int:
    """Cells that a text takes in a terminal: wide signs two, accents none."""
    return sum(_cells(sign) for sign in text)


def _cells(sign: str) -> int:
    if combining(sign):
        return 0
    return 2 if east_asian_width(sign) in "WF" else 1


def _wrap(text: str, width: int) -> list[str]:
    """The text in rows; a word that is longer than a row is broken."""
    width = max(2, width)
    rows, row = [], ""
    for word in text.split():
        joined = f"{row} {word}" if row else word
        if cells(joined) <= width:
            row = joined
            continue
        if row:
            rows.append(row)
        *full, row = _broken(word, width)
        rows += full
    return [*rows, row] if row else rows


def _broken(word: str, width: int) -> list[str]:
    pieces, piece, used = [], "", 0
    for sign in word:
        size = _cells(sign)
        if used + size > width:
            pieces.append(piece)
            piece, used = "", 0
        piece, used = piece + sign, used + size
    return [*pieces, piece]

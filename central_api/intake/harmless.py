"""Text from outside: what the records keep of it, and how the reject file shows it.

Control characters, terminal escapes and marks that turn the writing direction never reach a record. The reject file
shows them in letters (`\\x1b`), so that reading it does nothing to the terminal or the spreadsheet.
"""

from __future__ import annotations

import re

SHOWN = 2000
"""Characters of a rejected row that the reject file shows."""

_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links
    r"|\x1b[ -/]*[0-~]"
)
_BLANK = re.compile(r"[\t\n\x0b\x0c\r\x85\u2028\u2029]+")
_HARMFUL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UNSHOWN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def clean(text: str) -> str:
    """`text` without what a terminal would act on, and without blanks at its ends."""
    if text.isprintable():
        return text.strip()
    text = _ESCAPE.sub("", text)
    text = _BLANK.sub(" ", text)
    text = _HARMFUL.sub("", text)
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).strip()


def shown(text: str) -> str:
    """`text` as the reject file shows it: nothing in it acts on a terminal or a spreadsheet."""
    if len(text) > SHOWN:
        text = text[:SHOWN] + "…"
    if not text.isprintable():
        text = _UNSHOWN.sub(_spelt, text)
    return "'" + text if text.startswith(("=", "+", "-", "@")) else text


def _spelt(match: re.Match[str]) -> str:
    code = ord(match.group())
    known = {9: r"\t", 10: r"\n", 13: r"\r"}
    return known.get(code) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")

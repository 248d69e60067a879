"""What the search compares: names, phones, e-mails, postcodes and order numbers in one spelling each.

Names are split here, not by SQLite: with `detail=none` a query term that the tokenizer splits raises. The index uses
the `ascii` tokenizer, which splits our words nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

NAME_INDEX = (
    "CREATE VIRTUAL TABLE customer_name USING fts5("
    "words, content='', columnsize=0, detail=none, prefix='1 2 3 4 5 6 7 8', tokenize='ascii')"
)
"""Contentless: it holds terms and row ids only. A prefix without an index of its own is slow where it matches many
names: SQLite then reads all of them before it gives the first."""

MOST_WORDS, LONGEST_WORD = 16, 40
"""What is longer tells nobody apart, and may be a mistake or an attack."""

_STROKES = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
        "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ƶ": "z", "ɨ": "i",
    }
)  # fmt: skip
"""Letters that no decomposition takes apart; `ß` becomes `ss` by case folding."""

_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""How the same names are written where the letters are missing: Müller is Muller and Mueller."""

_NO_DIGITS = re.compile("[^0-9]+")
_APOSTROPHES = re.compile("['’‘ʼʹ`´]")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_TAIL = "\U0010ffff"
"""Sorts after every text that goes on."""


def spellings(text: str) -> list[tuple[str, ...]]:
    """The words of a name, each in the spellings under which it may be known; the plain one first."""
    spelled: list[tuple[str, ...]] = []
    for part in text[:1000].split():
        spelled += _known_spellings(part) if len(part) <= LONGEST_WORD else _spellings(part)
    return spelled[:MOST_WORDS]


def _spellings(part: str) -> list[tuple[str, ...]]:
    if part.isascii():
        plain = _APOSTROPHES.sub("", part.lower())
        return [(word[:LONGEST_WORD],) for word in _ASCII_WORDS.findall(plain)]
    folded = unicodedata.normalize("NFC", part).casefold()
    pairs = zip(_words(folded), _words(folded.translate(_DIGRAPHS)), strict=False)
    return [tuple(dict.fromkeys(pair)) for pair in pairs]


_known_spellings = lru_cache(maxsize=8_192)(_spellings)
"""The same names come again and again in a first download."""


def name_key(name: str) -> str:
    """What the index holds of a name: every spelling of every word, once."""
    return " ".join(dict.fromkeys(word for words in spellings(name) for word in words))


def match_expression(words: Iterable[tuple[str, ...]], *, whole: int) -> str:
    """An FTS5 query for all words at once, the first so many `whole`, the others as prefixes.

    Words hold letters and digits only.
    """
    return " AND ".join(
        "(" + " OR ".join(f'"{spelling}"' + "*" * (place >= whole) for spelling in word) + ")"
        for place, word in enumerate(words)
    )


def whole_matches(key: str, words: Sequence[tuple[str, ...]]) -> int:
    """How many of the words stand in the key as a whole."""
    known = frozenset(key.split())
    return sum(1 for word in words if not known.isdisjoint(word))


def reversed_digits(phone: str) -> str:
    """The digits of a phone number from its end, in ASCII; 40 at most."""
    if phone.isascii():
        return _NO_DIGITS.sub("", phone[:200])[::-1][:40]
    digits = (unicodedata.decimal(character, None) for character in phone[:200])
    return "".join(str(digit) for digit in digits if digit is not None)[::-1][:40]


def email_key(email: str) -> str:
    """An e-mail address, whatever its case."""
    return storable(email.strip()[:320]).lower()


def code_key(text: str) -> str:
    """A postcode or an order number: letters and digits alone, whatever their case."""
    if text.isascii() and text.isalnum():
        return text[:80].lower()
    folded = unicodedata.normalize("NFKC", text[:200]).casefold()
    return "".join(character for character in folded if character.isalnum())[:80]


def storable(text: str) -> str:
    """The text without halves of characters, which SQLite cannot take."""
    return text.encode(errors="ignore").decode()


def after(prefix: str) -> str:
    """The end of the range of texts that start with `prefix`."""
    return prefix + _TAIL


def _words(folded: str) -> list[str]:
    plain = _APOSTROPHES.sub("", folded)
    decomposed = unicodedata.normalize("NFKD", plain).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_STROKES)
    spaced = "".join(c if c.isalnum() else " " for c in bare)
    return [word[:LONGEST_WORD] for word in spaced.split()]

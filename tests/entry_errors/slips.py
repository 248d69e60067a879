"""Slips of the finger and the ear: what becomes of a text that is typed or heard wrong."""

from __future__ import annotations

from random import Random

_DIGITS = "0123456789"


def wrong_digit(text: str, random: Random) -> str:
    """One digit is another one."""
    at = random.choice([i for i, c in enumerate(text) if c in _DIGITS])
    other = random.choice([digit for digit in _DIGITS if digit != text[at]])
    return text[:at] + other + text[at + 1 :]


def swapped(text: str, random: Random) -> str:
    """Two neighbours that differ have changed places; the text itself where all are alike."""
    places = [
        i for i in range(len(text) - 1) if text[i] != text[i + 1] and text[i : i + 2].isalnum()
    ]
    if not places:
        return text
    at = random.choice(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def dropped(text: str, random: Random) -> str:
    """One character is not there."""
    at = random.randrange(len(text))
    return text[:at] + text[at + 1 :]


def doubled(text: str, random: Random) -> str:
    """One character is there twice."""
    at = random.randrange(len(text))
    return text[: at + 1] + text[at:]


def wrong_letter(text: str, random: Random) -> str:
    """One letter is its neighbour in the alphabet."""
    at = random.choice([i for i, c in enumerate(text) if c.isalpha()])
    other = chr(ord(text[at]) + 1) if text[at] not in "zZ" else "a"
    return text[:at] + other + text[at + 1 :]

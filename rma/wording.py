"""The one door through which every text for people passes, so that a language is one file.

English stands in the code and is the key. A text with values names them: `_("{count} left").format(count=3)`. The
program says once, at its start, which language it speaks; without that it speaks English, as the server always does.

How a text is wrapped:

    _("Ask what condition it is in.")                       a text
    plural("{n} day", "{n} days", days).format(n=days)      a text that counts
    words(RmaState.NEEDS_APPROVAL)                          a member of an enumeration: `needs approval`
    _TITLES = {...: mark("Drafts")}; _(_TITLES[kind])       a table that is made before the language is known
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Protocol


class Language(Protocol):
    """What a language brings; the first three are those of `gettext.NullTranslations`."""

    def gettext(self, message: str, /) -> str:
        """The text in this language."""

    def ngettext(self, one: str, many: str, n: int, /) -> str:
        """The form of the text that goes with `n`."""

    def pgettext(self, context: str, message: str, /) -> str:
        """The text where it means what `context` says."""

    def inside(self, name: str, /) -> str:
        """The name of something as it is written inside a sentence."""

    def day(self, day: date, /) -> str:
        """A day as it is read to a caller."""

    def short_day(self, day: date, /) -> str:
        """A day in numbers."""

    def money(self, amount: str, currency: str, /) -> str:
        """A plain decimal with its currency."""


class English:
    """The language of the code."""

    def gettext(self, message: str) -> str:
        """The text as it stands."""
        return message

    def ngettext(self, one: str, many: str, n: int) -> str:
        """One, or many."""
        return one if n == 1 else many

    def pgettext(self, context: str, message: str) -> str:
        """The text as it stands."""
        return message

    def inside(self, name: str) -> str:
        """With small letters."""
        return name.lower()

    def day(self, day: date) -> str:
        """`10 December 2026`, whatever the locale of the process is."""
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def short_day(self, day: date) -> str:
        """`2026-12-10`."""
        return f"{day:%Y-%m-%d}"

    def money(self, amount: str, currency: str) -> str:
        """`12.50 EUR`."""
        return f"{amount} {currency}"


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_spoken: Language = English()


def use(language: Language) -> None:
    """Speak this language from now on; called once, before the first text is shown."""
    global _spoken  # noqa: PLW0603  a process speaks one language
    _spoken = language


def _(text: str) -> str:
    """`text` in the language of this process."""
    return (
        _spoken.gettext(text) if text else ""
    )  # in gettext an empty text stands for the file's head


def plural(one: str, many: str, n: int) -> str:
    """The form that goes with `n`; both forms name it `{n}` where they say it."""
    return _spoken.ngettext(one, many, n)


def words(member: Enum) -> str:
    """A member of an enumeration for people: `needs approval`. The enumeration's name is the context."""
    return _spoken.pgettext(type(member).__name__, str(member.value).replace("_", " "))


def inside(name: str) -> str:
    """The name of a field or a value inside a sentence: `Reason` is `reason` there in English, `Grund` in German."""
    return _spoken.inside(name)


def mark(text: str) -> str:
    """`text` as it stands, found by whoever collects the texts; `_` is said where it is shown."""
    return text


def day(day: date) -> str:
    """A day as it is read to a caller: `10 December 2026`."""
    return _spoken.day(day)


def short_day(day: date) -> str:
    """A day in numbers: `2026-12-10`."""
    return _spoken.short_day(day)


def money(amount: str, currency: str) -> str:
    """A plain decimal with its currency, for people: `12.50 EUR`."""
    return _spoken.money(amount, currency)

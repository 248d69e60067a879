"""The language of the desk: texts from one `.po` file, days, amounts and phone numbers by its locale.

English is the language of the code and needs nothing of this: babel is loaded for another one alone. `en_GB` keeps
English texts and writes dates as in Britain.
"""

from __future__ import annotations

from datetime import date
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, TypeAlias

from rma import wording
from screens import formats

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ENGLISH = "en"
_NOUNS_ARE_CAPITAL = ("de", "lb")

_Text: TypeAlias = "str | tuple[str, ...] | list[str]"
"""One form, or one and many."""


def unknown_language(language: str) -> str:
    """What is wrong with the name of a language, in a sentence; empty where nothing is."""
    if language in ("", ENGLISH):
        return ""
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(language)
    except (ValueError, UnknownLocaleError):
        return wording._("this is no language: write one like de or en_GB.")
    if language.partition("_")[0] == ENGLISH or _file(language) is not None:
        return ""
    said = wording._("there are no texts in this language: choose one of {languages}.")
    return said.format(languages=", ".join(languages()))


def languages() -> tuple[str, ...]:
    """Languages that there are texts in."""
    folder = files("csr_tui") / "locale"
    names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    return (ENGLISH, *sorted(name[:-3] for name in names if name.endswith(".po")))


def speak(language: str) -> None:
    """Speak a language from now on; called once, before the first text is shown. Empty is English.

    `unknown_language` has nothing against it.
    """
    if language in ("", ENGLISH):
        return
    formats.use_locale(language)
    file = _file(language)
    texts = GNUTranslations(BytesIO(_compiled(file))) if file else NullTranslations()
    wording.use(Localized(texts, language))


class Localized:
    """Texts of a catalogue, and days and amounts as its readers write them."""

    def __init__(self, texts: NullTranslations, locale: str) -> None:
        self.gettext = texts.gettext
        self.ngettext = texts.ngettext
        self._texts = texts
        self._locale = locale

    def pgettext(self, context: str, message: str) -> str:
        """The text where it means what `context` says."""
        return self._texts.pgettext(context, message)

    def inside(self, name: str) -> str:
        """With small letters, where the language has them for nouns."""
        return name if self._locale.startswith(_NOUNS_ARE_CAPITAL) else name.lower()

    def day(self, day: date) -> str:
        """`10. Dezember 2026`."""
        from babel.dates import format_date

        return str(format_date(day, "long", self._locale))

    def short_day(self, day: date) -> str:
        """`10.12.2026`."""
        return formats.date(day)

    def money(self, amount: str, currency: str) -> str:
        """`12,50 EUR`."""
        return f"{formats.decimal(amount, currency)} {currency}"


def read_texts(file: Traversable | Path) -> Catalog:
    """A `.po` file. What would break a sentence is left out, so that it stands in English.

    That is: a value that the English text does not name or formats otherwise, or a text that cannot be filled in.
    """
    from babel.messages.pofile import read_po

    catalog = read_po(BytesIO(file.read_bytes()))
    for message in list(catalog):
        if message.id and not _fits(message.id, message.string):
            catalog.delete(message.id, message.context)
    return catalog


def _file(language: str) -> Traversable | None:
    """Texts of the very locale, else of its language."""
    folder = files("csr_tui") / "locale"
    for name in dict.fromkeys((language, language.partition("_")[0])):
        if (file := folder / f"{name}.po").is_file():
            return file
    return None


def _compiled(file: Traversable) -> bytes:
    from babel.messages.mofile import write_mo

    out = BytesIO()
    write_mo(out, read_texts(file))
    return out.getvalue()


def _fits(said: _Text, translated: _Text | None) -> bool:
    forms = (said,) if isinstance(said, str) else said
    strings = (translated,) if isinstance(translated, str) else translated or ()
    named = {value for form in forms for value in _values(form)}
    try:
        return all(named.issuperset(_values(string)) for string in strings if string)
    except ValueError:
        return False


def _values(text: str) -> set[tuple[str, str | None, str | None]]:
    """Name, format and conversion of each value: another format can fail, or fill the memory with blanks."""
    parsed = Formatter().parse(text)
    return {(name, format_, how) for _, name, format_, how in parsed if name is not None}

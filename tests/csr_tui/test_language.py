"""A language is one file: texts, days, amounts and phone numbers follow it."""

from __future__ import annotations

import ast
import re
from datetime import date, datetime
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from csr_tui.catalogue import PACKAGES, bring_up_to_date, texts
from csr_tui.language import Localized, languages, read_texts, unknown_language
from rma import wording
from rma.states import RmaState
from rma.wording import _, plural, words
from screens import formats
from tests.csr_tui.plain.talking import talk
from tests.pseudo import Bracketed, outside, speaking
from tests.rma.gallery import everything
from tests.screens.seat import small_shop

HEAD = 'msgid ""\nmsgstr "Language: de\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n'


def german(tmp_path: Path, *messages: str) -> Localized:
    """German with these texts, as the desk reads them."""
    file = tmp_path / "de.po"
    file.write_text("\n".join((HEAD, *messages)))
    out = BytesIO()
    write_mo(out, read_texts(file))
    formats.use_locale("de")
    return Localized(GNUTranslations(BytesIO(out.getvalue())), "de")


def test_english_stands_in_the_code() -> None:
    assert _("Ask for a phone number.") == "Ask for a phone number."
    assert plural("{n} line", "{n} lines", 2).format(n=2) == "2 lines"
    assert words(RmaState.NEEDS_APPROVAL) == "needs approval"
    assert wording.day(date(2026, 12, 10)) == "10 December 2026"
    assert wording.money("12.50", "EUR") == "12.50 EUR"


def test_a_file_gives_texts_plurals_and_the_words_of_enumerations(tmp_path: Path) -> None:
    language = german(
        tmp_path,
        'msgid "Ask for a phone number."\nmsgstr "Nach der Telefonnummer fragen."\n',
        'msgid "{n} line"\nmsgid_plural "{n} lines"\nmsgstr[0] "{n} Zeile"\nmsgstr[1] "{n} Zeilen"\n',
        'msgctxt "RmaState"\nmsgid "needs approval"\nmsgstr "wartet auf Freigabe"\n',
    )

    with speaking(language):
        assert _("Ask for a phone number.") == "Nach der Telefonnummer fragen."
        assert plural("{n} line", "{n} lines", 2).format(n=2) == "2 Zeilen"
        assert words(RmaState.NEEDS_APPROVAL) == "wartet auf Freigabe"
        assert wording.day(date(2026, 12, 10)) == "10. Dezember 2026"
        assert wording.money("1234.50", "EUR") == "1.234,50 EUR"
        assert _("not in the file") == "not in the file"
        assert _("") == ""


@pytest.mark.parametrize("broken", ["{cout} fehlt", "{count", "{0}"])
def test_a_text_that_cannot_be_filled_in_stands_in_english(tmp_path: Path, broken: str) -> None:
    message = f'msgid "{{count}} queued"\nmsgstr "{broken}"\n'

    with speaking(german(tmp_path, message)):
        assert _("{count} queued").format(count=3) == "3 queued"


@pytest.mark.parametrize("broken", ["{count:.2q}", "{count:>99999999999}", "{count!r}"])
def test_a_text_that_formats_a_value_otherwise_stands_in_english(
    tmp_path: Path, broken: str
) -> None:
    message = f'msgid "{{count}} queued"\nmsgstr "{broken}"\n'

    with speaking(german(tmp_path, message)):
        assert _("{count} queued") == "{count} queued"


def test_every_text_of_the_rules_is_in_the_catalogue() -> None:
    with speaking(Bracketed()):
        assessments = [assessment for _name, assessment in everything()]
    said = {f.sentence for a in assessments for f in a.all_findings}
    said |= {m.sentence for a in assessments for m in a.missing}

    assert len(said) > 40
    assert [sentence for sentence in said if outside(sentence).strip(" .")] == []


def test_every_question_of_plain_mode_is_in_the_catalogue() -> None:
    with speaking(Bracketed()):
        told = talk(small_shop(), "100001", "1", "1", "1", "1", "x", "3", "", "1", "", "2", "1")

    prompts = [re.sub(r"\[.*\]$", "", line.partition(": ")[0]) for line in told.lines]
    asked = [prompt for prompt in prompts if prompt.startswith("⟦")]
    assert len(asked) > 10
    assert [prompt for prompt in asked if outside(prompt).strip(" .,")] == []


def test_the_catalogue_holds_texts_of_every_layer_with_both_forms_of_what_counts() -> None:
    catalog = texts()

    assert "Ask for an e-mail address." in catalog
    assert (
        "Nothing found. Try the order number, the end of the phone number, or less of the name."
        in catalog
    )
    assert "What does the caller say, or a number" in catalog
    assert catalog.get("{n} line").id == ("{n} line", "{n} lines")
    assert catalog.get("needs approval", "RmaState") is not None


def test_no_text_stands_inside_an_f_string_where_it_is_overlooked() -> None:
    root = Path(wording.__file__).parent.parent
    overlooked = [
        f"{path.relative_to(root)}:{call.lineno}"
        for package in PACKAGES
        for path in (root / package).rglob("*.py")
        for within in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(within, ast.JoinedStr)
        for call in ast.walk(within)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("_", "mark", "plural")
        and isinstance(call.args[0], ast.Constant)
    ]
    assert overlooked == []


def test_bringing_a_file_up_to_date_keeps_what_was_translated(tmp_path: Path) -> None:
    file = tmp_path / "de.po"
    file.write_text(
        HEAD
        + '\nmsgid "Ask for a phone number."\nmsgstr "Nach der Telefonnummer fragen."\n'
        + '\nmsgid "gone"\nmsgstr "weg"\n'
    )

    bring_up_to_date(file)

    known = read_po(BytesIO(file.read_bytes()))
    assert known.get("Ask for a phone number.").string == "Nach der Telefonnummer fragen."
    assert known.get("gone") is None
    assert known.get("Ask for an e-mail address.").string == ""


@pytest.mark.parametrize(
    ("language", "wrong"),
    [
        ("", ""),
        ("en", ""),
        ("en_GB", ""),
        ("xx_yy_zz", "this is no language: write one like de or en_GB."),
        ("../de", "this is no language: write one like de or en_GB."),
        ("eo", f"there are no texts in this language: choose one of {', '.join(languages())}."),
    ],
)
def test_a_language_without_texts_is_refused_with_the_remedy(language: str, wrong: str) -> None:
    assert unknown_language(language) == wrong


# --- days, amounts, phone numbers


def test_without_a_locale_everything_stands_as_on_every_machine() -> None:
    assert formats.money(123450, "EUR") == "1234.50 EUR"
    assert formats.date(date(2026, 11, 21)) == "2026-11-21"
    assert formats.minute(datetime(2026, 11, 20, 11, 0).astimezone()) == "2026-11-20 11:00"
    assert formats.phone("+493012345678") == "+493012345678"


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (123450, "EUR", "1.234,50"),
        (-5, "EUR", "-0,05"),
        (123450, "JPY", "123.450"),
        (123450, "BHD", "123,450"),
        (10**15 - 1, "EUR", "9.999.999.999.999,99"),
    ],
)
def test_amounts_are_exact_with_the_digits_of_their_currency(
    minor: int, currency: str, said: str
) -> None:
    formats.use_locale("de")
    try:
        assert formats.amount(minor, currency) == said
    finally:
        formats.use_locale("")


def test_days_times_and_phone_numbers_follow_the_locale(tmp_path: Path) -> None:
    with speaking(german(tmp_path)):
        assert formats.date(date(2026, 11, 21)) == "21.11.2026"
        assert formats.minute(datetime(2026, 11, 20, 9, 5).astimezone()) == "20.11.2026 09:05"
        assert wording.day(date(2026, 12, 10)) == "10. Dezember 2026"
        assert formats.phone("+493012345678") == "030 12345678"
        assert formats.phone("+441174960975") == "+44 117 496 0975"
        assert formats.phone("0117 4960") == "0117 4960"

"""Collects every text that people read into a file for translators: `python -m csr_tui.catalogue de.po`.

A file that is there is brought up to date: what was translated stays, what is new is added empty, what is gone leaves.
Laid into `csr_tui/locale`, it is a language of the desk.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from enum import Enum, StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import desk
import rma

PACKAGES = ("rma", "desk", "storage", "sync", "screens", "csr_tui")
"""Where texts for people stand."""

_KEYWORDS: dict[str, Any] = {"_": None, "mark": None, "plural": (1, 2)}
_METHOD = [("**.py", "python")]


def texts() -> Catalog:
    """Every text of the program, without translations."""
    catalog = Catalog(project="csr-tui", charset="utf-8")
    root = Path(rma.__file__).parent.parent
    for package in PACKAGES:
        for name, _line, text, _comments, context in extract_from_dir(
            root / package, _METHOD, keywords=_KEYWORDS
        ):
            catalog.add(text, locations=[(f"{package}/{name}", 1)], context=context)
    for member in _members():
        catalog.add(str(member.value).replace("_", " "), context=type(member).__name__)
    return catalog


def bring_up_to_date(path: Path) -> Catalog:
    """Write the file of a language, named after its locale; what was translated stays.

    Raises:
        ValueError, UnknownLocaleError: if the file is named after no locale.
    """
    known = read_po(BytesIO(path.read_bytes()), locale=path.stem) if path.exists() else None
    catalog = known if known is not None else _empty(path.stem)
    catalog.update(texts(), no_fuzzy_matching=True)
    out = BytesIO()
    write_po(out, catalog, width=100, ignore_obsolete=True, include_lineno=False)
    path.write_bytes(out.getvalue())
    return catalog


def _empty(locale: str) -> Catalog:
    return Catalog(
        locale=locale,
        project="csr-tui",
        version="1",
        last_translator="csr-tui",
        language_team=locale,
        msgid_bugs_address="csr-tui",
        header_comment="# Texts of csr-tui.",
        fuzzy=False,
    )


def _members() -> Iterator[Enum]:
    """Members of every enumeration of words, of the rules and the use cases: `rma.wording.words` shows them."""
    modules = (
        *pkgutil.iter_modules(rma.__path__, "rma."),
        *pkgutil.iter_modules(desk.__path__, "desk."),
    )
    for module in modules:
        for kind in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(kind, type)
                and issubclass(kind, StrEnum)
                and kind.__module__ == module.name
            ):
                yield from kind


if __name__ == "__main__":
    written = bring_up_to_date(Path(sys.argv[1]))
    left = sum(1 for message in written if message.id and not any(message.string or ()))
    sys.stdout.write(f"{len(written)} texts, {left} of them not translated yet\n")

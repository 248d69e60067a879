"""Wrong reasons, conditions, kinds and contacts."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from rma.request import Fact
from tests.entry_errors import slips
from tests.entry_errors.entry import Entry
from tests.entry_errors.kinds.kind import Kind, instead, typed


def _misspelt(field: str, word: str) -> Kind:
    def change(entry: Entry, random: Random) -> Entry | None:
        wrong = slips.swapped(word, random)
        return entry.but(**{field: wrong}) if wrong != word else None

    return typed(f"{field.replace('_', ' ')}: two letters swapped", change)


def _facts(name: str, *facts: Fact) -> Kind:
    return typed(name, lambda entry, random: replace(entry, verified=facts))


def _hardly_described(entry: Entry, random: Random) -> Entry | None:
    if entry.line.category not in ("", "home"):
        return None  # other policies ask for a photo, or for nothing
    return entry.but(reason="damaged", note="is broken")


KINDS = (
    instead("reason: left empty", reason=""),
    instead("reason: a group instead of a reason", reason="personal"),
    instead("reason: one that two reasons begin with", reason="too"),
    instead("reason: one that does not exist", reason="no longer in fashion"),
    instead("reason: does not fit faulty goods", return_type="defect", reason="changed_mind"),
    instead("reason: a courtesy on an ordinary return", reason="loyalty", note="A good customer."),
    instead("reason: needs a note and has none", reason="other", note=""),
    typed("reason: needs a description and has two words", _hardly_described),
    _misspelt("reason", "changed_mind"),
    instead("condition: left empty", condition=""),
    instead("condition: damaged goods as an ordinary return", condition="damaged"),
    instead("condition: the number of no condition", condition="9"),
    _misspelt("condition", "sealed"),
    _misspelt("resolution", "refund"),
    _misspelt("return_type", "return"),
    _misspelt("channel", "phone"),
    instead("e-mail: no @", email="buyer.example.com"),
    instead("e-mail: a comma for the point", email="buyer@example,com"),
    instead("e-mail: a blank inside", email="buyer one@example.com"),
    instead("phone: three digits", phone="112"),
    instead("contact: neither e-mail nor phone", email="", phone=""),
    instead(
        "courtesy: without a reason", return_type="goodwill", reason="other", note="Asked nicely"
    ),
    _facts("caller: one fact only", Fact.ORDER_NUMBER),
    _facts("caller: not asked, and no word why"),
)

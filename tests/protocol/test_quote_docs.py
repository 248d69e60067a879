"""The worked example of docs/quote.md is what the code says, and its golden numbers are too."""

from __future__ import annotations

import json
import re
from pathlib import Path

from rma.assessment import assess
from rma.money import parse_amount
from rma.quote import ComponentKind
from rma.slots import slot_value
from sync.protocol.quotes import quote_document, read_quote

TEXT = (Path(__file__).parents[2] / "docs" / "quote.md").read_text("utf-8")
QUESTION, ANSWER = re.findall(r"```json\n(.*?)\n```", TEXT, re.DOTALL)


def test_the_worked_example_gives_the_answer_that_is_printed() -> None:
    assert quote_document(assess(read_quote(QUESTION))) == json.loads(ANSWER)


def test_the_golden_numbers_that_are_printed_are_those_of_the_slots() -> None:
    rows = re.findall(r"^\| ([\d.]+) ([A-Z]{3}) \| (\d) \| ([\d., ]+) \|$", TEXT, re.MULTILINE)

    assert len(rows) == 5
    for paid, currency, units, worth in rows:
        gross = parse_amount(paid, currency)
        told = [parse_amount(each, currency) for each in worth.split(",")]
        assert told == [slot_value(gross, int(units), slot) for slot in range(1, int(units) + 1)]


def test_every_kind_of_component_is_explained() -> None:
    assert all(f"`{kind}`" in TEXT for kind in ComponentKind)

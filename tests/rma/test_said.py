"""A reason has to say something."""

from __future__ import annotations

import pytest

from rma.said import says_something
from tests import shop


@pytest.mark.parametrize("text", ["x", "..", "???", "aaa", "-- 1", "ok", "11111", "e\u0301e"])
def test_junk_is_no_reason(text: str) -> None:
    assert not says_something(text)


@pytest.mark.parametrize("text", ["was in hospital", "see 4711", "破損", "ill", "Größe", "брак"])
def test_a_word_is_a_reason(text: str) -> None:
    assert says_something(text)


@pytest.mark.parametrize("field", ["override_reason", "waive_fee_reason", "amount_reason"])
def test_a_line_with_a_junk_reason_is_not_complete(field: str) -> None:
    judged = shop.judged(shop.wanted(**{"amount": 100, "amount_reason": "Agreed"} | {field: "x"}))
    assert [(m.field, m.sentence) for m in judged.missing] == [(field, "Say it in a few words.")]


@pytest.mark.parametrize(
    "field",
    ["verification_skipped", "waive_shipping_fee_reason", "goodwill_reason", "destination_reason"],
)
def test_a_return_with_a_junk_reason_is_not_complete(field: str) -> None:
    judged = shop.judged(asking={field: "??"})
    assert [m.field for m in judged.missing] == [field]

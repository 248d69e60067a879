"""How many facts open a call, and what is shown before they are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.policy import Scope
from rma.reference import is_reference
from rma.request import Fact
from rma.verification import (
    Told,
    asking,
    lacking,
    masked,
    masked_email,
    masked_phone,
    masked_postcode,
    opens,
)
from tests import shop


@pytest.mark.parametrize(
    ("needed", "facts", "skipped", "open_"),
    [
        (0, (), "", True),
        (2, (), "", False),
        (2, (Fact.NAME,), "", False),
        (2, (Fact.NAME, Fact.NAME), "", False),
        (2, (Fact.NAME, Fact.PHONE), "", True),
        (2, (), "x", False),
        (2, (), "known voice", True),
    ],
)
def test_enough_facts_or_a_reason_open_the_contact_data(
    needed: int, facts: tuple[Fact, ...], skipped: str, open_: bool
) -> None:
    told = Told(call_id="1", customer_id="C-1", facts=facts, skipped=skipped)
    assert opens((shop.policy(verification=needed),), told) is open_


def test_facts_that_a_policy_does_not_take_do_not_count() -> None:
    policy = shop.policy(verification=1, verification_facts=(Fact.POSTCODE,))
    assert lacking((policy,), (Fact.NAME,)) == 1
    assert lacking((policy,), (Fact.POSTCODE,)) == 0


def test_policies_for_certain_goods_or_other_tiers_do_not_open_a_call() -> None:
    general = shop.policy(verification=1)
    toys = shop.policy(code="toys", verification=5, scope=Scope(categories=("toys",)))
    gold = shop.policy(code="gold", verification=3, scope=Scope(tiers=("gold",)))
    policies = (general, toys, gold)
    assert asking(policies, shop.customer(tier="basic"), shop.NOW) == (general,)
    assert asking(policies, shop.customer(tier="gold"), shop.NOW) == (general, gold)
    assert asking((toys,), shop.customer(), shop.NOW) == (toys,)


@given(st.text(max_size=40))
def test_a_mask_holds_no_more_than_its_hint(text: str) -> None:
    assert len(masked_email(text).replace("…@…", "")) <= 1
    digits = [c for c in text if c.isdecimal()]
    assert len([c for c in masked_phone(text) if c.isdecimal()]) <= min(4, len(digits) // 2)
    assert masked_postcode(text) in ("", "…") or len(text) > 3
    assert bool(masked_email(text)) == bool(masked_phone(text)) == bool(text)


def test_a_masked_customer_keeps_the_name_and_nothing_to_call_or_visit() -> None:
    seen = masked(shop.customer())
    assert (seen.name, seen.city) == ("Maria Müller", "")
    assert (seen.email, seen.phone, seen.postcode) == ("m…@…", "… 5678", "…15")


@pytest.mark.parametrize(
    ("text", "fits"),
    [("", True), ("CRM-47/11 #2", True), ("x" * 40, True), ("x" * 41, False), ("a\x1bb", False)],
)
def test_a_case_number_is_short_and_harmless(text: str, fits: bool) -> None:
    assert is_reference(text) is fits

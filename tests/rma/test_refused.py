"""A refused return: kept with its findings, for a cause, only where something was judged and told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rma.assessment import assess
from rma.order import TenderKind
from rma.payment import read_payment, wrong_payment
from rma.refused import RefusalCause, record_refusal
from rma.request import Actor, Role
from rma.states import IllegalTransition
from rma.verdict import Verdict
from tests import shop


def test_it_keeps_the_lines_with_their_findings_and_what_was_told() -> None:
    refused = shop.refused(shop.wanted(note="is cross"), told="  Too   late. ")

    (line,) = refused.lines
    assert (line.quantity, line.name, line.note) == (1, "Kettle", "is cross")
    assert line.reason_path == "Preference > No longer wanted"
    assert line.verdict is Verdict.INELIGIBLE
    assert refused.told == "Too late."
    assert refused.cause is RefusalCause.INELIGIBLE
    assert all(
        finding.outcome is Verdict.INELIGIBLE
        for finding in refused.all_findings
        if finding.sentence in refused.why
    )
    assert refused.why


def test_what_the_rules_allow_can_only_be_withdrawn() -> None:
    refused = shop.refused(order=shop.order(), told="wants to keep it")

    assert refused.cause is RefusalCause.WITHDRAWN
    assert refused.why == ()


@pytest.mark.parametrize("told", ["", "  ", "x", "..."])
def test_it_has_to_be_said_what_the_caller_was_told(told: str) -> None:
    with pytest.raises(IllegalTransition, match="what the caller was told"):
        shop.refused(told=told)


def test_nothing_judged_is_nothing_to_refuse() -> None:
    with pytest.raises(IllegalTransition, match="Nothing was judged"):
        shop.refused(shop.wanted("7"))


def test_the_warehouse_refuses_no_returns() -> None:
    with pytest.raises(IllegalTransition, match="warehouse makes no returns"):
        shop.refused(actor=Actor("Packer", Role.WAREHOUSE))


def test_it_names_no_number_and_is_made_now() -> None:
    case = shop.case(order=shop.order(shop.line(delivered_at=shop.NOW - timedelta(days=365))))
    refused = record_refusal(
        case, assess(case), refusal_id="D-7", device=shop.DEVICE, told="Too late."
    )

    assert (refused.refusal_id, refused.refused_at) == ("D-7", shop.NOW)
    assert not hasattr(refused, "number")


@pytest.mark.parametrize(
    ("typed", "kind", "label"),
    [
        ("card 4242", TenderKind.CARD, "4242"),
        ("Card", TenderKind.CARD, ""),
        ("gift card 99", TenderKind.GIFT_CARD, "99"),
        ("  bank   transfer ", TenderKind.BANK, "transfer"),
    ],
)
def test_a_payment_is_read_as_people_type_it(typed: str, kind: TenderKind, label: str) -> None:
    payment = read_payment(typed, 3100)

    assert (payment.kind, payment.label, payment.amount) == (kind, label, 3100)


@pytest.mark.parametrize("typed", ["", "cardboard", "gold", "card 4111 1111 1111 1111"])
def test_what_is_no_payment_or_a_whole_card_number_is_not_taken(typed: str) -> None:
    assert wrong_payment(typed)
    with pytest.raises(ValueError, match="how it was paid"):
        read_payment(typed, 3100)

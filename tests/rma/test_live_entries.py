"""No list holds a dead entry: every member of every list changes something, or is said somewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rma.assessment import Assessment
from rma.order import Charge, ChargeKind, LineKind, TenderKind, Warranty, WarrantyUnit
from rma.policy import (
    OVERRIDABLE,
    AuthorizationMode,
    ContactDuty,
    CouponRule,
    FeePayer,
    Fees,
    FinalSale,
    OriginalShipping,
    ReasonEvidence,
    ReasonPayer,
    RefundTiming,
    RoleLimit,
    Rule,
    Scope,
    Window,
    WindowStart,
)
from rma.quote import ComponentKind
from rma.reasons import Reason, ReasonWorkflow
from rma.request import (
    Actor,
    Channel,
    Condition,
    Contact,
    Evidence,
    Fact,
    Proof,
    Resolution,
    ReturnType,
    Role,
)
from rma.verdict import Verdict
from tests import shop
from tests.rma.gallery import everything

CASES = everything()


def verdict(*lines: Any, **fields: Any) -> Verdict:
    return shop.judged(*lines, **fields).verdict


def all_different(answers: list[Assessment]) -> None:
    for index, one in enumerate(answers):
        assert one not in answers[:index]


# --- what can be said --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_speaks_somewhere(rule: Rule) -> None:
    said = [a for about, a in CASES if about is rule]
    assert said
    for assessment in said:
        assert any(found.rule is rule for found in assessment.all_findings)


@pytest.mark.parametrize("outcome", list(Verdict))
def test_every_verdict_is_given_somewhere(outcome: Verdict) -> None:
    assert any(a.verdict is outcome for _, a in CASES)


@pytest.mark.parametrize("rule", OVERRIDABLE)
def test_every_overridable_rule_can_be_overridden_and_only_with_a_reason(rule: Rule) -> None:
    refusing: dict[Rule, dict[str, Any]] = {
        Rule.FINAL_SALE: {},
        Rule.CONDITION: {"conditions": ()},
        Rule.PROOF: {"proof": (Proof.RECEIPT,)},
        Rule.EVIDENCE: {
            "evidence": (ReasonEvidence(reason="preference", evidence=(Evidence.PHOTO,)),)
        },
        Rule.RESOLUTION: {"resolutions": (Resolution.STORE_CREDIT,)},
    }
    policy = refusing[rule]
    order = shop.order(shop.line(final_sale=rule is Rule.FINAL_SALE))
    refund: dict[str, Any] = {"resolution": Resolution.REFUND}
    excuse = shop.wanted(override_reason="Promised", **refund)
    strict = shop.policy(**policy)
    mild = shop.policy(overridable=(rule,), **policy)
    assert verdict(shop.wanted(**refund), order=order, policy=mild) is Verdict.INELIGIBLE
    assert verdict(excuse, order=order, policy=strict) is Verdict.INELIGIBLE
    assert verdict(excuse, order=order, policy=mild) is Verdict.NEEDS_APPROVAL


@pytest.mark.parametrize("kind", list(ComponentKind))
def test_every_component_is_part_of_some_quote(kind: ComponentKind) -> None:
    coupon = shop.order(
        shop.line("1", gross=5000),
        shop.line("2", gross=5000),
        discounts=(shop.discount({"1": 1000, "2": 1000}, minimum=10000),),
        charges=(shop.shipping(),),
        tenders=(shop.card(2000),),
    )
    policy = shop.policy(
        coupon=CouponRule.REPRICE,
        original_shipping=OriginalShipping.ALWAYS,
        fees=Fees(restocking=1000, return_shipping=shop.amounts(EUR=100)),
    )
    quotes = [
        shop.judged(order=coupon, policy=policy, asking={"goodwill": 1}).quote,
        shop.judged(shop.wanted(amount=1)).quote,
        shop.judged(shop.replaced()).quote,
    ]
    assert any(c.kind is kind for q in quotes if q for c in q.all_components)


# --- what an agent can choose ------------------------------------------------------------------------------------


def test_every_return_type_is_judged_differently() -> None:
    order = shop.order(shop.line(warranty=Warranty(2, WarrantyUnit.YEARS)))
    late = shop.NOW + timedelta(days=60)
    goodwill = {"goodwill_reason": "Loyal"}
    answers = {
        kind: verdict(order=order, at=late, asking={"return_type": kind} | goodwill)
        for kind in ReturnType
    }
    assert answers == {
        ReturnType.RETURN: Verdict.INELIGIBLE,
        ReturnType.EXCHANGE: Verdict.INELIGIBLE,
        ReturnType.DEFECT: Verdict.ELIGIBLE,
        ReturnType.GOODWILL: Verdict.NEEDS_APPROVAL,
    }


def test_a_defect_is_the_merchants_fault_whatever_the_reason() -> None:
    policy = shop.policy(fees=Fees(restocking=1500, return_shipping=shop.amounts(EUR=490)))
    quote = shop.judged(policy=policy, asking={"return_type": ReturnType.DEFECT}).quote
    assert quote is not None
    assert quote.total == 11900


@pytest.mark.parametrize("channel", list(Channel))
def test_every_channel_can_have_its_policy(channel: Channel) -> None:
    own = shop.policy("own", scope=Scope(channels=(channel,)))
    for other in Channel:
        assessment = shop.judged(policies=(shop.policy(), own), asking={"channel": other})
        expected = "own v1" if other is channel else "general v1"
        assert str(assessment.lines[0].policy) == expected


@pytest.mark.parametrize("condition", list(Condition))
def test_every_condition_is_accepted_or_not(condition: Condition) -> None:
    wish = shop.wanted(condition=condition)
    only = shop.policy(conditions=(condition,))
    rest = shop.policy(conditions=tuple(c for c in Condition if c is not condition))
    assert verdict(wish, policy=only) is Verdict.ELIGIBLE
    assert verdict(wish, policy=rest) is Verdict.INELIGIBLE


@pytest.mark.parametrize("resolution", list(Resolution))
def test_every_resolution_is_offered_or_not_and_pays_its_way(resolution: Resolution) -> None:
    wish = shop.wanted(resolution=resolution, reason="broken", outbound_sku="NEW")
    only = shop.policy(resolutions=(resolution,))
    rest = shop.policy(resolutions=tuple(r for r in Resolution if r is not resolution))
    assessment = shop.judged(wish, policy=only, products=(shop.kettle(11000),))
    assert assessment.quote is not None
    kinds = {
        Resolution.REFUND: [TenderKind.CARD],
        Resolution.STORE_CREDIT: [TenderKind.STORE_CREDIT],
        Resolution.EXCHANGE: [TenderKind.CARD],
        Resolution.REPLACEMENT: [],
    }
    assert [p.kind for p in assessment.quote.payouts] == kinds[resolution]
    assert verdict(wish, policy=rest) is Verdict.INELIGIBLE


@pytest.mark.parametrize("proof", list(Proof))
def test_every_proof_is_accepted_or_not(proof: Proof) -> None:
    policy = shop.policy(proof=(proof,))
    for other in (*Proof, None):
        expected = Verdict.ELIGIBLE if other is proof else Verdict.INELIGIBLE
        assert verdict(policy=policy, asking={"proof": other}) is expected


@pytest.mark.parametrize(
    ("evidence", "given"),
    [
        (Evidence.PHOTO, {"evidence": (Evidence.PHOTO,)}),
        (Evidence.SERIAL, {"serials": ("SN-1",)}),
        (Evidence.DESCRIPTION, {"note": "It stopped after an hour."}),
    ],
)
def test_every_evidence_can_be_asked_and_given(evidence: Evidence, given: dict[str, Any]) -> None:
    policy = shop.policy(
        evidence=(ReasonEvidence(reason="no_longer_wanted", evidence=(evidence,)),)
    )
    assert verdict(policy=policy) is Verdict.INELIGIBLE
    assert verdict(shop.wanted(**given), policy=policy) is Verdict.ELIGIBLE
    assert verdict(shop.wanted(evidence=(evidence,)), policy=policy) is Verdict.ELIGIBLE


def test_every_evidence_is_tested_above() -> None:
    assert set(Evidence) == {Evidence.PHOTO, Evidence.SERIAL, Evidence.DESCRIPTION}


@pytest.mark.parametrize("fact", list(Fact))
def test_every_fact_verifies_a_caller(fact: Fact) -> None:
    policy = shop.policy(verification=1, verification_facts=(fact,))
    for other in Fact:
        missing = shop.judged(policy=policy, asking={"verified": (other,)}).missing
        assert (missing == ()) is (other is fact)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_its_own_limits(role: Role) -> None:
    limit = RoleLimit(role=role, manual=shop.amounts(EUR=100), goodwill=shop.amounts(EUR=100))
    by_hand = shop.wanted(amount=100, amount_reason="Agreed")
    for other in Role:
        answer = verdict(by_hand, policy=shop.policy(limits=(limit,)), actor=Actor("A", other))
        assert answer is (Verdict.ELIGIBLE if other is role else Verdict.NEEDS_APPROVAL)


def test_only_supervisors_and_admins_approve() -> None:
    assert [role for role in Role if role.approves] == [Role.SUPERVISOR, Role.ADMIN]


# --- what an order holds -----------------------------------------------------------------------------------------


def test_every_kind_of_line_but_goods_is_refused_in_its_own_words() -> None:
    answers = [shop.judged(order=shop.order(shop.line(kind=kind))) for kind in LineKind]
    all_different(answers)
    assert [a.verdict for a in answers] == [Verdict.ELIGIBLE] + [Verdict.INELIGIBLE] * 3


@pytest.mark.parametrize("kind", list(TenderKind))
def test_money_goes_back_to_every_kind_of_tender(kind: TenderKind) -> None:
    order = shop.order(tenders=(shop.tender(kind, 11900),))
    quote = shop.judged(order=order).quote
    assert quote is not None
    assert [(p.kind, p.tender_id) for p in quote.payouts] == [(kind, kind.value)]


def test_every_kind_of_charge_is_its_own() -> None:
    policy = shop.policy(original_shipping=OriginalShipping.ALWAYS)
    charges = [Charge(charge_id="1", kind=kind, gross=100) for kind in ChargeKind]
    all_different([shop.judged(order=shop.order(charges=(c,)), policy=policy) for c in charges])


def test_every_unit_of_a_warranty_counts_differently() -> None:
    wish, late = shop.wanted(reason="broken"), shop.NOW + timedelta(days=50)
    defect = {"return_type": ReturnType.DEFECT}
    orders = [shop.order(shop.line(warranty=Warranty(35, unit))) for unit in WarrantyUnit]
    all_different([shop.judged(wish, order=o, at=late, asking=defect) for o in orders])


# --- what a policy can say ---------------------------------------------------------------------------------------

COUPON = shop.order(
    shop.line("1", gross=5000, final_sale=True),
    shop.line("2", gross=5000),
    discounts=(shop.discount({"1": 1000, "2": 1000}, minimum=10000),),
    charges=(shop.shipping(),),
)


@pytest.mark.parametrize(
    ("field", "values", "asking"),
    [
        ("final_sale", FinalSale, {}),
        ("coupon", CouponRule, {}),
        ("authorization", AuthorizationMode, {"photo_seen_before": True}),
        ("refund_timing", RefundTiming, {}),
    ],
)
def test_every_choice_of_a_policy_makes_a_difference(
    field: str, values: Any, asking: dict[str, Any]
) -> None:
    policies = [shop.policy(**{field: value}) for value in values]
    all_different([shop.judged(order=COUPON, policy=p, asking=asking) for p in policies])


def test_every_contact_duty_makes_a_difference() -> None:
    contacts = [Contact(), Contact(phone="+493012345"), Contact(email="maria@example.com")]

    def asked(duty: ContactDuty) -> list[tuple[str, ...]]:
        policy = shop.policy(contact=duty)
        answers = [shop.judged(policy=policy, asking={"contact": c}) for c in contacts]
        return [tuple(missing.field for missing in answer.missing) for answer in answers]

    duties = [asked(duty) for duty in ContactDuty]
    assert all(duty not in duties[:index] for index, duty in enumerate(duties))


def test_every_rule_of_original_shipping_makes_a_difference() -> None:
    """Told apart by three returns: part without fault, part with our fault, everything without fault."""
    wants = [
        (shop.wanted("1"),),
        (shop.wanted("1", reason="broken"),),
        (shop.wanted("1"), shop.wanted("2")),
    ]
    order = shop.order(shop.line("1"), shop.line("2"), charges=(shop.shipping(600),))

    def given_back(rule: OriginalShipping) -> list[int]:
        policy = shop.policy(original_shipping=rule)
        quotes = [shop.judged(*each, order=order, policy=policy).quote for each in wants]
        return [q.sum_of(ComponentKind.ORIGINAL_SHIPPING) for q in quotes if q]

    assert {rule: given_back(rule) for rule in OriginalShipping} == {
        OriginalShipping.NEVER: [0, 0, 0],
        OriginalShipping.FULL_RETURN: [0, 0, 600],
        OriginalShipping.MERCHANT_FAULT: [0, 300, 0],
        OriginalShipping.ALWAYS: [300, 300, 600],
    }


def test_every_start_of_the_window_makes_a_difference() -> None:
    all_different(
        [
            shop.judged(policy=shop.policy(window=Window(days=12, starts=start)))
            for start in WindowStart
        ]
    )


def test_every_payer_of_return_shipping_makes_a_difference() -> None:
    fee = Fees(return_shipping=shop.amounts(EUR=490))
    payers = [(ReasonPayer(reason="no_longer_wanted", payer=payer),) for payer in FeePayer]
    all_different(
        [shop.judged(policy=shop.policy(fees=fee, shipping_payer=rows)) for rows in payers]
    )


def test_every_workflow_of_a_reason_makes_a_difference() -> None:
    trees = [
        shop.reasons(Reason(code="leaf", label="Leaf", workflow=workflow))
        for workflow in ReasonWorkflow
    ]
    all_different([shop.judged(shop.wanted(reason="leaf"), reasons=tree) for tree in trees])

"""No field of a policy or a reason is dead: each changes a verdict, what is missing, or a quote.

`SHIFTS` has one entry for each field: the same case judged before and after only that field changed.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from rma.assessment import Assessment, assess
from rma.ledger import Ledger
from rma.policy import (
    Amounts,
    Approval,
    AuthorizationMode,
    Clause,
    ContactDuty,
    CouponRule,
    FeePayer,
    Fees,
    FinalSale,
    ManyReturns,
    OriginalShipping,
    Policy,
    ReasonEvidence,
    ReasonPayer,
    RefundTiming,
    RoleLimit,
    Rule,
    Scope,
    WarrantyRow,
    Window,
    WindowStart,
)
from rma.reasons import Reason, ReasonTree, ReasonWorkflow
from rma.request import (
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
from sync.protocol.policies import (
    default_names,
    default_policy,
    default_reasons,
    parse_policy,
    parse_reasons,
)
from tests import shop

Value = Any
"""A policy, a part of it, or a reason."""


@dataclass
class Shift:
    """The same case, judged by two policies (or reasons) that differ in one field."""

    before: Value
    after: Value
    case: dict[str, Any] = field(default_factory=dict)
    asking: dict[str, Any] = field(default_factory=dict)
    lines: tuple[Any, ...] = ()

    def judge(self, value: Value) -> Assessment:
        rules = {"policy": value} if isinstance(value, Policy) else {"reasons": value}
        request = shop.request(*self.lines, **self.asking)
        return assess(shop.case(**{"request": request} | self.case | rules))


def policies(before: dict[str, Any], after: dict[str, Any], **case: Any) -> Shift:
    """Two policies; `lines` and `asking` belong to the request."""
    lines, asking = case.pop("lines", ()), case.pop("asking", {})
    return Shift(shop.policy(**before), shop.policy(**after), case, asking, lines)


def reason(before: dict[str, Any], after: dict[str, Any], **case: Any) -> Shift:
    """Two reason trees with one leaf of code `leaf` that differs."""
    lines, asking = case.pop("lines", (shop.wanted(reason="leaf"),)), case.pop("asking", {})
    base = {"code": "leaf", "label": "Leaf"}
    return Shift(
        shop.reasons(Reason(**base | before)),
        shop.reasons(Reason(**base | after)),
        case,
        asking,
        lines,
    )


def one(name: str, before: Value, after: Value, **case: Any) -> Shift:
    """One field of the policy itself."""
    return policies({name: before}, {name: after}, **case)


def scope(**narrow: Any) -> Shift:
    return one("scope", Scope(), Scope(**narrow))


def fees(before: dict[str, Any], after: dict[str, Any], **case: Any) -> Shift:
    return one("fees", Fees(**before), Fees(**after), **case)


def approval(before: dict[str, Any], after: dict[str, Any], **case: Any) -> Shift:
    return one("approval", Approval(**before), Approval(**after), **case)


def limit(**fields: Any) -> tuple[RoleLimit, ...]:
    none: dict[str, Any] = {"role": Role.AGENT, "manual": Amounts(), "goodwill": Amounts()}
    return (RoleLimit(**none | fields),)


def clause(**fields: Any) -> tuple[Clause, ...]:
    return (Clause(**{"clause_id": "a", "text": "Within 30 days."} | fields),)


EUR = shop.amounts
LATE = shop.NOW + timedelta(days=60)
PHOTO_ASKED = {"photo_seen_before": True}
BY_HAND = (shop.wanted(amount=5000, amount_reason="Agreed"),)
GOODWILL = {"goodwill": 500, "goodwill_reason": "Long wait"}
BROKEN = (shop.wanted(reason="broken"),)
DEFECT = {"return_type": ReturnType.DEFECT}
FINAL = shop.order(shop.line(final_sale=True))
COUPON = shop.order(
    shop.line("1", gross=5000),
    shop.line("2", gross=5000),
    discounts=(shop.discount({"1": 1000, "2": 1000}, minimum=10000),),
)
SHIPPED = shop.order(charges=(shop.shipping(),))
DAMAGED = (shop.wanted(condition=Condition.DAMAGED),)
EXCUSED = (shop.wanted(condition=Condition.DAMAGED, override_reason="Promised"),)

SHIFTS: dict[str, Shift] = {
    "Policy.code": policies({"code": "a", "name": "A"}, {"code": "b", "name": "A"}),
    "Policy.version": one("version", 1, 2),
    "Policy.name": one("name", "General", "Friendly"),
    "Policy.active": one("active", True, False),
    "Policy.valid_from": one("valid_from", shop.PLACED, LATE),
    "Policy.valid_to": one("valid_to", None, shop.NOW),
    "Policy.time_zone": one(
        "time_zone",
        "Pacific/Auckland",
        "Pacific/Honolulu",
        at=shop.DELIVERED + timedelta(days=30, hours=10),
    ),
    "Policy.scope": scope(categories=("toys",)),
    "Scope.channels": scope(channels=(Channel.PORTAL,)),
    "Scope.tiers": scope(tiers=("gold",)),
    "Scope.categories": scope(categories=("toys",)),
    "Scope.countries": scope(countries=("FR",)),
    "Scope.sources": scope(sources=("store",)),
    "Policy.agent_return": one("agent_return", True, False),
    "Policy.authorized_link": one("authorized_link", False, True),
    "Policy.window": one("window", Window(days=30), Window(days=5)),
    "Window.days": one("window", Window(days=30), Window(days=5)),
    "Window.starts": one("window", Window(days=12), Window(days=12, starts=WindowStart.PLACED)),
    "Policy.conditions": one("conditions", (Condition.OPENED,), (Condition.SEALED,)),
    "Policy.proof": one("proof", (), (Proof.RECEIPT,)),
    "Policy.evidence": one(
        "evidence",
        (),
        (ReasonEvidence(reason="preference", evidence=(Evidence.PHOTO,)),),
    ),
    "ReasonEvidence.reason": one(
        "evidence",
        (ReasonEvidence(reason="quality", evidence=(Evidence.PHOTO,)),),
        (ReasonEvidence(reason="no_longer_wanted", evidence=(Evidence.PHOTO,)),),
    ),
    "ReasonEvidence.evidence": one(
        "evidence",
        (ReasonEvidence(reason="preference", evidence=(Evidence.PHOTO,)),),
        (ReasonEvidence(reason="preference", evidence=(Evidence.DESCRIPTION,)),),
    ),
    "Policy.final_sale": one("final_sale", FinalSale.REFUSE, FinalSale.ALLOW, order=FINAL),
    "Policy.fees": one("fees", Fees(), Fees(restocking=1500)),
    "Fees.restocking": fees({"restocking": 0}, {"restocking": 1500}),
    "Fees.restocking_conditions": fees(
        {"restocking": 1500},
        {"restocking": 1500, "restocking_conditions": (Condition.USED,)},
    ),
    "Fees.return_shipping": fees({}, {"return_shipping": EUR(EUR=490)}),
    "Fees.outbound_shipping": one(
        "fees",
        Fees(),
        Fees(outbound_shipping=EUR(EUR=390)),
        lines=(shop.swapped(),),
        products=(shop.kettle(15000),),
    ),
    "Fees.taxed": fees({"restocking": 1500}, {"restocking": 1500, "taxed": False}),
    "Amounts.entries": fees({"return_shipping": Amounts()}, {"return_shipping": EUR(EUR=490)}),
    "CurrencyAmount.currency": fees(
        {"return_shipping": EUR(EUR=490)}, {"return_shipping": EUR(USD=490)}
    ),
    "CurrencyAmount.amount": fees(
        {"return_shipping": EUR(EUR=490)}, {"return_shipping": EUR(EUR=590)}
    ),
    "Policy.shipping_payer": policies(
        {"fees": Fees(return_shipping=EUR(EUR=490))},
        {
            "fees": Fees(return_shipping=EUR(EUR=490)),
            "shipping_payer": (ReasonPayer(reason="preference", payer=FeePayer.MERCHANT),),
        },
    ),
    "ReasonPayer.reason": policies(
        {
            "fees": Fees(return_shipping=EUR(EUR=490)),
            "shipping_payer": (ReasonPayer(reason="quality", payer=FeePayer.MERCHANT),),
        },
        {
            "fees": Fees(return_shipping=EUR(EUR=490)),
            "shipping_payer": (ReasonPayer(reason="preference", payer=FeePayer.MERCHANT),),
        },
    ),
    "ReasonPayer.payer": policies(
        {
            "fees": Fees(return_shipping=EUR(EUR=490)),
            "shipping_payer": (ReasonPayer(reason="quality", payer=FeePayer.MERCHANT),),
        },
        {
            "fees": Fees(return_shipping=EUR(EUR=490)),
            "shipping_payer": (ReasonPayer(reason="quality", payer=FeePayer.CUSTOMER),),
        },
        lines=BROKEN,
    ),
    "Policy.original_shipping": one(
        "original_shipping", OriginalShipping.NEVER, OriginalShipping.ALWAYS, order=SHIPPED
    ),
    "Policy.coupon": one("coupon", CouponRule.KEEP, CouponRule.REPRICE, order=COUPON),
    "Policy.resolutions": one(
        "resolutions", (Resolution.REFUND,), (Resolution.STORE_CREDIT, Resolution.REFUND)
    ),
    "Policy.approval": one("approval", Approval(), Approval(amount=EUR(EUR=100))),
    "Approval.amount": approval({}, {"amount": EUR(EUR=100)}),
    "Approval.risk": approval({"risk": True}, {"risk": False}, asking=PHOTO_ASKED),
    "Approval.outside_window": approval(
        {"outside_window": True},
        {"outside_window": False},
        at=LATE,
        lines=(shop.wanted(override_reason="Was in hospital"),),
    ),
    "Approval.many_returns": approval(
        {}, {"many_returns": ManyReturns(count=1, days=30)}, recent_returns=(shop.NOW,)
    ),
    "ManyReturns.count": approval(
        {"many_returns": ManyReturns(count=2, days=30)},
        {"many_returns": ManyReturns(count=1, days=30)},
        recent_returns=(shop.NOW,),
    ),
    "ManyReturns.days": approval(
        {"many_returns": ManyReturns(count=1, days=1)},
        {"many_returns": ManyReturns(count=1, days=30)},
        recent_returns=(shop.DELIVERED,),
    ),
    "Policy.overridable": one("overridable", (), (Rule.CONDITION,), lines=EXCUSED),
    "Policy.limits": one("limits", (), limit(manual=EUR(EUR=20000)), lines=BY_HAND),
    "RoleLimit.role": one(
        "limits",
        limit(role=Role.SUPERVISOR, manual=EUR(EUR=20000)),
        limit(role=Role.AGENT, manual=EUR(EUR=20000)),
        lines=BY_HAND,
    ),
    "RoleLimit.manual": one(
        "limits", limit(manual=EUR(EUR=1)), limit(manual=EUR(EUR=20000)), lines=BY_HAND
    ),
    "RoleLimit.goodwill": one(
        "limits", limit(goodwill=EUR(EUR=499)), limit(goodwill=EUR(EUR=500)), asking=GOODWILL
    ),
    "Policy.store_credit_after_days": one("store_credit_after_days", None, 12),
    "Policy.warranty": one(
        "warranty",
        (),
        (WarrantyRow(category="kitchen", months=24),),
        at=LATE,
        lines=BROKEN,
        asking=DEFECT,
    ),
    "WarrantyRow.category": one(
        "warranty",
        (WarrantyRow(category="toys", months=24),),
        (WarrantyRow(category="kitchen", months=24),),
        at=LATE,
        lines=BROKEN,
        asking=DEFECT,
    ),
    "WarrantyRow.months": one(
        "warranty",
        (WarrantyRow(category="kitchen", months=1),),
        (WarrantyRow(category="kitchen", months=24),),
        at=LATE,
        lines=BROKEN,
        asking=DEFECT,
    ),
    "Policy.verification": one("verification", 0, 1),
    "Policy.verification_facts": policies(
        {"verification": 1},
        {"verification": 1, "verification_facts": (Fact.PHONE,)},
        asking={"verified": (Fact.NAME,)},
    ),
    "Policy.contact": one(
        "contact", ContactDuty.NONE, ContactDuty.ANY, asking={"contact": Contact()}
    ),
    "Policy.authorization": one(
        "authorization", AuthorizationMode.INTELLIGENT, AuthorizationMode.MANUAL
    ),
    "Policy.refund_timing": one(
        "refund_timing", RefundTiming.AFTER_INSPECTION, RefundTiming.ADVANCE
    ),
    "Policy.expires_after_days": one("expires_after_days", None, 14),
    "Policy.offline_hours": one(
        "offline_hours", None, 72, received_at=shop.NOW + timedelta(days=4)
    ),
    "Policy.carriers": one("carriers", (), ("Parcel post",)),
    "Policy.packaging": one("packaging", (), ("Use a strong box.",)),
    "Policy.shop": one("shop", "", "Norden"),
    "Policy.return_address": one("return_address", (), ("1 Dock Road", "Hull")),
    "Policy.survey": one("survey", (), ("Were you happy?",)),
    "Policy.clauses": one("clauses", (), clause()),
    "Clause.clause_id": one("clauses", clause(), clause(clause_id="b")),
    "Clause.text": one("clauses", clause(), clause(text="Within 14 days.")),
    "Clause.tags": one("clauses", clause(), clause(tags=("window",))),
    "Reason.code": reason({}, {"code": "another"}),
    "Reason.label": reason(
        {"workflow": ReasonWorkflow.APPROVAL},
        {"workflow": ReasonWorkflow.APPROVAL, "label": "Another"},
    ),
    "Reason.parent": reason(
        {},
        {"parent": "quality"},
        policy=shop.policy(
            evidence=(ReasonEvidence(reason="quality", evidence=(Evidence.PHOTO,)),)
        ),
    ),
    "Reason.merchant_fault": reason(
        {}, {"merchant_fault": True}, policy=shop.policy(fees=Fees(restocking=1500))
    ),
    "Reason.note_required": reason({}, {"note_required": True}),
    "Reason.workflow": reason({}, {"workflow": ReasonWorkflow.APPROVAL}),
    "Reason.default_resolution": reason({}, {"default_resolution": Resolution.STORE_CREDIT}),
    "Reason.return_types": reason({}, {"return_types": (ReturnType.DEFECT,)}),
}


def parts_of(shape: Any) -> Iterator[type]:
    """The dataclasses in a field's type: `tuple[Clause, ...]` has Clause, `Amounts | None` has Amounts."""
    if dataclasses.is_dataclass(shape) and isinstance(shape, type):
        yield shape
    if typing.get_origin(shape) in (tuple, typing.Union, types.UnionType):
        for inner in typing.get_args(shape):
            yield from parts_of(inner)


def fields_of(shape: type, seen: set[type] | None = None) -> Iterator[tuple[type, str]]:
    """Every field of a dataclass and of what it is made of."""
    seen = set() if seen is None else seen
    if shape in seen:
        return
    seen.add(shape)
    hints = typing.get_type_hints(shape)
    for each in dataclasses.fields(shape):
        yield shape, each.name
        for part in parts_of(hints[each.name]):
            yield from fields_of(part, seen)


ALL_FIELDS = [*fields_of(Policy), *fields_of(Reason)]
NAMES = [f"{shape.__name__}.{name}" for shape, name in ALL_FIELDS]


def differing(before: Value, after: Value) -> Iterator[str]:
    """Names of the fields in which two values differ, inner ones too."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        for one_before, one_after in zip(before, after, strict=False):
            yield from differing(one_before, one_after)
    elif dataclasses.is_dataclass(before) and type(before) is type(after):
        for each in dataclasses.fields(before):
            pair = getattr(before, each.name), getattr(after, each.name)
            if pair[0] != pair[1]:
                yield f"{type(before).__name__}.{each.name}"
                yield from differing(*pair)


def test_the_table_has_every_field_and_nothing_else() -> None:
    assert set(SHIFTS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_field_changes_a_verdict_or_a_quote(name: str) -> None:
    shift = SHIFTS[name]
    changed = list(differing(shift.before, shift.after))
    assert name in changed
    part = name.split(".")[0]
    siblings = {each for each in changed if each.split(".")[0] == part}
    assert siblings == {name}  # only this field of its part differs
    assert shift.judge(shift.before) != shift.judge(shift.after)


def test_the_terms_are_part_of_what_is_compared() -> None:
    quote = shop.judged(policy=shop.policy(survey=("Were you happy?",))).quote
    assert quote is not None
    assert quote.terms.survey == ("Were you happy?",)


# --- the set that ships ------------------------------------------------------------------------------------------


def shipped() -> list[Value]:
    """Every part of the policies and reasons that ship."""
    names = (*default_names(), "no_limits")
    tree: ReasonTree = parse_reasons(default_reasons())
    return [
        part
        for value in (*(parse_policy(default_policy(name)) for name in names), *tree.reasons)
        for part in everything_in(value)
    ]


def everything_in(value: Value) -> Iterator[Value]:
    if isinstance(value, tuple):
        for each in value:
            yield from everything_in(each)
    elif dataclasses.is_dataclass(value):
        yield value
        for inner in dataclasses.fields(value):
            yield from everything_in(getattr(value, inner.name))


SHIPPED_PARTS = shipped()


AT_THE_DEFAULT = {"Policy.agent_return"}
"""A policy that shuts the agent out would be a dead end at this desk: only a shop's own policies do."""


@pytest.mark.parametrize(("shape", "name"), ALL_FIELDS, ids=NAMES)
def test_the_default_set_reaches_every_field(shape: type, name: str) -> None:
    """Every field but one stands somewhere in the default set with a value that is not its default."""
    default = next(f.default for f in dataclasses.fields(shape) if f.name == name)
    used = [getattr(part, name) for part in SHIPPED_PARTS if type(part) is shape]
    assert used
    if default is not dataclasses.MISSING:
        reached = any(value != default for value in used)
        assert reached is (f"{shape.__name__}.{name}" not in AT_THE_DEFAULT)


def test_the_default_set_judges_every_kind_of_line() -> None:
    policies = tuple(parse_policy(default_policy(name)) for name in default_names())
    tree = parse_reasons(default_reasons())
    leaf = next(tree.leaves(ReturnType.RETURN))
    for category in ("", "electronics", "clothing", "hygiene", "clearance", "anything else"):
        order = shop.order(shop.line(category=category))
        assessment = shop.judged(
            shop.wanted(reason=leaf.code),
            order=order,
            ledger=Ledger(order),
            policies=policies,
            reasons=tree,
        )
        assert assessment.lines[0].policy is not None


def test_no_limits_takes_back_anything_at_any_time() -> None:
    policy = parse_policy(default_policy("no_limits"))
    tree = parse_reasons(default_reasons())
    for leaf in tree.leaves(ReturnType.RETURN):
        if leaf.note_required:
            continue
        assessment = shop.judged(
            shop.wanted(reason=leaf.code, condition=Condition.USED),
            policies=(policy,),
            reasons=replace(tree, version=9),
            at=shop.NOW + timedelta(days=9000),
            asking={"contact": Contact()},
        )
        assert assessment.missing == ()
        assert all(
            f.rule is not Rule.WINDOW or f.outcome == "eligible" for f in assessment.all_findings
        )
        assert assessment.quote is not None
        assert assessment.quote.terms.expires_at is None

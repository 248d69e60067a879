"""One case for everything a rule can say: shared by the tests of dead entries and of sentences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rma.assessment import Assessment
from rma.order import LineKind, Order, Warranty, WarrantyUnit
from rma.policy import (
    Approval,
    AuthorizationMode,
    ContactDuty,
    Fees,
    FinalSale,
    ManyReturns,
    ReasonEvidence,
    Rule,
    Window,
    WindowStart,
)
from rma.reasons import Reason, ReasonWorkflow
from rma.request import Condition, Contact, Evidence, Proof, Resolution, ReturnType
from rma.typed_case import assess_typed
from tests import shop, typed

LATE = shop.NOW + timedelta(days=60)
EXCUSED: dict[str, Any] = {"override_reason": "Was in hospital"}


def everything() -> list[tuple[Rule | None, Assessment]]:
    """Each rule's every sentence, and every missing field (rule None)."""
    return [*_of_lines(), *_of_returns(), *_missing()]


def _of_lines() -> list[tuple[Rule, Assessment]]:
    held = shop.order(shop.line(units=2, gross=1000, serials=("SN-1", "SN-2"), returned_before=1))
    first = shop.finalized(shop.wanted(serials=("SN-1",)), order=held)
    ledger = shop.ledger(held, [first])
    pair = shop.order(shop.line(units=2, gross=1000))
    undated = shop.order(shop.line(delivered_at=None))
    final = shop.order(shop.line(final_sale=True))
    serials = shop.order(shop.line(serials=("SN-1",)))
    no_risk = shop.policy(approval=Approval(risk=False))
    asks = tuple(Evidence)
    evidence = shop.policy(evidence=(ReasonEvidence(reason="preference", evidence=asks),))
    confirmed = shop.reasons(
        Reason(code="strange", label="Strange", workflow=ReasonWorkflow.APPROVAL)
    )
    fee = shop.policy(fees=Fees(restocking=1500))
    judged = shop.judged
    return [
        (Rule.POLICY, judged(policies=())),
        (Rule.AGENT_RETURN, judged(policy=shop.policy(agent_return=False))),
        *(
            (Rule.ITEM_KIND, judged(order=shop.order(shop.line(kind=kind))))
            for kind in LineKind
            if kind is not LineKind.GOODS
        ),
        (Rule.BUNDLE, judged(order=_kit(whole=0, part=500))),
        (Rule.BUNDLE, judged(shop.wanted("2"), order=_kit(whole=500, part=0))),
        (Rule.DELIVERY, judged(order=shop.order(shop.line(delivered=0)))),
        (Rule.DELIVERY, judged(order=shop.order(placed_at=LATE))),
        (Rule.DELIVERY, judged(order=shop.order(shop.line(delivered_at=LATE)))),
        (Rule.QUANTITY, judged(shop.wanted(quantity=9))),
        (Rule.QUANTITY, judged(shop.wanted(serials=("SN-2",)), order=held, ledger=ledger)),
        (Rule.QUANTITY, judged(shop.wanted(quantity=2), shop.wanted(), order=pair)),
        (Rule.SERIAL, judged(shop.wanted(serials=("SN-1",)), order=held, ledger=ledger)),
        (Rule.SERIAL, judged(*[shop.wanted(serials=("SN-1",))] * 2, order=pair)),
        (Rule.SERIAL, judged(shop.wanted(serials=("SN-9",)), order=serials)),
        (Rule.SERIAL, judged(shop.wanted(serials=("SN-9",)), order=serials, policy=no_risk)),
        (Rule.WINDOW, judged()),
        (Rule.WINDOW, judged(at=LATE)),
        (Rule.WINDOW, judged(shop.wanted(**EXCUSED), at=LATE)),
        (Rule.WINDOW, judged(order=undated)),
        (Rule.WINDOW, judged(policy=shop.policy(window=Window(days=None)))),
        (Rule.WINDOW, judged(policy=shop.policy(window=Window(days=1)))),
        (
            Rule.WINDOW,
            judged(policy=shop.policy(window=Window(days=30, starts=WindowStart.PLACED))),
        ),
        *(
            (
                Rule.WINDOW,
                judged(
                    shop.wanted(reason="broken"),
                    order=shop.order(shop.line(warranty=Warranty(40, unit))),
                    at=LATE,
                    asking={"return_type": ReturnType.DEFECT},
                ),
            )
            for unit in WarrantyUnit
        ),
        (Rule.FINAL_SALE, judged(order=final)),
        (
            Rule.FINAL_SALE,
            judged(order=final, policy=shop.policy(final_sale=FinalSale.APPROVAL)),
        ),
        *(
            (
                Rule.CONDITION,
                judged(shop.wanted(condition=condition), policy=shop.policy(conditions=())),
            )
            for condition in Condition
        ),
        (Rule.ORDER_NOT_FOUND, assess_typed(typed.case())),
        (Rule.PROOF, judged(policy=shop.policy(proof=tuple(Proof)), asking={"proof": None})),
        (Rule.EVIDENCE, judged(policy=evidence)),
        (Rule.REASON, judged(shop.wanted(reason="strange"), reasons=confirmed)),
        *(
            (
                Rule.RESOLUTION,
                judged(
                    shop.wanted(resolution=wish),
                    policy=shop.policy(resolutions=tuple(r for r in Resolution if r is not wish)),
                ),
            )
            for wish in Resolution
        ),
        (Rule.OUTBOUND, judged(shop.replaced(reason="wrong_size"))),
        (Rule.OUTBOUND, judged(shop.swapped(outbound_sku="sku-1"))),
        (Rule.MANUAL_AMOUNT, judged(shop.wanted(amount=1, amount_reason="Agreed"))),
        (
            Rule.MANUAL_AMOUNT,
            judged(shop.wanted(amount=1, amount_reason="Agreed"), policy=shop.policy(limits=())),
        ),
        (Rule.FEE_WAIVED, judged(shop.wanted(waive_fee_reason="Loyal"), policy=fee)),
    ]


def _kit(whole: int, part: int) -> Order:
    return shop.order(shop.line("1", gross=whole), shop.line("2", gross=part, bundle_parent="1"))


def _of_returns() -> list[tuple[Rule, Assessment]]:
    many = ManyReturns(count=1, days=30)
    judged = shop.judged
    override = {
        "destination_override": Resolution.STORE_CREDIT,
        "destination_reason": "Card expired",
    }
    threshold = shop.policy(approval=Approval(amount=shop.amounts(EUR=100)))
    elsewhere = shop.policy(approval=Approval(amount=shop.amounts(USD=100)))
    goodwill = {"goodwill": 100000, "goodwill_reason": "Long wait"}
    flagged = {"photo_seen_before": True}
    manual = shop.policy(authorization=AuthorizationMode.MANUAL)
    return [
        (Rule.AMOUNT, judged(policy=threshold)),
        (Rule.AMOUNT, judged(policy=elsewhere)),
        (Rule.AMOUNT, judged(shop.replaced(), policy=threshold)),
        (Rule.GOODWILL, judged(asking=goodwill)),
        (
            Rule.RISK,
            judged(
                policy=shop.policy(approval=Approval(many_returns=many)),
                recent_returns=(shop.NOW,),
            ),
        ),
        (Rule.RISK, judged(asking=flagged)),
        (Rule.RISK, judged(asking=flagged, policy=shop.policy(approval=Approval(risk=False)))),
        (Rule.RISK, judged(customer=shop.customer(risk_flags=("address_reused",)))),
        (
            Rule.VERIFICATION,
            judged(
                policy=shop.policy(verification=2), asking={"verification_skipped": "Known voice"}
            ),
        ),
        (Rule.AUTHORIZATION, judged(policy=manual)),
        (Rule.DESTINATION, judged(asking=override)),
        (
            Rule.CLOCK,
            judged(policy=shop.policy(offline_hours=1), received_at=shop.NOW + timedelta(days=1)),
        ),
    ]


def _missing() -> list[tuple[None, Assessment]]:
    verified = shop.policy(verification=3)
    judged = shop.judged
    serial = shop.order(shop.line(units=3, gross=1000, serials=("SN-1", "SN-2")))
    asking: list[dict[str, Any]] = [
        {"customer_id": "C-2"},
        {"return_type": None, "channel": None, "contact": Contact()},
        {"return_type": ReturnType.GOODWILL},
        {"goodwill": 1},
        {"goodwill": -1, "goodwill_reason": "Long wait"},
        {"destination_override": Resolution.REFUND},
        {"contact": Contact("maria", "1")},
    ]
    duties = [ContactDuty.ANY, ContactDuty.EMAIL, ContactDuty.PHONE]
    lines = [
        shop.wanted("99"),
        shop.wanted(quantity=0, reason="", condition=None),
        shop.wanted(reason="quality"),
        shop.wanted(reason="moon"),
        shop.wanted(reason="other"),
        shop.wanted(amount=1),
        shop.wanted(amount=-1),
        shop.replaced(amount=1, amount_reason="Agreed"),
        shop.swapped(outbound_sku=""),
        shop.swapped(),
        shop.swapped(outbound_units=-1),
    ]
    defect_only = shop.reasons(
        Reason(code="faulty", label="Faulty", return_types=(ReturnType.DEFECT,))
    )
    return [
        *((None, judged(asking=each)) for each in asking),
        *(
            (None, judged(policy=shop.policy(contact=duty), asking={"contact": Contact()}))
            for duty in duties
        ),
        *((None, judged(each)) for each in lines),
        (None, judged(shop.wanted(reason="faulty"), reasons=defect_only)),
        (None, judged(shop.swapped(), products=(shop.kettle(1, currency="USD"),))),
        (
            None,
            judged(shop.swapped(outbound_units=1_000_000), products=(shop.kettle(10**14),)),
        ),
        (None, judged(policy=verified)),
        (None, judged(policy=shop.policy(verification=1))),
        (None, judged(customer=None)),
        (None, judged(order=None, ledger=None)),
        (None, judged(order=serial)),
        (None, judged(shop.wanted(quantity=2, serials=("SN-1",)), order=serial)),
        (None, judged(shop.wanted(serials=("SN-1", "SN-2")), order=serial)),
        (None, judged(shop.wanted(quantity=2, serials=("A", "a")))),
    ]

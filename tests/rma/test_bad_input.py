"""What bad input gets: every missing or wrong field at once, each with what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rma.assessment import Assessment, assess
from rma.draft import read_draft
from rma.money import BadAmount
from rma.numbers import spoken
from rma.operations import CancelReturn
from rma.policy import ContactDuty, FinalSale, Rule, Scope
from rma.reasons import BadReasonTree, Reason, ReasonTree
from rma.record import check
from rma.request import Contact, Fact, Resolution, ReturnRequest, ReturnType
from rma.verdict import Verdict
from tests import shop


def fields(assessment: Assessment) -> set[str]:
    return {missing.field for missing in assessment.missing}


def said(assessment: Assessment, field: str) -> str:
    return next(missing.sentence for missing in assessment.missing if missing.field == field)


def refused(assessment: Assessment, rule: Rule) -> str:
    assert check(assessment) is not None
    return next(
        f.sentence
        for f in assessment.all_findings
        if f.rule is rule and f.outcome is Verdict.INELIGIBLE
    )


def test_every_missing_field_is_reported_at_once() -> None:
    policy = shop.policy(contact=ContactDuty.EMAIL, verification=2)
    bare = ReturnRequest(
        order_id="O-1",
        customer_id="C-1",
        lines=(shop.wanted(quantity=0, reason="", condition=None),),
        goodwill=100,
        destination_override=Resolution.REFUND,
    )
    assessment = assess(shop.case(request=bare, policy=policy))
    assert fields(assessment) == {
        "quantity",
        "reason",
        "condition",
        "return_type",
        "channel",
        "contact.email",
        "verified",
        "goodwill_reason",
        "destination_reason",
    }


def test_a_return_without_lines_asks_for_one() -> None:
    empty = ReturnRequest(order_id="O-1", customer_id="C-1")
    assert fields(assess(shop.case(request=empty))) == {"return_type", "channel", "lines"}


def test_an_unknown_order_is_said() -> None:
    assessment = assess(shop.case(order=None, ledger=None))
    assert said(assessment, "order").startswith("No such order")
    assert assessment.verdict is Verdict.INELIGIBLE
    assert assessment.quote is None


def test_an_unknown_customer_is_said() -> None:
    assessment = shop.judged(customer=None)
    assert "not known here" in said(assessment, "customer")
    assert check(assessment) is not None


def test_another_customers_order_is_said() -> None:
    assessment = shop.judged(asking={"customer_id": "C-2"})
    assert said(assessment, "customer") == (
        "Order 100001 belongs to another customer: look it up again."
    )


def test_a_line_the_order_does_not_have_is_said() -> None:
    assessment = shop.judged(shop.wanted("99"), shop.wanted("1"))
    assert said(assessment, "line") == "Order 100001 has no such line."
    assert [line.line_id for line in assessment.lines] == ["99", "1"]
    assert assessment.verdict is Verdict.INELIGIBLE


def test_above_the_returnable_names_the_other_rma_as_it_is_spoken() -> None:
    order = shop.order()
    first = shop.finalized(order=order)
    sentence = refused(shop.judged(order=order, ledger=shop.ledger(order, [first])), Rule.QUANTITY)
    assert spoken(first.number) in sentence


@pytest.mark.parametrize("reason", ["quality", "preference"])
def test_an_inner_reason_is_refused(reason: str) -> None:
    assert "is a group" in said(shop.judged(shop.wanted(reason=reason)), "reason")


def test_an_unknown_reason_is_refused() -> None:
    assert "choose one from the list" in said(shop.judged(shop.wanted(reason="moon")), "reason")


def test_a_reason_fits_its_return_types() -> None:
    tree = shop.reasons(Reason(code="faulty", label="Faulty", return_types=(ReturnType.DEFECT,)))
    wish = shop.wanted(reason="faulty")
    assert "does not fit a return" in said(shop.judged(wish, reasons=tree), "reason")
    defect = {"return_type": ReturnType.DEFECT}
    assert shop.judged(wish, reasons=tree, asking=defect).missing == ()


@pytest.mark.parametrize("note", ["", "  \n"])
def test_a_missing_note_is_said(note: str) -> None:
    assert "needs a note" in said(shop.judged(shop.wanted(reason="other", note=note)), "note")


@pytest.mark.parametrize(
    ("duty", "contact", "asked"),
    [
        (ContactDuty.NONE, Contact(), set()),
        (ContactDuty.ANY, Contact(), {"contact.email"}),
        (ContactDuty.ANY, Contact(phone="+493012345"), set()),
        (ContactDuty.EMAIL, Contact(phone="+493012345"), {"contact.email"}),
        (ContactDuty.PHONE, Contact(email="maria@example.com"), {"contact.phone"}),
        (ContactDuty.NONE, Contact(email="maria"), {"contact.email"}),
        (ContactDuty.NONE, Contact(email="@example.com"), {"contact.email"}),
        (ContactDuty.NONE, Contact(phone="12"), {"contact.phone"}),
        (ContactDuty.NONE, Contact(phone="¹²³⁴⁵"), {"contact.phone"}),
    ],
)
def test_a_contact_is_as_the_policy_asks_and_readable(
    duty: ContactDuty, contact: Contact, asked: set[str]
) -> None:
    assessment = shop.judged(policy=shop.policy(contact=duty), asking={"contact": contact})
    assert fields(assessment) == asked


def test_callers_are_verified_by_as_many_facts_as_the_policy_asks() -> None:
    policy = shop.policy(verification=2, verification_facts=(Fact.NAME, Fact.POSTCODE))

    def asked(*facts: Fact) -> Assessment:
        return shop.judged(policy=policy, asking={"verified": facts})

    assert fields(asked(Fact.NAME)) == {"verified"}
    assert fields(asked(Fact.NAME, Fact.NAME)) == {"verified"}
    assert fields(asked(Fact.NAME, Fact.EMAIL)) == {"verified"}  # e-mail is not among them
    assert asked(Fact.NAME, Fact.POSTCODE).missing == ()
    skipped = shop.judged(policy=policy, asking={"verification_skipped": "Known voice"})
    assert skipped.missing == ()
    assert any(f.rule is Rule.VERIFICATION for f in skipped.findings)


def test_a_caller_is_verified_for_each_policy_by_its_own_facts() -> None:
    general = shop.policy(verification=1, verification_facts=(Fact.NAME,))
    toys = shop.policy(
        "toys",
        scope=Scope(categories=("toys",)),
        verification=1,
        verification_facts=(Fact.PHONE,),
    )
    order = shop.order(shop.line("1"), shop.line("2", category="toys"))

    def asked(*facts: Fact) -> set[str]:
        both = (shop.wanted("1"), shop.wanted("2"))
        return fields(
            shop.judged(*both, order=order, policies=(general, toys), asking={"verified": facts})
        )

    assert asked(Fact.NAME) == asked(Fact.PHONE) == {"verified"}
    assert asked(Fact.NAME, Fact.PHONE) == set()


def test_final_sale_is_refused() -> None:
    order = shop.order(shop.line(final_sale=True))
    assert "final sale" in refused(shop.judged(order=order), Rule.FINAL_SALE)
    policy = shop.policy(final_sale=FinalSale.APPROVAL)
    assert shop.judged(order=order, policy=policy).verdict is Verdict.NEEDS_APPROVAL


def test_a_final_sale_that_is_faulty_comes_back() -> None:
    order = shop.order(shop.line(final_sale=True))
    assert shop.judged(shop.wanted(reason="broken"), order=order).verdict is Verdict.ELIGIBLE


def test_outside_the_window_is_refused_with_its_last_day() -> None:
    late = shop.NOW + timedelta(days=60)
    assert "30 days ended on 10 December 2026" in refused(shop.judged(at=late), Rule.WINDOW)


@pytest.mark.parametrize(
    "order",
    [
        shop.order(placed_at=shop.NOW + timedelta(seconds=1)),
        shop.order(shop.line(delivered_at=shop.NOW + timedelta(seconds=1))),
    ],
    ids=["order", "delivery"],
)
def test_dates_in_the_future_are_refused(order: Any) -> None:
    assert "lies in the future" in refused(shop.judged(order=order), Rule.DELIVERY)


@pytest.mark.parametrize(
    ("earlier", "verdict"),
    [(timedelta(hours=3), Verdict.ELIGIBLE), (timedelta(days=1), Verdict.NEEDS_APPROVAL)],
    ids=["same day", "day before"],
)
def test_a_delivery_on_a_day_before_the_order_is_asked_about(
    earlier: timedelta, verdict: Verdict
) -> None:
    order = shop.order(shop.line(delivered_at=shop.PLACED - earlier))
    assert shop.judged(order=order).verdict is verdict


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        shop.NOW.replace(tzinfo=None),
    ],
)
def test_instants_outside_the_calendar_or_without_a_zone_are_no_documents(at: datetime) -> None:
    with pytest.raises(ValueError, match=r"^(at|placed_at|delivered_at) "):
        CancelReturn(number=shop.number(), reason="Keeps it", at=at)
    with pytest.raises(ValueError):
        shop.order(placed_at=at)
    with pytest.raises(ValueError):
        shop.line(delivered_at=at)


@pytest.mark.parametrize("amount", [10**16, -(10**16), 10**40])
def test_absurd_amounts_are_no_documents(amount: int) -> None:
    with pytest.raises(ValueError):
        shop.wanted(amount=amount)
    with pytest.raises(ValueError):
        shop.wanted(quantity=amount)
    with pytest.raises(ValueError):
        shop.request(goodwill=amount)


def test_negative_amounts_are_said_and_never_paid() -> None:
    assessment = shop.judged(
        shop.wanted(amount=-1, amount_reason="Agreed"),
        asking={"goodwill": -1, "goodwill_reason": "Long wait"},
    )
    assert fields(assessment) == {"amount", "goodwill"}
    assert assessment.quote is not None
    assert assessment.quote.total == 11900


def test_an_amount_set_by_hand_needs_a_reason() -> None:
    assert fields(shop.judged(shop.wanted(amount=0))) == {"amount_reason"}


def test_goodwill_returns_need_a_reason() -> None:
    goodwill = {"return_type": ReturnType.GOODWILL}
    assert fields(shop.judged(asking=goodwill)) == {"goodwill_reason"}


@pytest.mark.parametrize(
    "fields",
    [
        {"units": 0},
        {"delivered": 2},
        {"gross": -1},
        {"gross": 100, "tax": 101},
        {"returned_before": 2},
        {"refunded_before": 12000},
        {"sku": ""},
        {"line_id": "x" * 81},
    ],
)
def test_a_line_that_cannot_be_true_is_no_document(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        shop.line(**fields)


def test_an_order_that_cannot_be_true_is_no_document() -> None:
    with pytest.raises(ValueError, match="same line id"):
        shop.order(shop.line("1"), shop.line("1"))
    with pytest.raises(ValueError, match="same tender id"):
        shop.order(tenders=(shop.card(100), shop.card(100)))
    with pytest.raises(BadAmount):
        shop.order(currency="euro")
    for other in (99, 101):
        with pytest.raises(ValueError, match="do not add up"):
            shop.discount({"1": 100}, amount=other)
    with pytest.raises(ValueError):
        shop.card(100, refunded=101)


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        ([Reason(code="a", label="A"), Reason(code="a", label="B")], "twice"),
        ([Reason(code="a", label="A", parent="z")], "parent z is unknown"),
        ([Reason(code="a", label="A", parent="a")], "circle"),
        (
            [Reason(code="a", label="A", parent="b"), Reason(code="b", label="B", parent="a")],
            "circle",
        ),
    ],
)
def test_reasons_that_are_no_tree_are_refused(reasons: list[Reason], said: str) -> None:
    with pytest.raises(BadReasonTree, match=said):
        ReasonTree(1, tuple(reasons))


def test_what_a_draft_cannot_say_is_reported_beside_what_it_lacks() -> None:
    draft = shop.draft(shop.draft_line(quantity="1.5", condition=""))
    request, unreadable = read_draft(draft, "EUR")
    assessment = assess(shop.case(request=request))
    assert {missing.field for missing in (*unreadable, *assessment.missing)} == {
        "quantity",
        "condition",
    }


def test_what_the_policy_does_not_cover_is_refused_in_words() -> None:
    assert "No return policy covers Kettle" in refused(shop.judged(policies=()), Rule.POLICY)


def test_an_item_without_a_name_is_called_by_its_number() -> None:
    order = shop.order(shop.line(name=" "))
    assert "covers Item SKU-1" in refused(shop.judged(order=order, policies=()), Rule.POLICY)


def test_nothing_an_override_can_do_about_facts() -> None:
    policy = shop.policy(overridable=tuple(Rule))
    order = shop.order(shop.line(units=2, delivered=1, gross=1000))
    wish = shop.wanted(quantity=2, override_reason="Please")
    assert shop.judged(wish, order=order, policy=policy).verdict is Verdict.INELIGIBLE

"""One ledger per order line: which units may still come back (domain section 4)."""

from __future__ import annotations

import pytest

from rma.assessment import Assessment
from rma.ledger import Ledger
from rma.numbers import spoken
from rma.order import LineKind, Order
from rma.policy import Approval, Rule
from rma.record import RmaRecord, approve, book, cancel, check, decline
from rma.states import RmaState
from rma.verdict import Verdict
from tests import shop


def three() -> Order:
    return shop.order(shop.line(units=3, gross=1000))


def holding(order: Order, *quantities: int) -> list[RmaRecord]:
    """One finalized RMA per quantity."""
    records: list[RmaRecord] = []
    for index, quantity in enumerate(quantities):
        ledger = shop.ledger(order, records)
        wish = shop.wanted(quantity=quantity)
        records.append(
            shop.finalized(wish, order=order, ledger=ledger, rma_number=shop.number(index))
        )
    return records


def refusal(assessment: Assessment, rule: Rule) -> str:
    (found,) = (f for f in assessment.all_findings if f.rule is rule)
    assert found.outcome is Verdict.INELIGIBLE
    return found.sentence


def test_returnable_is_what_was_delivered_and_is_not_consumed() -> None:
    order = shop.order(shop.line(units=5, delivered=4, gross=1000))
    assert shop.ledger(order).returnable(order.lines[0]) == 4
    assert shop.ledger(order, holding(order, 1, 2)).returnable(order.lines[0]) == 1


def test_only_delivered_units_are_returnable() -> None:
    order = shop.order(shop.line(units=3, delivered=2, gross=1000))
    said = refusal(shop.judged(shop.wanted(quantity=3), order=order), Rule.QUANTITY)
    assert said == "Only 2 were delivered: no more than that can come back."


def test_what_is_not_delivered_cannot_be_returned() -> None:
    order = shop.order(shop.line(delivered=0, delivered_at=None))
    assert "has not been delivered yet" in refusal(shop.judged(order=order), Rule.DELIVERY)


def test_a_second_request_for_the_same_unit_is_refused_and_names_the_older_rma() -> None:
    order = shop.order()
    (first,) = holding(order, 1)
    said = refusal(shop.judged(order=order, ledger=shop.ledger(order, [first])), Rule.QUANTITY)
    assert spoken(first.number) in said
    assert said.startswith("The only unit of it is on return ")


def test_every_holder_is_named_once() -> None:
    order = three()
    first, second = holding(order, 1, 1)
    two_lines = shop.finalized(shop.wanted(), shop.wanted(reason="broken"), order=order)
    said = refusal(
        shop.judged(shop.wanted(quantity=2), order=order, ledger=shop.ledger(order, [two_lines])),
        Rule.QUANTITY,
    )
    assert said.count(spoken(two_lines.number)) == 1
    both = shop.ledger(order, [first, second])
    said = refusal(shop.judged(shop.wanted(quantity=2), order=order, ledger=both), Rule.QUANTITY)
    assert spoken(first.number) in said
    assert spoken(second.number) in said


def test_lines_of_the_same_request_share_the_units() -> None:
    order = shop.order(shop.line(units=2, gross=1000))
    assessment = shop.judged(shop.wanted(quantity=2), shop.wanted(), order=order)
    assert "already on this return" in refusal(assessment, Rule.QUANTITY)
    assert [line.returnable for line in assessment.lines] == [2, 0]


def test_units_that_came_back_before_are_consumed_and_said() -> None:
    order = shop.order(shop.line(units=2, gross=1000, returned_before=2))
    said = refusal(shop.judged(order=order), Rule.QUANTITY)
    assert said == "None of the 2 delivered can still come back: 2 came back before."


@pytest.mark.parametrize(
    ("units", "held", "gone", "sentence"),
    [
        (1, 0, 1, "The only unit of it came back before: nothing is left to return."),
        (1, 0, 0, "Only 1 was delivered: no more than that can come back."),
        (3, 0, 2, "Only 1 of the 3 delivered can still come back: 2 came back before."),
        (2, 2, 0, "None of the 2 delivered can still come back: they are on return {number}."),
        (
            3,
            2,
            0,
            "Only 1 of the 3 delivered can still come back: the others are on return {number}.",
        ),
        (
            3,
            2,
            1,
            "None of the 3 delivered can still come back: "
            "the others are on return {number}; 1 came back before.",
        ),
    ],
)
def test_what_is_left_is_said_in_one_good_sentence(
    units: int, held: int, gone: int, sentence: str
) -> None:
    order = shop.order(shop.line(units=units, gross=1000, returned_before=gone))
    records = holding(order, held) if held else []
    ledger = shop.ledger(order, records)
    said = refusal(
        shop.judged(shop.wanted(quantity=units + 1), order=order, ledger=ledger), Rule.QUANTITY
    )
    assert said == sentence.format(number=spoken(records[0].number) if records else "")


@pytest.mark.parametrize("quantity", [0, -1, -1000])
def test_zero_and_negative_quantities_are_refused(quantity: int) -> None:
    assessment = shop.judged(shop.wanted(quantity=quantity))
    assert [m.field for m in assessment.missing] == ["quantity"]
    assert assessment.quote is None
    assert check(assessment) is not None


def test_an_absurd_quantity_is_refused_like_any_other() -> None:
    assessment = shop.judged(shop.wanted(quantity=10**15))
    assert refusal(assessment, Rule.QUANTITY).startswith("Only 1 was delivered")


@pytest.mark.parametrize("kind", [LineKind.SERVICE, LineKind.GIFT_CARD, LineKind.FEE])
def test_services_gift_cards_and_fees_are_not_returnable(kind: LineKind) -> None:
    order = shop.order(shop.line(kind=kind))
    assert "cannot be returned" in refusal(shop.judged(order=order), Rule.ITEM_KIND)
    assert shop.ledger(order).returnable(order.lines[0]) == 0


# --- who holds ---------------------------------------------------------------------------------------------------


def test_a_return_that_needs_approval_holds_its_units() -> None:
    order = shop.order()
    record = shop.finalized(order=order, asking={"photo_seen_before": True})
    assert record.state is RmaState.NEEDS_APPROVAL
    assert shop.ledger(order, [record]).returnable(order.lines[0]) == 0


def test_cancelling_frees_units_and_slots() -> None:
    order = three()
    first, second = holding(order, 1, 1)
    gone = cancel(first, actor=shop.AGENT, device=shop.DEVICE, at=shop.NOW, reason="Keeps it")
    ledger = shop.ledger(order, [gone, second])
    assert ledger.returnable(order.lines[0]) == 2
    assert ledger.free_slots(order.lines[0], 2) == (1, 3)


def test_declining_frees_units_and_approving_keeps_them() -> None:
    order = shop.order()
    record = shop.finalized(order=order, asking={"photo_seen_before": True})
    no = decline(record, actor=shop.SUPERVISOR, device=shop.DEVICE, at=shop.NOW, reason="Used up")
    yes = approve(record, actor=shop.SUPERVISOR, device=shop.DEVICE, at=shop.NOW)
    assert shop.ledger(order, [no]).returnable(order.lines[0]) == 1
    assert shop.ledger(order, [yes]).returnable(order.lines[0]) == 0


def test_a_return_that_was_only_booked_holds_nothing() -> None:
    order = shop.order()
    case = shop.case(order=order)
    assessment = shop.judged(order=order)
    record = book(case, assessment, number=shop.number(), device=shop.DEVICE)
    assert record.state is RmaState.NEEDS_APPROVAL
    assert record.hold is None
    assert shop.ledger(order, [record]).returnable(order.lines[0]) == 1


def test_two_desks_that_told_the_same_slot_still_consume_two_units() -> None:
    order = three()
    first = shop.finalized(order=order, rma_number=shop.number(1))
    second = shop.finalized(order=order, rma_number=shop.number(2))
    assert first.quote is not None
    assert second.quote is not None
    assert first.quote.lines[0].slots == second.quote.lines[0].slots
    assert shop.ledger(order, [first, second]).returnable(order.lines[0]) == 1


# --- serials -----------------------------------------------------------------------------------------------------


def serial_order() -> Order:
    return shop.order(shop.line(units=2, gross=1000, serials=("SN-1", "SN-2")))


def fields_missing(assessment: Assessment) -> list[str]:
    return [missing.field for missing in assessment.missing]


def test_serial_tracked_units_come_back_one_by_one() -> None:
    wish = shop.wanted(quantity=2, serials=("SN-1", "SN-2"))
    assert fields_missing(shop.judged(wish, order=serial_order())) == ["quantity"]


def test_a_serial_tracked_unit_needs_its_serial() -> None:
    assert fields_missing(shop.judged(order=serial_order())) == ["serials"]


def test_one_unit_has_one_serial() -> None:
    wish = shop.wanted(serials=("SN-1", "SN-2"))
    assert fields_missing(shop.judged(wish, order=serial_order())) == ["serials"]


def test_a_serial_stands_once_on_a_line() -> None:
    order = shop.order(shop.line(units=2, gross=1000))
    wish = shop.wanted(quantity=2, serials=("SN-1", "sn-1"))
    assert fields_missing(shop.judged(wish, order=order)) == ["serials"]


def test_a_serial_twice_in_one_request_is_refused() -> None:
    wish = shop.wanted(serials=("SN-1",))
    said = refusal(shop.judged(wish, wish, order=serial_order()), Rule.SERIAL)
    assert said == "Serial SN-1 is already on this return."


@pytest.mark.parametrize("typed", ["SN-1", "sn-1"])
def test_a_serial_that_is_open_is_refused_and_names_the_rma(typed: str) -> None:
    order = serial_order()
    first = shop.finalized(shop.wanted(serials=("SN-1",)), order=order)
    assessment = shop.judged(
        shop.wanted(serials=(typed,)), order=order, ledger=shop.ledger(order, [first])
    )
    assert refusal(assessment, Rule.SERIAL) == (
        f"Serial {typed} is already on return {spoken(first.number)}."
    )


def test_a_known_serial_in_small_letters_is_known() -> None:
    assert shop.judged(shop.wanted(serials=("sn-2",)), order=serial_order()).verdict is (
        Verdict.ELIGIBLE
    )


def test_a_foreign_serial_is_only_shown_where_the_policy_does_not_care() -> None:
    policy = shop.policy(approval=Approval(risk=False))
    assessment = shop.judged(shop.wanted(serials=("SN-9",)), order=serial_order(), policy=policy)
    assert assessment.verdict is Verdict.ELIGIBLE
    assert any(f.rule is Rule.SERIAL for f in assessment.all_findings)


def test_the_ledger_without_an_rma_is_as_if_it_held_nothing() -> None:
    order = three()
    first, second = holding(order, 1, 2)
    ledger = shop.ledger(order, [first, second])
    assert ledger.without(second.number).returnable(order.lines[0]) == 2
    assert Ledger(order).with_hold(None) == Ledger(order)

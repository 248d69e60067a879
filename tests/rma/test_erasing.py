"""What is left of a return without the person: everything that is counted, and no word that anybody typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rma.assessment import assess
from rma.erasing import ERASED, erase, erased_command, without_person
from rma.operations import CancelReturn, DispatchReturn, FinalizeReturn, Result
from rma.order import Customer, TenderKind
from rma.outbound import OutboundCommand, OutboundOrder, Payment
from rma.record import RmaRecord, cancel, check
from rma.request import Contact, ReturnType
from sync.protocol.documents import read_document, write_document
from tests import shop, typed

WORDS = "Maria called from her sister's"


def asking() -> dict[str, object]:
    """Every free text of a request."""
    return {
        "return_type": ReturnType.GOODWILL,
        "verification_skipped": WORDS,
        "waive_shipping_fee_reason": WORDS,
        "goodwill": 100,
        "goodwill_reason": WORDS,
        "reference": "CRM-77",
    }


def record() -> RmaRecord:
    line = shop.wanted(
        note=WORDS,
        override_reason=WORDS,
        waive_fee_reason=WORDS,
        amount=100,
        amount_reason=WORDS,
    )
    made = shop.finalized(line, asking=asking())
    made = cancel(made, actor=shop.AGENT, device=shop.DEVICE, at=shop.NOW, reason=WORDS)
    paid = Payment(kind=TenderKind.CARD, amount=100, label="•••• 4242")
    return replace(made, outbound=OutboundOrder(payment=paid))


def test_no_word_is_left_and_everything_that_counts_is() -> None:
    before = record()
    after = erase(before)
    text = write_document(after).decode()
    for personal in ("Maria", "sister", "maria@", "12345678", "CRM-77", "4242"):
        assert personal not in text
    assert (after.number, after.state, after.quote, after.hold) == (
        before.number,
        before.state,
        before.quote,
        before.hold,
    )
    assert [each.command for each in after.history] == [each.command for each in before.history]
    assert after.lines[0].quantity == before.lines[0].quantity
    assert read_document(type(after), text) == after
    assert erase(after) == after


def test_a_return_is_judged_the_same_without_its_words() -> None:
    line = shop.wanted(reason="other", note=WORDS, amount=100, amount_reason=WORDS)
    case = shop.case(request=shop.request(line, **asking()))
    command = erased_command(
        FinalizeReturn(
            number=shop.number(),
            request=case.request,
            told=None,  # type: ignore[arg-type]
            finalized_at=shop.NOW,
            metrics=None,  # type: ignore[arg-type]
        )
    )
    assert isinstance(command, FinalizeReturn)
    told, again = assess(case), assess(replace(case, request=command.request))
    assert check(told) is None and check(again) is None
    assert (again.quote, again.verdict) == (told.quote, told.verdict)
    assert [each.rule for each in again.all_findings] == [each.rule for each in told.all_findings]


def test_of_an_order_typed_by_hand_the_goods_stay_and_the_caller_goes() -> None:
    made = typed.finalized(asking={"typed": typed.order(caller="Maria Müller")})
    after = erase(made)
    assert "Maria" in write_document(made).decode()
    assert "Maria" not in write_document(after).decode()
    assert after.request.typed is not None and made.request.typed is not None
    assert after.request.typed.lines == made.request.typed.lines
    assert after.request.typed.number == made.request.typed.number
    result = Result(op_id="1", outcome=None, problem=None, record=made)  # type: ignore[arg-type]
    assert erase(result).record == after


def test_of_a_customer_what_policies_judge_by_stays() -> None:
    assert erase(shop.customer(risk_flags=("address reused",))) == Customer(
        customer_id="C-1", name="", country="DE", tier="standard", erased=True
    )


def test_an_order_keeps_its_money_and_not_what_a_payment_is_called() -> None:
    before = shop.order()
    after = erase(before)
    assert after.tenders[0].label == ""
    assert replace(after, tenders=before.tenders) == before


def test_a_refused_return_keeps_its_findings() -> None:
    before = shop.refused(shop.wanted(note=WORDS), told=WORDS)
    after = erase(before)
    assert (after.told, after.lines[0].note) == (ERASED, ERASED)
    assert after.why == before.why


@pytest.mark.parametrize(
    "command",
    [
        CancelReturn(number="1", reason=WORDS, at=shop.NOW),
        DispatchReturn(
            number="1",
            command=OutboundCommand.PAY,
            note=WORDS,
            at=shop.NOW,
            payment=Payment(kind=TenderKind.CARD, amount=1, label="Maria's card"),
        ),
    ],
)
def test_an_operation_keeps_what_it_asks_for_and_still_says_that_there_was_a_reason(
    command: CancelReturn | DispatchReturn,
) -> None:
    erased = erased_command(command)
    assert b"Maria" not in write_document(erased)
    assert ERASED.encode() in write_document(erased)


def test_what_was_not_said_stays_unsaid() -> None:
    made = shop.finalized(asking={"contact": Contact()})
    assert erase(made) == made


def test_only_the_documents_of_who_was_erased_are() -> None:
    other = shop.customer(customer_id="C-2")
    assert without_person(other, {"C-1"}) is other
    assert without_person(shop.customer(), {"C-1"}).erased
    assert without_person(shop.product(), {"C-1"}) == shop.product()

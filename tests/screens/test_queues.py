"""Approvals and attention: who waits, why, and what to do."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest

from rma.operations import (
    AttentionItem,
    CallMetrics,
    FinalizeReturn,
    LocalRecord,
    OperationKind,
    Outcome,
    SupersedeReturn,
    Told,
)
from rma.record import Problem, ProblemType, RmaRecord
from rma.request import Role
from rma.states import RmaCommand, RmaState
from tests import shop
from tests.screens.seat import Shop, known, seated, small_shop

SIZES = [(80, 24), (120, 40)]
PROBLEM = Problem(
    type=ProblemType.OVER_RETURN,
    detail="Another return holds this unit.",
    remedy="Call the customer back.",
    other_number=shop.number(9),
)


def waiting(index: int, minutes: int) -> RmaRecord:
    record = shop.finalized(rma_number=shop.number(index))
    return replace(
        record,
        state=RmaState.NEEDS_APPROVAL,
        finalized_at=shop.NOW - timedelta(minutes=minutes),
        problem=PROBLEM,
        holding=False,
    )


def approvals(role: Role = Role.SUPERVISOR) -> Shop:
    of = small_shop().as_role(role)
    of.reference.record_list += [known(waiting(1, 90)), known(waiting(2, 5))]
    return of


def content(record: RmaRecord) -> FinalizeReturn:
    """What was told before the server refused it."""
    assert record.quote is not None
    return FinalizeReturn(
        number=record.number,
        request=record.request,
        told=Told(
            state=RmaState.AUTHORIZED,
            total=record.quote.total,
            slots=((1,),),
            policies=record.quote.policies,
            expires_at=None,
        ),
        finalized_at=record.finalized_at,
        metrics=CallMetrics(started_at=record.finalized_at),
    )


def troubled() -> Shop:
    of = small_shop()
    for index in (1, 2):
        record = waiting(index, 10)
        of.work.local[record.number] = LocalRecord(record=record, row_version=1, pending=False)
        of.work.attention_items.append(
            AttentionItem(
                op_id=f"op-{index}",
                kind=OperationKind.FINALIZE,
                number=record.number,
                outcome=Outcome.REJECTED,
                problem=PROBLEM,
                decided_at=shop.NOW - timedelta(minutes=3),
                content=content(record),
            )
        )
    return of


@pytest.mark.parametrize("size", SIZES)
async def test_f8_lists_what_waits_with_its_age_customer_reason_and_amount(
    size: tuple[int, int],
) -> None:
    async with seated(approvals(), size) as seat:
        await seat.press("f8")
        await seat.sees("2 waiting, oldest first", "90 min", "5 min", "Maria Müller", "119.00 EUR")
        await seat.sees("? Another return holds this unit.")


async def test_the_oldest_stands_first() -> None:
    async with seated(approvals()) as seat:
        await seat.press("f8")
        await seat.sees("▸   90 min")


async def test_enter_opens_the_return() -> None:
    async with seated(approvals()) as seat:
        await seat.press("f8", "enter")
        await seat.until(lambda: type(seat.app.screen).__name__ == "RmaScreen")


async def test_an_agent_is_told_that_approving_needs_a_supervisor() -> None:
    async with seated(approvals(Role.AGENT)) as seat:
        await seat.press("f8")
        await seat.sees("approving needs a supervisor", "90 min")


async def test_an_empty_queue_says_so() -> None:
    async with seated(small_shop().as_role(Role.SUPERVISOR)) as seat:
        await seat.press("f8")
        await seat.sees("Nothing waits for approval")


async def test_f8_twice_opens_the_queue_once() -> None:
    async with seated(approvals()) as seat:
        await seat.press("f8", "f8", "f3")
        await seat.sees("Look up", "NEEDS YOU")


@pytest.mark.parametrize("size", SIZES)
async def test_attention_says_what_happened_who_holds_it_and_what_to_do(
    size: tuple[int, int],
) -> None:
    async with seated(troubled(), size) as seat:
        await seat.sees("2 need attention")
        await seat.press("ctrl+g", "3")
        await seat.sees("refused", "Maria Müller", "+493012345678")
        await seat.sees("Another return holds this unit.", "Held by", "Call the customer back.")


async def test_the_whole_situation_stands_beneath_the_list() -> None:
    async with seated(troubled()) as seat:
        await seat.press("ctrl+g", "3")
        await seat.sees(
            "Told, 2026-11-20", "authorized, 119.00 EUR, 1 × Kettle", "Server, 2026-11-20"
        )
        await seat.sees("Now: needs approval, holds no units.", "Do now: Call the customer back.")


async def test_called_back_takes_an_item_off_with_a_note_in_the_history() -> None:
    of = troubled()
    async with seated(of) as seat:
        await seat.press("ctrl+g", "3")
        await seat.sees("2 open")
        await seat.press("b")
        await seat.sees("Was the customer of", "called back?")
        await seat.type("agreed to wait")
        await seat.press("enter")
        await seat.sees("1 open", "is off the list")
        last = of.work.local[shop.number(1)].record.history[-1]
        assert (last.command, last.note) == (RmaCommand.CALL_BACK, "agreed to wait")
        await seat.press("f2")
        await seat.sees("1 need")


async def test_esc_in_the_question_leaves_the_item_on_the_list() -> None:
    of = troubled()
    async with seated(of) as seat:
        await seat.press("ctrl+g", "3", "b")
        await seat.sees("called back?")
        await seat.press("escape")
        await seat.sees("2 open")
        assert of.work.outbox == []


async def test_cancel_asks_why_and_takes_the_item_off() -> None:
    of = troubled()
    async with seated(of) as seat:
        await seat.press("ctrl+g", "3", "c")
        await seat.sees("Why is", "cancelled?")
        await seat.press("enter")
        await seat.sees("A reason is needed")
        await seat.type("keeps it")
        await seat.press("enter")
        await seat.sees("1 open", "Cancelled.")
        assert of.work.local[shop.number(1)].record.state is RmaState.CANCELLED


async def test_edit_opens_what_was_typed_and_f9_tells_it_under_the_same_number() -> None:
    of = troubled()
    async with seated(of) as seat:
        await seat.press("ctrl+g", "3", "e")
        await seat.sees("Edit of 471 2030 0131", "no_longer_wanted", "F9 gives the number")
        await seat.press("f9")
        await seat.sees("Return edited", "The number stays the same", "471 2030 0131")
        (operation,) = of.work.outbox
        assert isinstance(operation.command, SupersedeReturn)
        assert operation.command.number == shop.number(1)
        await seat.press("f3")
        await seat.sees("Attention", "1 open")


async def test_an_edit_that_is_left_goes_on_where_it_was() -> None:
    of = troubled()
    async with seated(of) as seat:
        await seat.press("ctrl+g", "3", "e")
        await seat.sees("Edit of 471 2030 0131")
        await seat.press("2", "f3")
        await seat.sees("Attention", "2 open")
        await seat.press("e")
        await seat.sees("Edit of 471 2030 0131")
        assert len(of.work.drafts()) == 1


async def test_the_number_is_handed_to_the_terminals_clipboard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with seated(troubled()) as seat:
        written: list[str] = []
        monkeypatch.setattr(seat.app._driver, "write", written.append)
        await seat.press("ctrl+g", "3", "y")
        await seat.sees("Copied: 471 2030 0131.")
        packed = b64encode(shop.number(1).encode()).decode()
        assert f"\x1b]52;c;{packed}\a" in written


async def test_what_is_held_says_what_happens_next() -> None:
    of = troubled()
    of.work.attention_items = [
        replace(item, outcome=Outcome.HELD_FOR_REVIEW) for item in of.work.attention_items
    ]
    async with seated(of) as seat:
        await seat.press("ctrl+g", "3")
        await seat.sees("held", "it waits under Approvals (F8) for a supervisor")


async def test_a_return_that_was_received_is_neither_edited_nor_cancelled() -> None:
    of = troubled()
    for number, local in of.work.local.items():
        received = replace(local.record, state=RmaState.RECEIVED)
        of.work.local[number] = replace(local, record=received)
    async with seated(of) as seat:
        await seat.press("ctrl+g", "3")
        await seat.sees("2 open", "B Called back")
        assert "E Edit" not in seat.text
        await seat.press("e", "c")
        await seat.sees("2 open", "Now: received")
        assert of.work.drafts() == []


async def test_enter_on_an_item_opens_its_return() -> None:
    async with seated(troubled()) as seat:
        await seat.press("ctrl+g", "3", "enter")
        await seat.until(lambda: type(seat.app.screen).__name__ == "RmaScreen")


async def test_an_empty_list_says_so() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+g", "3")
        await seat.sees("Nothing needs attention")

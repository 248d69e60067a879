"""Approvals and attention: who waits, why, and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rma.operations import AttentionItem, LocalRecord, OperationKind, Outcome
from rma.record import Problem, ProblemType, RmaRecord
from rma.request import Role
from rma.states import RmaState
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
        await seat.sees("▸ 90 min")


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


async def test_done_takes_an_item_off_and_undo_brings_it_back() -> None:
    of = troubled()
    async with seated(of) as seat:
        await seat.press("ctrl+g", "3")
        await seat.sees("2 open")
        await seat.press("d")
        await seat.sees("1 open", "Press u to take it back")
        await seat.press("u")
        await seat.sees("2 open", "Taken back.")
        assert not of.work.settled


async def test_done_is_final_when_the_screen_is_left() -> None:
    of = troubled()
    async with seated(of) as seat:
        await seat.press("ctrl+g", "3")
        await seat.sees("2 open")
        await seat.press("d", "f2")
        await seat.sees("1 need")
        assert of.work.settled == ["op-1"]


async def test_a_second_done_settles_the_first() -> None:
    of = troubled()
    async with seated(of) as seat:
        await seat.press("ctrl+g", "3")
        await seat.sees("2 open")
        await seat.press("d", "d")
        await seat.sees("Nothing needs attention")
        assert of.work.settled == ["op-1"]


async def test_enter_on_an_item_opens_its_return() -> None:
    async with seated(troubled()) as seat:
        await seat.press("ctrl+g", "3", "enter")
        await seat.until(lambda: type(seat.app.screen).__name__ == "RmaScreen")


async def test_an_empty_list_says_so() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+g", "3")
        await seat.sees("Nothing needs attention")

"""Everything about one RMA, by keys alone."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from rma.expiry import expire
from rma.numbers import spoken
from rma.operations import OperationKind
from rma.policy import Approval, Window
from rma.record import Problem, ProblemType, RmaRecord
from rma.request import ReturnType, Role
from rma.states import RmaState
from tests import shop
from tests.screens.returning import SIZES, shop_with
from tests.screens.seat import Seat, Shop, known, seated

NUMBER = shop.number()


def waiting(**changes: object) -> RmaRecord:
    """An RMA of another agent that needs approval."""
    record = shop.finalized(asking={"reference": "CRM-77"})
    return replace(record, **{"state": RmaState.NEEDS_APPROVAL} | changes)  # type: ignore[arg-type]


def shop_knowing(record: RmaRecord, role: Role = Role.AGENT, person: str = "Agent Two") -> Shop:
    the_shop = shop_with().as_role(role, person)
    the_shop.reference.record_list = [known(record)]
    return the_shop


@asynccontextmanager
async def looking(the_shop: Shop, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Seat]:
    async with seated(the_shop, size) as seat:
        await seat.type(NUMBER)
        await seat.sees("471 2030 0034")
        await seat.press("enter")
        await seat.sees(f"RMA {spoken(NUMBER)}", "Lines")
        yield seat


@pytest.mark.parametrize("size", SIZES)
async def test_it_shows_number_state_customer_lines_money_and_history(
    size: tuple[int, int],
) -> None:
    async with looking(shop_knowing(waiting()), size) as seat:
        await seat.sees(
            "RMA 471 2030 0034   ? needs approval",
            "Maria Müller",
            "100001 · EUR",
            "CRM-77",
            "1 × Kettle",
            "Preference > No longer wanted · opened · refund",
            "It was delivered on 10 November 2026",
        )
        await seat.press("end")
        await seat.sees("ESTIMATE", "119.00 EUR", "to card •••• 4242", "finalize → authorized")


async def test_a_problem_names_the_other_return_and_what_to_do() -> None:
    problem = Problem(
        type=ProblemType.OVER_RETURN,
        detail="The unit is on another return.",
        remedy="Call the customer back.",
        other_number=shop.number(7),
    )
    async with looking(shop_knowing(waiting(problem=problem, holding=False))) as seat:
        await seat.sees(
            "! Problem",
            "Call the customer back.",
            f"on return {spoken(shop.number(7))}",
            "holds none",
        )


async def test_a_supervisor_approves_with_a_note() -> None:
    the_shop = shop_knowing(waiting(), Role.SUPERVISOR, "Supervisor Two")
    async with looking(the_shop) as seat:
        await seat.sees("A Approve", "D Decline", "C Cancel return")
        await seat.press("a")
        await seat.sees("Approve 471 2030 0034?")
        await seat.press(*"fine", "enter")
        await seat.sees("✓ authorized", "Approved.", "waiting to sync")
        await seat.press("end")
        await seat.sees("approve → authorized", "“fine”")
    assert the_shop.work.local[NUMBER].record.state is RmaState.AUTHORIZED


async def test_declining_needs_a_reason_and_a_typed_y() -> None:
    the_shop = shop_knowing(waiting(), Role.SUPERVISOR, "Supervisor Two")
    async with looking(the_shop) as seat:
        await seat.press("d", "enter")
        await seat.sees("A reason is needed")
        await seat.press(*"too old", "enter")
        await seat.sees("Decline 471 2030 0034?")
        await seat.press("enter")
        await seat.sees("Not declined. The reason is kept.", "? needs approval")
        await seat.press("d", "enter")
        await seat.sees("Decline 471 2030 0034?")
        await seat.press("y", "enter")
        await seat.sees("✗ rejected")
    assert the_shop.work.local[NUMBER].record.history[-1].note == "too old"


async def test_an_agent_cancels_with_a_reason_but_cannot_approve() -> None:
    the_shop = shop_knowing(waiting())
    async with looking(the_shop) as seat:
        assert "Approve" not in seat.lines[-1]
        await seat.sees("a supervisor other than Agent One, who made it")
        await seat.press("a", "d")
        await seat.press("c")
        await seat.sees("Why is 471 2030 0034 cancelled?")
        await seat.press("escape")
        await seat.no_longer_sees("Why is")
        await seat.press("c", *"keeps it", "enter")
        await seat.sees("✗ cancelled", "Cancelled.")
    assert len(the_shop.work.outbox) == 1


async def test_what_is_cancelled_offers_nothing_more() -> None:
    async with looking(shop_knowing(waiting(state=RmaState.CANCELLED))) as seat:
        assert "Cancel return" not in seat.lines[-1]
        await seat.press("c")
        await seat.sees("✗ cancelled", "no longer: it is cancelled")
        assert "Why is" not in seat.text


@pytest.mark.parametrize(
    "state", [RmaState.CANCELLED, RmaState.REJECTED, RmaState.AUTHORIZED, RmaState.EXPIRED]
)
async def test_what_was_decided_no_longer_says_that_it_needs_approval(state: RmaState) -> None:
    record = shop.finalized(
        policy=shop.policy(approval=Approval(outside_window=True), window=Window(days=1)),
        asking={"return_type": ReturnType.GOODWILL, "goodwill_reason": "loyal"},
    )
    async with looking(shop_knowing(replace(record, state=state))) as seat:
        await seat.sees("was: needs approval", "· It was delivered on")
        assert "? " not in seat.text


async def test_a_sync_refreshes_it() -> None:
    record = waiting()
    the_shop = shop_knowing(record)
    async with looking(the_shop) as seat:
        the_shop.reference.record_list = [known(replace(record, state=RmaState.AUTHORIZED), 2)]
        await seat.press("f5")
        await seat.sees("✓ authorized")


async def test_hostile_text_is_shown_harmless() -> None:
    record = waiting()
    line = replace(record.lines[0], name="Ket\x1b[2Jtle", note="[red]no[/] \x07bell")
    async with looking(shop_knowing(replace(record, lines=(line,)))) as seat:
        await seat.sees("Ket␛[2Jtle", "[red]no[/] ␇bell")
        assert "\x1b" not in seat.text


# --- more days ---------------------------------------------------------------------------------------------------


def expired() -> RmaRecord:
    """An RMA of another agent whose fourteen days are over."""
    record = shop.finalized(policy=shop.policy(expires_after_days=14))
    assert record.expires_at is not None
    return expire(record, record.expires_at)


async def test_an_expired_return_says_its_last_day_and_a_supervisor_extends_it_with_a_reason() -> (
    None
):
    the_shop = shop_knowing(expired(), Role.SUPERVISOR)
    the_shop.reference.policy_list = [shop.policy(expires_after_days=14)]
    the_shop.clock.move(days=16)
    async with looking(the_shop) as seat:
        await seat.sees("✗ expired", "4 December 2026: it is expired")
        await seat.press("e")
        await seat.sees("Why is 471 2030 0034 extended?")
        await seat.type("Was in hospital")
        await seat.press("enter")
        await seat.sees("✓ authorized", "20 December 2026", "Extended.")
    (operation,) = the_shop.work.outbox
    assert operation.kind is OperationKind.EXTEND


async def test_an_agent_is_not_offered_to_extend() -> None:
    async with looking(shop_knowing(expired())) as seat:
        await seat.sees("✗ expired")
        await seat.press("e")
        await seat.settled()
        assert "extended?" not in seat.text


async def test_the_last_day_is_the_shops_wherever_the_desk_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        record = shop.finalized(policy=shop.policy(expires_after_days=14))
        async with looking(shop_knowing(record)) as seat:
            await seat.sees("4 December 2026")
    finally:
        monkeypatch.undo()
        time.tzset()

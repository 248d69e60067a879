"""The RMA: made once under its number; every command gives a new one with one more history entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rma.assessment import assess
from rma.ledger import Ledger
from rma.record import (
    Problem,
    ProblemType,
    RmaRecord,
    approve,
    book,
    cancel,
    check,
    decline,
    finalize,
    return_moments,
)
from rma.request import Actor, Role
from rma.states import IllegalTransition, RmaCommand, RmaState
from rma.verdict import Verdict
from tests import shop


def waiting(**fields: Any) -> RmaRecord:
    """An RMA of Agent One that needs approval."""
    return shop.finalized(asking={"photo_seen_before": True}, **fields)


def by(actor: Actor, **fields: Any) -> dict[str, Any]:
    return {"actor": actor, "device": shop.DEVICE, "at": shop.NOW} | fields


# --- finalize ----------------------------------------------------------------------------------------------------


def test_an_eligible_return_is_authorized() -> None:
    record = shop.finalized()
    assert (record.state, record.verdict, record.holding) == (
        RmaState.AUTHORIZED,
        Verdict.ELIGIBLE,
        True,
    )


def test_a_return_that_needs_approval_has_its_number_too() -> None:
    record = waiting(rma_number=shop.number(7))
    assert (record.state, record.number) == (RmaState.NEEDS_APPROVAL, shop.number(7))
    assert record.verdict is Verdict.NEEDS_APPROVAL


def test_a_record_keeps_what_judged_it() -> None:
    record = shop.finalized(policy=shop.policy(version=3, expires_after_days=14))
    assert record.lines[0].policy == shop.policy(version=3).ref
    assert record.lines[0].reason_path == "Preference > No longer wanted"
    assert record.lines[0].resolution == "refund"
    assert record.expires_at is not None
    assert record.author == "Agent One"
    (entry,) = record.history
    assert (entry.command, entry.before, entry.after) == (
        RmaCommand.FINALIZE,
        RmaState.DRAFT,
        RmaState.AUTHORIZED,
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"request": shop.request(shop.wanted(quantity=0))},
        {"request": shop.request(shop.wanted(quantity=2))},
        {"order": shop.order(shop.line(final_sale=True))},
        {"order": None, "ledger": None},
    ],
    ids=["missing", "ineligible", "ineligible with a price", "unknown order"],
)
def test_what_stands_against_a_return_keeps_it_from_its_number(fields: dict[str, Any]) -> None:
    case = shop.case(**fields)
    assessment = assess(case)
    assert check(assessment) is not None
    with pytest.raises(ValueError, match="cannot be finalized"):
        finalize(case, assessment, number=shop.number(), device=shop.DEVICE)


def test_nothing_stands_against_a_complete_return() -> None:
    assert check(shop.judged()) is None


# --- book --------------------------------------------------------------------------------------------------------

PROBLEM = Problem(
    type=ProblemType.OVER_RETURN,
    detail="The unit is on another return.",
    remedy="Call the customer back.",
    other_number=shop.number(1),
)


def test_a_told_number_is_booked_even_where_it_cannot_be_authorized() -> None:
    order = shop.order()
    first = shop.finalized(order=order, rma_number=shop.number(1))
    case = shop.case(order=order, ledger=shop.ledger(order, [first]))
    record = book(case, assess(case), number=shop.number(2), device=shop.DEVICE, problem=PROBLEM)
    assert record.state is RmaState.NEEDS_APPROVAL
    assert record.problem == PROBLEM
    assert record.history[0].note == PROBLEM.detail
    assert record.hold is None


def test_a_number_for_an_unknown_order_is_booked_with_what_was_asked() -> None:
    case = shop.case(order=None, ledger=None)
    record = book(case, assess(case), number=shop.number(), device=shop.DEVICE)
    assert record.order_number == record.order_id == "O-1"
    assert [line.verdict for line in record.lines] == [Verdict.INELIGIBLE]


def test_a_line_the_order_does_not_have_keeps_its_place() -> None:
    case = shop.case(request=shop.request(shop.wanted("99"), shop.wanted("1")))
    record = book(case, assess(case), number=shop.number(), device=shop.DEVICE)
    assert [(line.line_id, line.name, line.verdict) for line in record.lines] == [
        ("99", "", Verdict.INELIGIBLE),
        ("1", "Kettle", Verdict.ELIGIBLE),
    ]


# --- cancel, approve, decline ------------------------------------------------------------------------------------


def test_every_command_adds_one_entry_to_the_history_and_leaves_the_old_record_alone() -> None:
    record = waiting()
    approved = approve(record, **by(shop.SUPERVISOR, note=" Fine "))
    cancelled = cancel(approved, **by(shop.AGENT, reason="Keeps it"))
    assert [len(r.history) for r in (record, approved, cancelled)] == [1, 2, 3]
    assert cancelled.history[:2] == approved.history
    assert approved.history[1].note == "Fine"
    assert [entry.after for entry in cancelled.history] == [
        RmaState.NEEDS_APPROVAL,
        RmaState.AUTHORIZED,
        RmaState.CANCELLED,
    ]
    assert record.state is RmaState.NEEDS_APPROVAL


@pytest.mark.parametrize("role", list(Role))
def test_only_supervisors_and_admins_decide(role: Role) -> None:
    person = Actor("Somebody Else", role)
    if role in (Role.SUPERVISOR, Role.ADMIN):
        approved = approve(waiting(), **by(person))
        assert approved.state is RmaState.AUTHORIZED
    else:
        with pytest.raises(IllegalTransition, match="Only a supervisor"):
            approve(waiting(), **by(person))
        with pytest.raises(IllegalTransition, match="Only a supervisor"):
            decline(waiting(), **by(person, reason="No"))


def test_nobody_decides_about_their_own_return() -> None:
    record = waiting(actor=shop.SUPERVISOR)
    with pytest.raises(IllegalTransition, match="another supervisor"):
        approve(record, **by(shop.SUPERVISOR))
    with pytest.raises(IllegalTransition, match="another supervisor"):
        decline(record, **by(shop.SUPERVISOR, reason="No"))
    approved = approve(record, **by(shop.OTHER_SUPERVISOR))
    assert approved.state is RmaState.AUTHORIZED


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_cancelling_and_declining_need_a_reason(reason: str) -> None:
    with pytest.raises(IllegalTransition, match="Say why"):
        cancel(waiting(), **by(shop.AGENT, reason=reason))
    with pytest.raises(IllegalTransition, match="Say why"):
        decline(waiting(), **by(shop.SUPERVISOR, reason=reason))


def test_what_is_not_waiting_is_not_decided_about() -> None:
    with pytest.raises(IllegalTransition, match="This return is authorized"):
        approve(shop.finalized(), **by(shop.SUPERVISOR))
    declined = decline(waiting(), **by(shop.SUPERVISOR, reason="Used up"))
    assert declined.state is RmaState.REJECTED
    with pytest.raises(IllegalTransition, match="This return is rejected"):
        cancel(declined, **by(shop.AGENT, reason="Keeps it"))


def test_approval_settles_the_problem() -> None:
    record = replace(waiting(), problem=PROBLEM)
    approved = approve(record, **by(shop.SUPERVISOR))
    assert approved.problem is None


def test_what_a_record_holds_is_what_its_quote_said() -> None:
    record = shop.finalized()
    assert record.quote is not None
    assert record.hold == record.quote.hold(record.number)


def test_undone_returns_do_not_count_as_many_returns() -> None:
    live = waiting()
    gone = cancel(live, **by(shop.AGENT, reason="Keeps it"))
    assert return_moments([live, gone]) == (shop.NOW,)


def test_a_record_is_the_same_wherever_it_is_built() -> None:
    order = shop.order()
    case = shop.case(order=order, ledger=Ledger(order))
    again = shop.case(order=shop.order(), ledger=Ledger(shop.order()))
    made = [finalize(c, assess(c), number=shop.number(), device=shop.DEVICE) for c in (case, again)]
    assert made[0] == made[1]


def test_the_days_until_it_expires_count_from_the_approval_in_the_shops_time_zone() -> None:
    record = waiting(policy=shop.policy(expires_after_days=14))
    late = datetime(2027, 3, 25, 23, 30, tzinfo=UTC)  # the 26th in Berlin, before summer time

    approved = approve(record, actor=shop.SUPERVISOR, device=shop.DEVICE, at=late)

    assert approved.expires_at == datetime(2027, 4, 9, 22, 0, tzinfo=UTC)


def test_what_never_expires_does_not_after_an_approval_either() -> None:
    approved = approve(waiting(), actor=shop.SUPERVISOR, device=shop.DEVICE, at=shop.NOW)
    assert approved.expires_at is None


def test_the_warehouse_cancels_nothing() -> None:
    with pytest.raises(IllegalTransition, match="warehouse"):
        cancel(
            shop.finalized(),
            actor=Actor("Wim", Role.WAREHOUSE),
            device=shop.DEVICE,
            at=shop.NOW,
            reason="not mine",
        )

"""When an RMA ends by itself, and how a supervisor gives it more days (domain section 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rma.again import case_again
from rma.assessment import Case
from rma.expiry import can_expire, expire, extend, is_over, last_day
from rma.ledger import Ledger
from rma.order import Order
from rma.record import RmaRecord, cancel
from rma.states import IllegalTransition, RmaCommand, RmaState, next_state
from tests import shop

TWO_WEEKS = shop.policy(expires_after_days=14)
END = datetime(2026, 12, 4, 23, 0, tzinfo=UTC)
"""Midnight in Berlin after the fourteenth day."""


def made(*lines: Any, **fields: Any) -> RmaRecord:
    return shop.finalized(*lines, **{"policy": TWO_WEEKS} | fields)


def again(record: RmaRecord, ledger: Ledger, **fields: Any) -> Case:
    """The case of an RMA on what is held of its order now."""
    defaults: dict[str, Any] = {
        "order": ledger.order,
        "customer": shop.customer(),
        "ledger": ledger,
        "policies": (TWO_WEEKS,),
        "reasons": shop.reasons(),
    }
    return case_again(record, **defaults | fields)


def extended(record: RmaRecord, case: Case | None = None, **fields: Any) -> RmaRecord:
    defaults: dict[str, Any] = {
        "actor": shop.SUPERVISOR,
        "device": shop.DEVICE,
        "at": shop.NOW + timedelta(days=3),
        "reason": "Was in hospital",
    }
    return extend(record, case, **defaults | fields)


# --- expire ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "over"), [(END - timedelta(microseconds=1), False), (END, True)])
def test_an_rma_is_good_to_the_end_of_its_last_day_in_the_shops_time_zone(
    at: datetime, over: bool
) -> None:
    record = made()
    assert record.expires_at == END
    assert is_over(record, at) is over
    assert last_day(record) == date(2026, 12, 4)


def test_an_expired_rma_holds_nothing_and_says_when_and_by_whom() -> None:
    order = shop.order()
    record = made(order=order)
    ended = expire(record, END)
    assert (ended.state, ended.hold) == (RmaState.EXPIRED, None)
    assert shop.ledger(order, [ended]).returnable(order.lines[0]) == 1
    entry = ended.history[-1]
    assert (entry.command, entry.at, entry.actor) == (RmaCommand.EXPIRE, END, "central API")


def test_an_rma_that_is_still_good_does_not_expire() -> None:
    with pytest.raises(IllegalTransition, match="still good"):
        expire(made(), END - timedelta(seconds=1))


def test_an_rma_expires_once() -> None:
    with pytest.raises(IllegalTransition):
        expire(expire(made(), END), END)


def test_what_waits_for_approval_does_not_expire() -> None:
    waiting = made(asking={"photo_seen_before": True})
    assert waiting.expires_at == END
    assert not can_expire(waiting)
    assert not is_over(waiting, END)


def test_without_days_an_rma_never_expires() -> None:
    record = made(policy=shop.policy())
    assert last_day(record) is None
    assert not is_over(record, datetime(2999, 1, 1, tzinfo=UTC))


def test_goods_on_their_way_expire_too() -> None:
    shipped = replace(made(), state=next_state(RmaState.AUTHORIZED, RmaCommand.SHIP))
    assert expire(shipped, END).state is RmaState.EXPIRED


def test_received_goods_never_expire() -> None:
    assert not is_over(replace(made(), state=RmaState.RECEIVED), END)


# --- extend ------------------------------------------------------------------------------------------------------


def test_an_extension_counts_the_policys_days_anew() -> None:
    longer = extended(made())
    assert longer.state is RmaState.AUTHORIZED
    assert longer.expires_at == END + timedelta(days=3)
    entry = longer.history[-1]
    assert (entry.command, entry.note) == (RmaCommand.EXTEND, "Was in hospital")
    assert longer.hold == made().hold


def test_only_a_supervisor_extends_and_says_why() -> None:
    with pytest.raises(IllegalTransition, match="supervisor"):
        extended(made(), actor=shop.AGENT)
    with pytest.raises(IllegalTransition, match="why"):
        extended(made(), reason=" ")


def test_an_extension_that_gains_no_day_is_refused() -> None:
    with pytest.raises(IllegalTransition, match="good until 4 December 2026 already"):
        extended(made(), at=shop.NOW)


def test_what_never_ends_cannot_be_extended() -> None:
    with pytest.raises(IllegalTransition, match="no last day"):
        extended(made(policy=shop.policy()))


@pytest.mark.parametrize("state", [RmaState.CANCELLED, RmaState.NEEDS_APPROVAL, RmaState.RECEIVED])
def test_only_an_authorized_shipped_or_expired_rma_is_extended(state: RmaState) -> None:
    with pytest.raises(IllegalTransition, match="extend is not possible"):
        extended(replace(made(), state=state))


def test_an_expired_rma_takes_its_units_back_and_goes_on_where_it_was() -> None:
    order = shop.order(shop.line(units=3, gross=1000))
    record = made(order=order)
    late = END + timedelta(days=2)
    back = extended(expire(record, END), again(record, Ledger(order)), at=late)
    assert (back.state, back.hold) == (RmaState.AUTHORIZED, record.hold)
    assert back.quote == record.quote
    assert last_day(back) == date(2026, 12, 21)  # from the 7th in Berlin
    shipped = replace(record, state=RmaState.IN_TRANSIT)
    ended = expire(shipped, END)
    assert extended(ended, again(ended, Ledger(order)), at=late).state is RmaState.IN_TRANSIT


def test_an_expired_rma_whose_units_others_took_stays_expired_and_names_them() -> None:
    order = shop.order()
    ended = expire(made(order=order), END)
    other = made(order=order, rma_number=shop.number(1))
    case = again(ended, shop.ledger(order, [ended, other]))
    with pytest.raises(IllegalTransition, match=r"is on return .* Make a new return"):
        extended(ended, case, at=END)


def test_an_expired_rma_takes_the_next_free_units_where_only_the_rounding_moves() -> None:
    order = shop.order(shop.line(units=3, gross=1000))
    ended = expire(made(order=order), END)
    other = made(order=order, rma_number=shop.number(1))
    back = extended(ended, again(ended, shop.ledger(order, [other])), at=END)
    assert back.quote is not None
    assert (back.quote.lines[0].slots, back.quote.total) == ((2,), 334)


def test_an_expired_rma_that_would_bring_another_amount_now_is_refused() -> None:
    order = shop.order(shop.line(units=2, gross=20000), tenders=(shop.card(15000),))
    ended = expire(made(order=order), END)
    other = made(order=order, rma_number=shop.number(1))  # took 100.00 of the 150.00 that were paid
    with pytest.raises(IllegalTransition, match="changed what is left"):
        extended(ended, again(ended, shop.ledger(order, [other])), at=END)


def test_an_expired_rma_of_an_order_that_is_not_known_waits() -> None:
    with pytest.raises(IllegalTransition, match="not known here"):
        extended(expire(made(), END), None, at=END)


def test_an_extension_is_judged_by_the_versions_that_the_rma_stores() -> None:
    order = shop.order()
    record = made(order=order)
    newer = shop.policy(version=2, conditions=(), valid_from=shop.PLACED)
    case = again(record, Ledger(order), policies=(TWO_WEEKS, newer))
    assert extended(expire(record, END), case, at=END).state is RmaState.AUTHORIZED


# --- a unit is in one place, whatever comes in whatever order ----------------------------------------------------


def consumed_is_exact(order: Order, records: list[RmaRecord]) -> None:
    ledger = shop.ledger(order, records)
    line = order.lines[0]
    slots = [slot for _, held in ledger.held(line.line_id) for slot in held.slots]
    assert len(slots) == len(set(slots))
    assert 0 <= ledger.consumed(line) <= line.delivered
    assert ledger.refunded(line) <= line.gross


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_no_unit_is_given_twice_whatever_expires_is_cancelled_or_comes_back(
    data: st.DataObject,
) -> None:
    units = data.draw(st.integers(1, 5))
    order = shop.order(
        shop.line(units=units, gross=data.draw(st.integers(0, 5000))), charges=(shop.shipping(),)
    )
    records: list[RmaRecord] = []
    for step in range(data.draw(st.integers(1, 8))):
        at = END + timedelta(days=step)
        doing = data.draw(st.sampled_from(["make", "expire", "cancel", "extend"]))
        left = shop.ledger(order, records).returnable(order.lines[0])
        if doing == "make" and left:
            wish = shop.wanted(quantity=data.draw(st.integers(1, left)))
            ledger = shop.ledger(order, records)
            number = shop.number(len(records))
            records.append(made(wish, order=order, ledger=ledger, rma_number=number))
        elif records:
            index = data.draw(st.integers(0, len(records) - 1))
            record = records[index]
            by: dict[str, Any] = {"actor": shop.SUPERVISOR, "device": shop.DEVICE, "at": at}
            try:
                if doing == "expire":
                    records[index] = expire(record, at)
                elif doing == "cancel":
                    records[index] = cancel(record, **by, reason="Keeps it")
                else:
                    case = again(record, shop.ledger(order, records))
                    records[index] = extended(record, case, at=at)
            except IllegalTransition:
                assert records[index] is record
        consumed_is_exact(order, records)

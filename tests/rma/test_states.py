"""The states of an RMA and of a refund never leave their tables (domain section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rma.states import (
    HOLDING,
    REFUND_TABLE,
    RMA_TABLE,
    IllegalTransition,
    RefundCommand,
    RefundState,
    RmaCommand,
    RmaState,
    next_refund_state,
    next_state,
)

S, C = RmaState, RmaCommand
DOMAIN = """
draft               finalize            authorized needs_approval
draft               record_refusal      refused
draft               send_link           awaiting_customer
awaiting_customer   customer_completes  authorized needs_approval
awaiting_customer   expire              expired
awaiting_customer   cancel              cancelled
needs_approval      approve             authorized
needs_approval      decline             rejected
needs_approval      cancel              cancelled
needs_approval      match               needs_approval
needs_approval      edit                authorized needs_approval
authorized          ship                in_transit
authorized          receive             partially_received received
authorized          cancel              cancelled
authorized          expire              expired
authorized          extend              authorized
authorized          edit                authorized needs_approval
in_transit          receive             partially_received received
in_transit          cancel              cancelled
in_transit          expire              expired
in_transit          extend              in_transit
expired             extend              authorized in_transit
partially_received  receive             partially_received received
partially_received  cancel_remainder    received
partially_received  inspect             inspected
received            inspect             inspected
inspected           receive             partially_received received
inspected           resolve             resolved
resolved            close               closed
closed              reopen              resolved
"""

NOTED = (C.CALL_BACK, C.MAIL)
"""What only stands in the history of an RMA that has its number."""


def test_the_table_is_the_domains() -> None:
    rows = [line.split() for line in DOMAIN.split("\n") if line]
    expected = {(S(start), C(cmd)): {S(end) for end in ends} for start, cmd, *ends in rows}
    told = set(S) - {S.DRAFT, S.REFUSED}
    expected |= {(state, noted): {state} for state in told for noted in NOTED}
    assert {step: set(ends) for step, ends in RMA_TABLE.items()} == expected


def test_a_refund_goes_from_draft_to_its_end_and_never_back() -> None:
    refund = RefundState
    ends = {
        end
        for (start, _), reachable in REFUND_TABLE.items()
        if start is refund.SUBMITTED
        for end in reachable
    }
    assert ends == {refund.SUCCEEDED, refund.FAILED, refund.VOIDED}
    assert not any(start in ends for start, _ in REFUND_TABLE)
    assert REFUND_TABLE[refund.DRAFT, RefundCommand.REQUEST] == (
        refund.PENDING_APPROVAL,
        refund.APPROVED,
    )


def reached_from(
    start: StrEnum, steps: Iterable[tuple[StrEnum, Sequence[StrEnum]]]
) -> set[StrEnum]:
    """Every state that some commands lead to."""
    seen, todo, rows = {start}, [start], list(steps)
    while todo:
        state = todo.pop()
        for before, after in rows:
            if before is state:
                todo.extend(end for end in after if end not in seen)
                seen.update(after)
    return seen


def test_every_state_is_reachable_and_every_command_does_something() -> None:
    assert reached_from(RmaState.DRAFT, ((s, ends) for (s, _), ends in RMA_TABLE.items())) == set(
        RmaState
    )
    assert {command for _, command in RMA_TABLE} == set(RmaCommand)
    assert reached_from(
        RefundState.DRAFT, ((s, ends) for (s, _), ends in REFUND_TABLE.items())
    ) == set(RefundState)
    assert {command for _, command in REFUND_TABLE} == set(RefundCommand)


@pytest.mark.parametrize(("state", "command"), list(product(RmaState, RmaCommand)))
def test_what_is_not_in_the_table_does_not_happen(state: RmaState, command: RmaCommand) -> None:
    for wanted in (None, *RmaState):
        ends = RMA_TABLE.get((state, command), ())
        if wanted in ends or (wanted is None and len(ends) == 1):
            assert next_state(state, command, wanted) in ends
        else:
            with pytest.raises(IllegalTransition, match=r"^This return is .*\.$") as refusal:
                next_state(state, command, wanted)
            assert "_" not in str(refusal.value)


def test_an_illegal_step_of_a_refund_is_refused_in_words() -> None:
    with pytest.raises(IllegalTransition, match="This refund is succeeded: void is not possible"):
        next_refund_state(RefundState.SUCCEEDED, RefundCommand.VOID)
    approved = next_refund_state(RefundState.DRAFT, RefundCommand.REQUEST, RefundState.APPROVED)
    assert approved is RefundState.APPROVED


def test_cancelling_is_possible_only_while_nothing_is_received() -> None:
    assert {state for state, command in RMA_TABLE if command is C.CANCEL} == {
        S.NEEDS_APPROVAL,
        S.AUTHORIZED,
        S.IN_TRANSIT,
        S.AWAITING_CUSTOMER,
    }


def test_cancelled_rejected_expired_and_refused_hold_nothing() -> None:
    free = set(RmaState) - HOLDING
    assert free == {
        S.DRAFT,
        S.REFUSED,
        S.AWAITING_CUSTOMER,
        S.REJECTED,
        S.CANCELLED,
        S.EXPIRED,
    }


class AnyCommands(RuleBasedStateMachine):
    """Commands in any order, legal or not."""

    def __init__(self) -> None:
        super().__init__()
        self.state = RmaState.DRAFT
        self.received = False

    @rule(command=st.sampled_from(RmaCommand), wanted=st.none() | st.sampled_from(RmaState))
    def command(self, command: RmaCommand, wanted: RmaState | None) -> None:
        before = self.state
        try:
            self.state = next_state(before, command, wanted)
        except IllegalTransition:
            assert self.state is before
        else:
            assert self.state in RMA_TABLE[before, command]
            self.received = self.received or command is RmaCommand.RECEIVE

    @invariant()
    def goods_in_hand_are_never_cancelled_nor_expired(self) -> None:
        assert isinstance(self.state, RmaState)
        if self.received:
            assert self.state in HOLDING


TestAnyCommands = AnyCommands.TestCase
TestAnyCommands.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)

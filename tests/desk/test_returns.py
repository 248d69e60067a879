"""A return from draft to number, at the use cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.desk import Desk, build_desk
from desk.errors import NotAllowed, NotFound, NotReady
from rma.errors import NoNumbersLeft
from rma.numbers import spoken
from rma.operations import FinalizeReturn, KnownRecord, OperationKind
from rma.policy import Approval, ManyReturns, Rule
from rma.record import Refusal, RmaRecord
from rma.states import RmaState
from storage.pin_verifiers import PinVerifiers
from tests.desk.memory import FixedClock, MemoryReference, MemoryWork
from tests.shop import (
    NOW,
    customer,
    draft,
    draft_line,
    finalized,
    line,
    number,
    order,
    policy,
    reasons,
    request,
)


@pytest.fixture
def reference() -> MemoryReference:
    return MemoryReference(
        customer_list=[customer()],
        order_list=[order(line(units=3, gross=1000))],
        policy_list=[policy()],
        reason_tree=reasons(),
    )


@pytest.fixture
def work() -> MemoryWork:
    return MemoryWork()


@pytest.fixture
def desk(reference: MemoryReference, work: MemoryWork) -> Desk:
    return build_desk(reference, work, FixedClock(), PinVerifiers())


def _made(answer: RmaRecord | Refusal) -> RmaRecord:
    assert isinstance(answer, RmaRecord)
    return answer


def test_a_new_draft_knows_the_callers_contact(desk: Desk) -> None:
    started = desk.returns.start("O-1")

    assert (started.customer_id, started.email, started.phone) == (
        "C-1",
        "maria@example.com",
        "+493012345678",
    )


def test_a_complete_draft_gets_the_next_number_and_one_operation(
    desk: Desk, work: MemoryWork
) -> None:
    kept = desk.returns.save(draft(keys=17))

    made = _made(desk.returns.finalize(kept))

    assert made.state is RmaState.AUTHORIZED
    assert made.number == number()
    assert work.drafts() == []
    [operation] = work.outbox
    assert operation.kind is OperationKind.FINALIZE
    assert operation.stream == "O-1"
    assert isinstance(operation.command, FinalizeReturn)
    assert operation.command.told.total == made.quote.total == 333  # type: ignore[union-attr]
    assert operation.command.metrics.keys == 17


def test_units_on_an_unsent_return_are_not_returnable_again(desk: Desk) -> None:
    first = _made(desk.returns.finalize(draft(draft_line(quantity="2"))))

    answer = desk.returns.finalize(draft(draft_line(quantity="2"), draft_id="D-2"))

    assert isinstance(answer, Refusal)
    [finding] = answer.findings
    assert finding.rule is Rule.QUANTITY
    assert spoken(first.number) in finding.sentence
    assert "Only 1" in finding.sentence


def test_a_refused_draft_is_kept_as_typed_and_the_try_is_counted(
    desk: Desk, work: MemoryWork
) -> None:
    answer = desk.returns.finalize(draft(draft_line(quantity="two", reason="")))

    assert isinstance(answer, Refusal)
    assert {missing.field for missing in answer.missing} == {"quantity", "reason"}
    kept = work.draft("D-1")
    assert kept is not None
    assert kept.lines[0].quantity == "two"
    assert kept.refused_tries == 1


def test_each_field_is_complained_about_once(desk: Desk) -> None:
    view = desk.returns.assess(draft(draft_line(quantity="-1")))

    assert [m.sentence for m in view.missing if m.field == "quantity"] == [
        "“-1” is no quantity: enter a whole number from 1."
    ]


def test_without_numbers_the_draft_is_kept_and_the_agent_is_told_to_call_back(
    desk: Desk, work: MemoryWork
) -> None:
    work.numbers = []
    kept = desk.returns.save(draft())

    with pytest.raises(NoNumbersLeft, match="we call back"):
        desk.returns.finalize(kept)

    waits = work.draft("D-1")
    assert waits is not None and waits.needs_number is not None
    assert (waits.lines, work.queue().unnumbered) == (kept.lines, 1)
    assert work.outbox == []


def test_a_finished_draft_gets_its_number_when_there_are_some_again(
    desk: Desk, work: MemoryWork
) -> None:
    work.numbers = []
    with pytest.raises(NoNumbersLeft):
        desk.returns.finalize(desk.returns.save(draft()))
    work.numbers = [number(0)]

    made = desk.returns.give_number("D-1")

    assert isinstance(made, RmaRecord) and made.number == number(0)
    assert (work.drafts(), work.queue().unnumbered) == ([], 0)


def test_drafts_of_several_orders_get_their_numbers_together(
    desk: Desk, reference: MemoryReference
) -> None:
    reference.order_list.append(order(order_id="O-2", number="100002"))

    made = desk.returns.finalize_all([draft(), draft(draft_id="D-2", order_id="O-2")])

    assert isinstance(made, list)
    assert [(r.order_id, r.number) for r in made] == [("O-1", number(0)), ("O-2", number(1))]


def test_one_refused_draft_stops_all_of_them(
    desk: Desk, reference: MemoryReference, work: MemoryWork
) -> None:
    reference.order_list.append(order(order_id="O-2", number="100002"))

    answer = desk.returns.finalize_all(
        [draft(), draft(draft_line(quantity="9"), draft_id="D-2", order_id="O-2")]
    )

    assert isinstance(answer, Refusal)
    assert work.outbox == []


def test_two_drafts_of_one_order_are_finalized_one_after_the_other(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="one after the other"):
        desk.returns.finalize_all([draft(), draft(draft_id="D-2")])


def test_a_return_that_was_never_a_draft_gets_its_number_too(desk: Desk) -> None:
    assert _made(desk.returns.finalize_request(request())).state is RmaState.AUTHORIZED


def test_an_unknown_order_says_to_sync(desk: Desk) -> None:
    with pytest.raises(NotFound, match="press F5"):
        desk.returns.start("O-9")


def test_a_desk_that_is_not_enrolled_says_so(desk: Desk, work: MemoryWork) -> None:
    work.who = None

    with pytest.raises(NotReady, match="csr-tui enroll"):
        desk.returns.assess(draft())


def test_a_desk_without_reasons_says_to_sync(desk: Desk, reference: MemoryReference) -> None:
    reference.reason_tree = None

    with pytest.raises(NotReady, match="press F5"):
        desk.returns.reasons()


def test_many_returns_are_counted_over_everything_the_customer_sent_back(
    desk: Desk, reference: MemoryReference
) -> None:
    watchful = Approval(many_returns=ManyReturns(count=1, days=30))
    reference.policy_list = [policy(approval=watchful)]
    past = replace(finalized(), order_id="O-7", finalized_at=NOW.replace(day=1))
    reference.record_list.append(KnownRecord(record=past, row_version=1))

    made = _made(desk.returns.finalize(draft()))

    assert made.state is RmaState.NEEDS_APPROVAL
    assert [f.rule for f in made.findings] == [Rule.RISK]

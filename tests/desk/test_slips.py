"""The return slip at the desk: saved, mailed, refused where it cannot be; and what goes out, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from desk.desk import Desk, build_desk
from desk.errors import NotAllowed, NotFound
from rma.operations import DispatchReturn, KnownRecord, MailSlip
from rma.outbound import OutboundCommand, OutboundState
from rma.payment import read_payment
from rma.record import RmaRecord
from rma.request import Contact, Role
from rma.states import RmaCommand
from storage.pin_verifiers import PinVerifiers
from tests import shop
from tests.desk.memory import FixedClock, MemoryPapers, MemoryReference, MemoryWork


@pytest.fixture
def reference() -> MemoryReference:
    return MemoryReference(
        customer_list=[shop.customer()],
        order_list=[shop.order()],
        policy_list=[shop.policy()],
        reason_tree=shop.reasons(),
    )


@pytest.fixture
def work() -> MemoryWork:
    return MemoryWork()


@pytest.fixture
def papers() -> MemoryPapers:
    return MemoryPapers()


@pytest.fixture
def desk(reference: MemoryReference, work: MemoryWork, papers: MemoryPapers) -> Desk:
    return build_desk(reference, work, FixedClock(), PinVerifiers(), papers)


def knows(reference: MemoryReference, record: RmaRecord) -> RmaRecord:
    reference.record_list = [KnownRecord(record=record, row_version=1)]
    return record


def test_it_is_saved_under_the_number_alone(
    desk: Desk, reference: MemoryReference, papers: MemoryPapers
) -> None:
    record = knows(reference, shop.finalized())

    assert desk.slips.save_pdf(record.number) == f"/papers/RMA-{record.number}.pdf"
    assert desk.slips.save_text(record.number) == f"/papers/RMA-{record.number}.txt"
    assert "Maria Müller" in papers.kept[f"RMA-{record.number}.txt"].decode()
    assert papers.kept[f"RMA-{record.number}.pdf"] == f"PDF of {record.number}".encode()


def test_a_mail_is_queued_with_the_slip_and_written_into_the_history(
    desk: Desk, reference: MemoryReference, work: MemoryWork
) -> None:
    record = knows(reference, shop.finalized())

    assert desk.slips.mail(record.number) == "m…@…"

    (operation,) = work.outbox
    assert isinstance(operation.command, MailSlip)
    assert operation.command.to == "maria@example.com"
    assert operation.command.slip == desk.slips.slip(record.number)
    assert desk.rmas.show(record.number).record.history[-1].command is RmaCommand.MAIL


def test_a_typed_address_wins_and_a_missing_one_is_asked_for(
    desk: Desk, reference: MemoryReference, work: MemoryWork
) -> None:
    record = knows(reference, replace(shop.finalized(), contact=Contact()))
    reference.customer_list = [shop.customer(email="")]

    assert desk.slips.address(record.number) == ""
    with pytest.raises(NotAllowed, match="no e-mail address"):
        desk.slips.mail(record.number)
    with pytest.raises(NotAllowed, match="no e-mail address"):
        desk.slips.mail(record.number, "maria")
    assert work.outbox == []
    assert desk.slips.mail(record.number, "new@example.com") == "n…@…"


def test_the_warehouse_mails_nothing(
    desk: Desk, reference: MemoryReference, work: MemoryWork
) -> None:
    record = knows(reference, shop.finalized())
    assert work.who is not None
    work.who = replace(work.who, role=Role.WAREHOUSE)

    with pytest.raises(NotAllowed, match="warehouse mails nothing"):
        desk.slips.mail(record.number)
    assert work.outbox == []


def test_an_unknown_number_has_no_slip(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.slips.slip(shop.number(5))


def as_role(work: MemoryWork, role: Role) -> None:
    assert work.who is not None
    work.who = replace(work.who, role=role)


def exchange(reference: MemoryReference) -> RmaRecord:
    """An exchange that the customer owes 31.00 for."""
    record = shop.finalized(shop.swapped(), policy=shop.sending(), products=(shop.kettle(15000),))
    return knows(reference, record)


def test_the_steps_of_an_exchange_are_offered_to_whom_they_belong(
    desk: Desk, reference: MemoryReference, work: MemoryWork
) -> None:
    number = exchange(reference).number

    def offered(role: Role) -> OutboundCommand | None:
        as_role(work, role)
        return desk.rmas.show(number).goods

    assert offered(Role.WAREHOUSE) is None
    assert offered(Role.AGENT) is OutboundCommand.PAY
    desk.rmas.dispatch(number, OutboundCommand.PAY, payment=read_payment("card 4242", 3100))
    assert offered(Role.AGENT) is None
    assert offered(Role.WAREHOUSE) is OutboundCommand.SHIP
    desk.rmas.dispatch(number, OutboundCommand.SHIP, "Post 00340")
    assert offered(Role.SUPERVISOR) is OutboundCommand.DELIVER


def test_a_delivery_is_noted_on_its_day(
    desk: Desk, reference: MemoryReference, work: MemoryWork
) -> None:
    record = replace(
        exchange(reference),
        finalized_at=shop.NOW.replace(day=10),
    )
    number = knows(reference, record).number
    as_role(work, Role.SUPERVISOR)
    desk.rmas.dispatch(number, OutboundCommand.PAY, payment=read_payment("cash", 3100))
    desk.rmas.dispatch(number, OutboundCommand.SHIP)

    with pytest.raises(NotAllowed, match="still to come"):
        desk.rmas.dispatch(number, OutboundCommand.DELIVER, on=date(2026, 11, 21))
    with pytest.raises(NotAllowed, match="before 20 November 2026"):
        desk.rmas.dispatch(number, OutboundCommand.DELIVER, on=date(2026, 11, 19))
    view = desk.rmas.dispatch(number, OutboundCommand.DELIVER, on=date(2026, 11, 20))

    assert view.record.outbound is not None
    assert view.record.outbound.state is OutboundState.DELIVERED
    assert view.record.outbound.delivered_at == shop.NOW
    command = work.outbox[-1].command
    assert isinstance(command, DispatchReturn) and command.at == shop.NOW

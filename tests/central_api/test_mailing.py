"""Mailing a return slip: queued in the transaction that books it, once, with all that sending needs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from central_api.database import reading
from central_api.tables import MAIL
from rma.operations import MailSlip, Operation, Outcome
from rma.record import RmaRecord
from rma.request import Role
from rma.return_slip import Slip, return_slip
from rma.states import RmaCommand, RmaState
from sync.protocol.documents import read_document
from sync.protocol.slip_pdf import slip_pdf
from tests import shop
from tests.central_api.branch import Branch, Desk, number_of


def queue(branch: Branch) -> list[Any]:
    """Every row of the mail queue."""
    with reading(branch.engine) as connection:
        return list(connection.execute(select(MAIL)))


def booked(branch: Branch, desk: Desk) -> RmaRecord:
    """An RMA that the server has."""
    returning = desk.returning()
    desk.push_one(returning)
    known = branch.rma(number_of(returning))
    assert known is not None
    return known.record


def mailing(desk: Desk, record: RmaRecord, **forged: Any) -> Operation:
    """The slip of an RMA to its customer."""
    slip = return_slip(record, shop.order(), shop.customer())
    fields: dict[str, Any] = {
        "number": record.number,
        "to": "maria@example.com",
        "slip": slip,
        "state": record.state,
        "edition": record.edition,
        "at": desk.now,
    }
    return desk.operation(MailSlip(**fields | forged))


def test_a_mail_waits_with_address_subject_and_the_slip_as_the_agent_saw_it(
    branch: Branch,
) -> None:
    desk = branch.desk()
    record = booked(branch, desk)
    operation = mailing(desk, record)

    result = desk.push_one(operation)

    assert result.outcome is Outcome.ACCEPTED
    (mail,) = queue(branch)
    assert (mail.op_id, mail.number, mail.state) == (operation.op_id, record.number, "queued")
    assert mail.recipient == "maria@example.com"
    assert mail.subject == f"Return slip {return_slip(record, None, None).spoken}"
    assert (mail.person, mail.device) == ("Ada", desk.caller.device)
    slip = read_document(Slip, mail.slip)
    assert slip == return_slip(record, shop.order(), shop.customer())
    assert slip_pdf(slip) == slip_pdf(return_slip(record, shop.order(), shop.customer()))


def test_the_history_says_so_without_the_address(branch: Branch) -> None:
    desk = branch.desk()
    record = booked(branch, desk)

    desk.push_one(mailing(desk, record))

    known = branch.rma(record.number)
    assert known is not None
    assert known.record.history[-1].command is RmaCommand.MAIL
    assert known.record.history[-1].note == "m…@…"
    assert known.record.state is RmaState.AUTHORIZED


def test_the_same_bytes_again_are_one_mail(branch: Branch) -> None:
    desk = branch.desk()
    body = desk.body(mailing(desk, booked(branch, desk)))

    first, again = desk.send(body), desk.send(body)

    assert first == again
    assert len(queue(branch)) == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"state": RmaState.NEEDS_APPROVAL},
        {"edition": 1},
        {"to": "nobody"},
        {"to": "a@b.com, c@d.com"},
        {"to": "a@b.com@c.com"},
        {"to": "a\0@b.com"},
    ],
)
def test_what_is_not_as_the_slip_says_or_goes_nowhere_is_not_mailed(
    branch: Branch, forged: dict[str, Any]
) -> None:
    desk = branch.desk()

    result = desk.push_one(mailing(desk, booked(branch, desk), **forged))

    assert result.outcome is Outcome.REJECTED
    assert queue(branch) == []


def test_the_slip_of_another_return_is_not_mailed(branch: Branch) -> None:
    desk = branch.desk()
    record = booked(branch, desk)
    other = return_slip(shop.finalized(rma_number=shop.number(7)), None, None)

    result = desk.push_one(mailing(desk, record, slip=other))

    assert result.outcome is Outcome.REJECTED
    assert queue(branch) == []


def test_the_warehouse_mails_nothing(branch: Branch) -> None:
    record = booked(branch, branch.desk())
    packer = branch.desk("Pat", Role.WAREHOUSE)

    result = packer.push_one(mailing(packer, record))

    assert result.outcome is Outcome.REJECTED
    assert queue(branch) == []

"""Plain mode: the return slip, what a return sends out, and a return kept as refused."""

from __future__ import annotations

from datetime import timedelta

from rma.operations import DispatchReturn, MailSlip
from rma.outbound import OutboundCommand
from rma.refused import RefusalCause
from rma.request import Role
from tests import shop
from tests.csr_tui.plain.talking import talk
from tests.screens.returning import shop_with
from tests.screens.test_goods import exchange, replacement
from tests.screens.test_rma import NUMBER, shop_knowing


def test_the_slip_is_read_out_mailed_and_saved() -> None:
    of = shop_knowing(shop.finalized())

    told = talk(of, NUMBER, "slip", "1", "slip", "2", "", "slip", "3", "slip", "4", "1")

    assert "WHAT COMES BACK" in told.text
    assert "E-mail address, or Enter for m…@…" in told.text
    assert "Queued for mail to m…@…." in told.text
    assert "Saved: /papers/RMA-47120300034.pdf" in told.text
    assert "Saved: /papers/RMA-47120300034.txt" in told.text
    (operation,) = of.work.outbox
    assert isinstance(operation.command, MailSlip)
    assert operation.command.to == "maria@example.com"
    assert told.sync.woken > 0


def test_a_wrong_address_is_asked_for_again() -> None:
    of = shop_knowing(shop.finalized())

    told = talk(of, NUMBER, "slip", "2", "maria", "maria@new.example", "1")

    assert "This is no e-mail address" in told.text
    assert [o.command.to for o in of.work.outbox if isinstance(o.command, MailSlip)] == [
        "maria@new.example"
    ]


def noted(of: object) -> list[OutboundCommand]:
    """The steps that were noted."""
    outbox = of.work.outbox  # type: ignore[attr-defined]
    return [o.command.command for o in outbox if isinstance(o.command, DispatchReturn)]


def test_an_agent_notes_that_the_difference_was_paid() -> None:
    of = shop_knowing(exchange())

    told = talk(of, NUMBER, "note that the price", "card 4242", "y")

    assert "Price difference: 31.00 EUR owed." in told.text
    assert noted(of) == [OutboundCommand.PAY]


def test_the_warehouse_notes_parcel_and_delivery_and_no_is_no() -> None:
    of = shop_knowing(replacement(), Role.WAREHOUSE, "Packer")
    ship, deliver = "note that the item was sent", "note that the item was deliv"

    told = talk(of, NUMBER, ship, "Post 7", "", ship, "Post 7", "y", deliver, "", "y")

    assert "Nothing was noted." in told.text
    assert noted(of) == [OutboundCommand.SHIP, OutboundCommand.DELIVER]


def test_a_return_is_kept_as_refused_and_read_out_with_the_customer() -> None:
    line = shop.line(delivered_at=shop.NOW - timedelta(days=365))
    of = shop_with(shop.order(line, placed_at=shop.NOW - timedelta(days=370)))
    returning = ("100001", "1", "1", "1", "no longer", "", "opened", "", "", "", "", "", "")

    told = talk(of, *returning, "keep it as refused", "Too late by a year", "maria")

    (refused,) = of.work.refused.values()
    assert refused.cause is RefusalCause.INELIGIBLE, told.text
    assert "Kept as refused" in told.text
    assert "The caller was told: “Too late by a year”" in told.text

"""An order that is not here, typed by hand line by line."""

from __future__ import annotations

from csr_tui.exit_codes import ExitCode
from rma.record import RmaRecord
from rma.states import RmaState
from tests import shop
from tests.csr_tui.plain.talking import talk
from tests.screens.returning import kept, shop_with
from tests.screens.seat import Shop

ORDER = ("Eva Stone", "3.11.2026", "", "sku-1", "2", "")
"""Caller, days, one item of which two were bought, no other."""
RETURN = ("1", "no longer", "", "opened", "", "eva@example.org", "", "", "1")
"""One comes back: why, no note, condition, remedy, contact, no facts; then the number."""


def desk_shop() -> Shop:
    of = shop_with()
    of.reference.product_list = [shop.product()]
    return of


def made(of: Shop) -> RmaRecord:
    (local,) = of.work.local.values()
    return local.record


def test_an_unknown_number_is_offered_to_be_typed_and_gets_its_rma_number() -> None:
    of = desk_shop()
    told = talk(of, "MKT-77", "y", "", *ORDER, *RETURN, "quit")
    assert "Kettle." in told.lines
    assert any("I cannot find order MKT-77 yet." in line for line in told.lines)
    assert "No amount yet: the order is not known here." in told.lines
    assert any(line.startswith("RMA number: ") for line in told.lines), told.text
    record = made(of)
    assert (record.state, record.quote, record.holding) == (RmaState.NEEDS_APPROVAL, None, False)
    assert record.request.typed is not None
    assert record.request.typed.caller == "Eva Stone"
    assert told.code is ExitCode.OK


def test_no_is_an_answer() -> None:
    of = desk_shop()
    told = talk(of, "MKT-77", "", "quit")
    assert told.code is ExitCode.OK
    assert of.work.draft_by_id == {}


def test_a_number_that_is_known_is_asked_again() -> None:
    of = desk_shop()
    told = talk(of, "müller", "2", "100001", "MKT-77", "back", "back", "quit")
    assert any("is known here: leave this" in line for line in told.lines)
    draft = kept(of)
    assert draft.by_hand is not None
    assert draft.by_hand.number == "MKT-77"
    assert draft.customer_id == "C-1"


def test_what_was_answered_is_kept_and_gone_on_with() -> None:
    of = desk_shop()
    told = talk(of, "MKT-77", "y", "", "Eva Stone", "soon", "3.11.2026")
    assert "“soon” is no day: like 2026-11-03 or 3.11.2026" in told.lines
    assert "The return is kept as a draft." in told.lines
    assert told.code is ExitCode.UNFINISHED
    again = talk(of, "1", "1", "", "", "", "", *ORDER[3:], *RETURN, "quit")
    assert any(line.startswith("RMA number: ") for line in again.lines), again.text
    typed = made(of).request.typed
    assert typed is not None
    assert typed.placed is not None


def test_a_told_return_reads_out_what_was_typed() -> None:
    of = desk_shop()
    talk(of, "MKT-77", "y", "", *ORDER, *RETURN, "quit")
    told = talk(of, made(of).number, "1", "quit")
    assert any(
        "Eva Stone, ordered 3 November 2026, 2 × Kettle (SKU-1) bought" in line
        for line in told.lines
    ), told.text
    assert any("its order is not known yet" in line for line in told.lines)

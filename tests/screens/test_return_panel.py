"""The state of the return panel, without a terminal."""

from __future__ import annotations

from desk.customers import order_view
from rma.draft import Draft, DraftLine
from rma.order import Order
from screens.return_draft import RowKey, asked, differs, rows_of
from screens.return_panel import ReturnPanel
from screens.return_steps import advance
from tests import shop


def panel(*order_lines: object, draft: Draft | None = None) -> ReturnPanel:
    the_order: Order = shop.order(*order_lines)  # type: ignore[arg-type]
    blank = shop.draft(lines=())
    return ReturnPanel(draft or blank, order_view(the_order, []), shop.reasons(), supervisor=False)


def test_a_quantity_puts_a_line_on_the_return_and_clearing_it_keeps_what_was_typed() -> None:
    state = panel()
    state.type("note", "scratched")
    state.type("quantity", "1")
    assert state.on_return == (RowKey("1"),)
    state.type("quantity", "")
    assert not state.on_return
    assert state.draft.lines == (DraftLine(line_id="1", note="scratched"),)
    assert asked(state.draft).lines == ()


def test_lines_stand_in_the_order_of_the_screen_whatever_was_typed_first() -> None:
    state = panel(shop.line("1"), shop.line("2"))
    state.move(1)
    state.type("quantity", "1")
    state.move(-1)
    state.type("quantity", "1")
    assert [line.line_id for line in state.draft.lines] == ["1", "2"]


def test_units_with_serials_offer_a_further_row_once_the_last_is_filled() -> None:
    view = order_view(shop.order(shop.line(units=2, serials=("A1", "A2"))), [])
    draft = shop.draft(shop.draft_line(serials="A1"))
    assert [row.key for row in rows_of(view, draft)] == [RowKey("1", 0), RowKey("1", 1)]
    full = shop.draft(shop.draft_line(serials="A1"), shop.draft_line(serials="A2"))
    assert len(rows_of(view, full)) == 2


def test_one_returnable_unit_is_suggested_not_entered() -> None:
    state = panel(shop.line("1"), shop.line("2", units=3))
    assert [state.suggestion(row) for row in state.rows] == ["1", ""]
    assert not state.on_return


def test_leaving_the_reason_takes_it_and_fills_in_its_remedy() -> None:
    state = panel()
    state.type("reason", "no l")
    state.leave("reason")
    assert state.text("reason") == "no_longer_wanted"
    assert state.text("resolution") == "refund"


def test_an_ambiguous_reason_stays_as_typed_and_says_so() -> None:
    state = panel()
    state.type("reason", "wrong")
    state.leave("reason")
    assert state.text("reason") == "wrong"
    assert state.echo("reason").wrong
    assert state.echo("reason").text == "2 fit: more, or F4"


def test_the_rules_get_what_half_typed_codes_stand_for() -> None:
    state = panel()
    state.type("quantity", "1")
    state.type("condition", "us")
    assert state.for_rules().lines[0].condition == "used"
    assert state.draft.lines[0].condition == "us"


def test_enter_goes_by_what_is_usually_needed() -> None:
    state = panel()
    state.type("quantity", "1")
    assert advance(state, "quantity") == "reason"
    state.type("reason", "no_longer_wanted")
    assert advance(state, "reason") == "condition"
    state.type("reason", "other")
    assert advance(state, "reason") == "note"
    state.type("note", "changed her mind")
    assert advance(state, "note") == "condition"
    state.type("condition", "used")
    assert advance(state, "condition") == "resolution"
    assert advance(state, "resolution") == "verified"
    state.draft = shop.draft(*state.draft.lines, email="", phone="")
    assert advance(state, "resolution") == "email"


def test_enter_after_a_line_goes_on_with_the_next_unfinished_one() -> None:
    lines = (shop.draft_line("1"), DraftLine(line_id="2", quantity="1"))
    state = panel(shop.line("1"), shop.line("2"), draft=shop.draft(*lines))
    assert state.key == RowKey("1")
    assert advance(state, "resolution") == "reason"
    assert state.key == RowKey("2")


def test_a_quantity_that_is_none_is_named_at_once() -> None:
    state = panel()
    for text in ("two", "1.5", "-1", "0", "½"):
        state.type("quantity", text)
        assert "no quantity" in state.wrong_quantity(state.key), text
    state.type("quantity", "1")
    assert state.wrong_quantity(state.key) == ""


def test_counting_keys_alone_is_no_change() -> None:
    draft = shop.draft()
    assert not differs(shop.draft(keys=7, draft_id="D-2"), draft)
    assert differs(shop.draft(reference="CRM-1"), draft)

"""Undo and redo, whatever was typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desk.customers import order_view
from screens.forms.history import History
from screens.return_fields import FIELDS
from screens.return_panel import ReturnPanel
from tests import shop

_END = object()
_EDITS = st.lists(
    st.one_of(
        st.tuples(st.text(max_size=3), st.sampled_from(["a", "b", None])),
        st.just(_END),
    ),
    max_size=25,
)


def _edited(edits: list[object]) -> History[str]:
    history = History("")
    for edit in edits:
        if isinstance(edit, tuple):
            history.change(*edit)
        else:
            history.end_step()
    return history


def _all(step: object) -> None:
    while step() is not None:  # type: ignore[operator]
        pass


@given(_EDITS)
def test_undo_leads_back_to_the_beginning_and_redo_to_the_end(edits: list[object]) -> None:
    history = _edited(edits)
    end = history.now
    _all(history.undo)
    assert history.now == ""
    _all(history.redo)
    assert history.now == end


@given(_EDITS, st.integers(0, 5))
def test_each_undo_is_brought_back_by_one_redo(edits: list[object], steps: int) -> None:
    history = _edited(edits)
    for _ in range(steps):
        history.undo()
    before = history.now
    if history.undo() is not None:
        assert history.redo() == before


@given(_EDITS, st.text(min_size=1, max_size=3))
def test_undo_after_an_edit_gives_what_stood_before_it(edits: list[object], text: str) -> None:
    history = _edited(edits)
    before = history.now
    history.change(text, None)
    if text != before:
        assert history.undo() == before


@given(_EDITS)
def test_what_was_done_in_a_field_until_it_was_left_is_one_step(edits: list[object]) -> None:
    history = History("before")
    for edit in edits:
        if isinstance(edit, tuple):
            history.change(*edit)
    history.end_step()
    if history.now != "before":
        assert history.undo() == "before"
    assert history.undo() is None


def test_a_run_of_typing_goes_back_at_once_and_what_was_erased_before_it_comes_next() -> None:
    history = History("late")
    for text in ("lat", "la"):
        history.change(text, "erased")
    for text in ("las", "last"):
        history.change(text, "typed")
    assert history.undo() == "la"
    assert history.undo() == "late"
    assert history.undo() is None


def test_typing_after_an_undo_leaves_nothing_to_bring_back() -> None:
    history = History("")
    history.change("a")
    history.undo()
    history.change("b")
    assert history.redo() is None
    assert history.undo() == ""


_FIELDS = st.sampled_from([spec.name for spec in FIELDS])
_KEYS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), _FIELDS, st.text("1c refund.,-", max_size=5)),
        st.tuples(st.just("leave"), _FIELDS, st.just("")),
        st.tuples(st.just("move"), st.sampled_from(["1", "-1"]), st.just("")),
    ),
    max_size=20,
)


@given(_KEYS)
def test_a_return_comes_back_as_it_was_after_any_edits_and_their_undo(
    keys: list[tuple[str, str, str]],
) -> None:
    lines = (shop.line("1", serials=("A1", "A2"), units=2), shop.line("2", units=3))
    panel = ReturnPanel(
        shop.draft(lines=()), order_view(shop.order(*lines), []), shop.reasons(), supervisor=True
    )
    begun = panel.snapshot()
    history = History(begun)
    for what, name, text in keys:
        if what == "move":
            panel.move(int(name))
            continue
        if what == "leave":
            panel.leave(name)
        elif name in ("verified", "evidence", "photo_seen_before"):
            panel.type(name, tuple(code for code, _ in panel.ticks(name))[: len(text)])
        else:
            panel.type(name, text)
        history.change(panel.snapshot(), name)
    ended = panel.snapshot()
    while (earlier := history.undo()) is not None:
        panel.restore(earlier, earlier)
        assert panel.snapshot() == earlier
    assert panel.snapshot() == begun
    while (later := history.redo()) is not None:
        panel.restore(later, later)
    assert panel.snapshot() == ended

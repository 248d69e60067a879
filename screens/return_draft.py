"""What the panel does to a draft: pure functions on `rma.draft.Draft`.

A line of the order can stand on a return more than once (units with a serial number come back one by one), so a row of
the panel is a line and its copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from desk.customers import LineView, OrderView
from rma.draft import Draft, DraftLine

_NOT_TYPED = frozenset(
    {
        "draft_id",
        "started_at",
        "saved_at",
        "first_key_at",
        "keys",
        "refused_tries",
        "needs_number",
        "call_id",
        "called_at",
        "cursor",
    }
)


@dataclass(frozen=True, slots=True)
class RowKey:
    """One row of the list of lines."""

    line_id: str
    copy: int = 0
    """0 for the first; further ones for units with a serial number."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with what the order says about it."""

    key: RowKey
    line: LineView


def keyed(draft: Draft) -> Iterator[tuple[RowKey, DraftLine]]:
    """The draft's lines with their keys."""
    seen: dict[str, int] = {}
    for line in draft.lines:
        copy = seen.get(line.line_id, 0)
        seen[line.line_id] = copy + 1
        yield RowKey(line.line_id, copy), line


def rows_of(view: OrderView, draft: Draft) -> tuple[Row, ...]:
    """The order's lines as rows; one with serials offers another row once the last is filled."""
    wanted: dict[str, int] = {}
    filled: dict[str, int] = {}
    typed = []
    for key, line in keyed(draft):
        wanted[key.line_id] = key.copy + 1
        filled[key.line_id] = filled.get(key.line_id, 0) + bool(line.quantity.strip())
        typed.append(key)
    places: list[Row] = []
    for line_view in sorted(view.lines, key=lambda v: v.line.position):
        line_id = line_view.line.line_id
        copies = max(1, wanted.get(line_id, 0))
        if line_view.line.serials and copies == filled.get(line_id, 0) < line_view.returnable:
            copies += 1
        places.extend(Row(RowKey(line_id, copy), line_view) for copy in range(copies))
    # what was typed stands in its own order, in the places that all of it takes
    by_key = {place.key: place for place in places}
    in_order = iter([by_key[key] for key in typed if key in by_key])
    taken = set(typed)
    return tuple(next(in_order) if place.key in taken else place for place in places)


def line_at(draft: Draft, key: RowKey) -> DraftLine:
    """The draft's line of a row; an empty one where nothing was typed yet."""
    return dict(keyed(draft)).get(key, DraftLine(line_id=key.line_id))


def with_line(draft: Draft, key: RowKey, changes: Mapping[str, object], order: OrderView) -> Draft:
    """The draft with a row changed; a new line stands where the screen has it, untouched ones are dropped."""
    lines = list(keyed(draft))
    at = next((i for i, (of, _line) in enumerate(lines) if of == key), None)
    if at is None:
        at = _place_of(key, [of for of, _line in lines], order)
        lines.insert(at, (key, DraftLine(line_id=key.line_id)))
    changed = replace(lines[at][1], **changes)  # type: ignore[arg-type]
    lines[at] = key, changed
    keys = {of for of, _line in lines}
    kept = [
        line
        for of, line in lines
        if line != DraftLine(line_id=of.line_id) or RowKey(of.line_id, of.copy + 1) in keys
    ]
    return replace(draft, lines=tuple(kept))


def _place_of(key: RowKey, among: list[RowKey], order: OrderView) -> int:
    """Where a row comes to stand that was not typed into before: as many before it as the screen has before it."""
    positions = {view.line.line_id: view.line.position for view in order.lines}

    def place(of: RowKey) -> tuple[int, int]:
        return positions.get(of.line_id, 0), of.copy

    before = sum(place(of) < place(key) for of in among)
    copies = [i for i, of in enumerate(among) if of.line_id == key.line_id]
    return max(before, copies[-1] + 1 if copies else 0)


def asked(draft: Draft) -> Draft:
    """The draft with only the lines that have a quantity: what is judged. The others keep what was typed."""
    return replace(draft, lines=tuple(line for line in draft.lines if line.quantity.strip()))


def asked_keys(draft: Draft) -> tuple[RowKey, ...]:
    """The rows that are on the return, in the order of the screen."""
    return tuple(key for key, line in keyed(draft) if line.quantity.strip())


def differs(draft: Draft, from_: Draft) -> bool:
    """Whether an agent typed anything since."""
    return any(
        getattr(draft, field.name) != getattr(from_, field.name)
        for field in fields(Draft)
        if field.name not in _NOT_TYPED
    )

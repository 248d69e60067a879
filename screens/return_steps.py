"""Where Enter goes on the return panel. It depends on what is typed alone, so that a burst of keys lands blind."""

from __future__ import annotations

from screens.return_draft import RowKey, line_at
from screens.return_fields import BY_NAME, FIELDS, ORDER, QUANTITY, ReturnField
from screens.return_panel import ReturnPanel

_SKIPPED = frozenset({"phone", "verification_skipped"})
"""Filled in by themselves, or seldom needed: Tab reaches them."""
_CHOSEN = frozenset({"resolution", "verified"})
"""Asked for each time, whatever stands there: what is suggested is taken with Enter, or chosen anew."""


def advance(panel: ReturnPanel, name: str) -> str | None:
    """The next field of this line, else of the next unfinished line (which is edited then), else the caller."""
    further = after(panel, name)
    if not BY_NAME[name].of_line or BY_NAME[name].rare:
        return further
    if further is not None and BY_NAME[further].of_line and panel.typed.quantity.strip():
        return further
    unfinished = _unfinished(panel)
    if unfinished is not None:
        panel.key = unfinished
        return after(panel, QUANTITY)
    return "email" if _wants(panel, BY_NAME["email"]) else "verified"


def after(panel: ReturnPanel, name: str) -> str | None:
    """The next field of the screen that is usually needed and still empty; in section 7, the next that is shown."""
    rare = BY_NAME[name].rare
    for spec in FIELDS[ORDER[name] + 1 :]:
        if spec.rare and not rare:
            break
        if panel.has(spec.name) and (rare or _wants(panel, spec)):
            return spec.name
    return None


def _unfinished(panel: ReturnPanel) -> RowKey | None:
    """A row on the return, other than the edited one, that lacks its reason or condition."""
    for key in panel.on_return:
        line = line_at(panel.draft, key)
        if key != panel.key and not (line.reason.strip() and line.condition.strip()):
            return key
    return None


def _wants(panel: ReturnPanel, spec: ReturnField) -> bool:
    if spec.name == "note":
        return panel.reason_asks_note() and not panel.typed.note.strip()
    if spec.name == "email":
        return not (panel.draft.email.strip() or panel.draft.phone.strip())
    if spec.name in _CHOSEN:
        return True
    empty = not panel.text(spec.name).strip()
    return spec.name not in _SKIPPED and (empty or bool(panel.unclear(spec.name)))

"""An order that was typed by hand, in words: for the sheet of its return, and for plain mode."""

from __future__ import annotations

from rma.record import RmaRecord
from rma.wording import _, day


def typed_words(record: RmaRecord) -> str:
    """What the caller told about the order; empty where the desk knew it."""
    typed = record.request.typed
    if typed is None:
        return ""
    parts = [typed.caller]
    for said, when in ((_("ordered {day}"), typed.placed), (_("arrived {day}"), typed.delivered)):
        if when is not None:
            parts.append(said.format(day=day(when)))
    for line in typed.lines:
        sku = f" ({line.sku})" if line.sku else ""
        parts.append(
            _("{count} × {item} bought").format(count=line.bought, item=f"{line.item}{sku}")
        )
    return " · ".join(part for part in parts if part)


def why_no_units(record: RmaRecord) -> str:
    """Why a return holds nothing."""
    if record.request.waits_for_order:
        return _("holds none: its order is not known yet")
    return _("holds none: the central API could not authorize it")

"""Words, marks and dates of an RMA, for every place that shows one."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from rma.states import RmaState

_STATE_STYLES = {
    RmaState.AUTHORIZED: ("✓", "$text-success"),
    RmaState.NEEDS_APPROVAL: ("?", "$text-warning"),
    RmaState.REJECTED: ("✗", "$text-error"),
    RmaState.CANCELLED: ("✗", "$text-muted"),
    RmaState.EXPIRED: ("✗", "$text-muted"),
}


def state_words(state: RmaState) -> Content:
    """`✓ authorized`, `? needs approval`."""
    mark, style = _STATE_STYLES.get(state, ("·", "$foreground"))
    return Content.styled(f"{mark} {state.words}", f"bold {style}")


def day(moment: datetime) -> str:
    """`10 December 2026`, in the time zone of the desk."""
    local = moment.astimezone()
    return f"{local.day} {local:%B %Y}"


def minute(moment: datetime) -> str:
    """`2026-11-20 11:00`, in the time zone of the desk."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"

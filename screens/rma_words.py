"""The words and mark of an RMA's state, for every place that shows one."""

from __future__ import annotations

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

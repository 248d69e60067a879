"""Refused returns in words, and when a return can be kept as one; for the screens and for plain mode."""

from __future__ import annotations

from desk.judging import DraftView
from rma.refused import RefusalCause, RefusedReturn
from rma.wording import _, short_day
from screens.money_words import quoted
from screens.widgets.safe_text import plain


def can_be_refused(view: DraftView | None) -> bool:
    """Whether the rules have said something about a line of it, and it is no edit of a return that has its number."""
    if view is None or view.draft.editing is not None:
        return False
    return any(line.findings for line in view.assessment.lines)


def refusal_words(refused: RefusedReturn) -> str:
    """`Refused on 2026-11-20 by Agent One, because it is too late. The caller was told: …`"""
    day = short_day(refused.refused_at.astimezone().date())
    said = _("Withdrawn on {day} by {person}.")
    if refused.cause is RefusalCause.INELIGIBLE:
        said = _("Refused on {day} by {person}.")
    parts = [said.format(day=day, person=refused.author), *refused.why]
    parts.append(_("The caller was told: {text}").format(text=quoted(refused.told)))
    return plain(" ".join(parts))

"""Keeping a return as refused: what is asked."""

from __future__ import annotations

from desk.judging import DraftView
from rma.refused import RefusalCause, cause_of
from rma.verdict import Verdict
from rma.wording import _
from screens.ask import AskReason


def refusal_question(view: DraftView, told_before: str) -> AskReason:
    """What the caller was told: asked with what the rules say."""
    if cause_of(view.assessment) is RefusalCause.INELIGIBLE:
        question = _("Keep it as refused? What was the caller told?")
        found = view.assessment.all_findings
        why = next((f.sentence for f in found if f.outcome is Verdict.INELIGIBLE), "")
    else:
        question = _("The rules allow it. Why does the caller not want it?")
        why = _("It is kept as withdrawn by the customer.")
    detail = _("It takes no number and holds nothing; the draft is gone.")
    return AskReason(question, f"{why} {detail}".strip(), initial=told_before)

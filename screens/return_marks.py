"""Where on the panel a reason against a return is shown: by field, and by row where every line has its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from rma.assessment import LineAssessment
from rma.draft import Draft
from rma.policy import Rule
from rma.request import Resolution
from rma.verdict import Finding, Missing, Verdict
from rma.wording import _
from screens.return_draft import RowKey, asked_keys, line_at
from screens.return_fields import BY_NAME, OUTBOUND, QUANTITY, field_of

Mark: TypeAlias = tuple[str, RowKey | None]
"""A field, and the row it belongs to where every line has its own."""

_FIELD_OF_RULE = {
    Rule.QUANTITY: QUANTITY,
    Rule.SERIAL: "serials",
    Rule.CONDITION: "condition",
    Rule.EVIDENCE: "evidence",
    Rule.PROOF: "proof",
    Rule.RESOLUTION: "resolution",
    Rule.OUTBOUND: "resolution",
}
"""Where an agent can do something about a refusing rule; an exception can be asked for the rest."""


def marks_of(
    missing: Iterable[Missing],
    findings: Iterable[Finding],
    *,
    draft: Draft,
    edited: RowKey,
    judged: Sequence[tuple[RowKey, LineAssessment]],
) -> dict[Mark, str]:
    """The first sentence that stands against each field. What belongs to no line is shown on the `edited` row."""
    marks: dict[Mark, str] = {}
    for entry in missing:
        name = field_of(entry.field)
        marks.setdefault((name, _row(name, entry.line_id, draft, edited)), entry.sentence)
    for finding in findings:
        if finding.outcome is not Verdict.INELIGIBLE:
            continue
        rest = "override_reason" if finding.overridable else QUANTITY
        name = _FIELD_OF_RULE.get(finding.rule, rest)
        key = next((key for key, line in judged if finding in line.findings), edited)
        if finding.rule is Rule.OUTBOUND and line_at(draft, key).resolution == Resolution.EXCHANGE:
            name = OUTBOUND
        said = finding.sentence
        if name == "override_reason":
            said = _(
                "Say why an exception is asked, or clear the line's quantity. {refusal}"
            ).format(refusal=said)
        marks.setdefault((name, key if BY_NAME[name].of_line else None), said)
    return marks


def _row(name: str, line_id: str | None, draft: Draft, edited: RowKey) -> RowKey | None:
    """The row of a line; where it stands on the return more than once, the one whose field is empty."""
    if not BY_NAME[name].of_line:
        return None
    if line_id is None:
        return edited
    copies = [key for key in asked_keys(draft) if key.line_id == line_id]
    empty = [key for key in copies if not getattr(line_at(draft, key), name)]
    return (empty or copies or [RowKey(line_id)])[0]

"""The whole situation of an attention item in a few rows: what was told, what the server says, what to do now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rich.text import Text

from desk.attention import AttentionView, Step
from rma.expiry import last_day
from rma.numbers import spoken
from rma.operations import FinalizeReturn
from rma.record import Problem, RmaRecord
from rma.wording import _, day, mark
from screens.formats import minute, money, phone
from screens.rma_told import ASKED_WORDS, OUTCOME_WORDS
from screens.widgets.safe_text import plain


def situation(view: AttentionView, said: Callable[[str], str]) -> Text:
    """Everything about an item; `said` puts the user's keys into a sentence of ours."""
    head, *rest = situation_lines(view)
    *facts, remedy = rest
    text = Text(plain(head), style="bold")
    for fact in facts:
        text.append(f"\n{said(plain(fact))}")
    text.append(f"\n{plain(remedy)}", "bold")
    return text


def situation_lines(view: AttentionView) -> list[str]:
    """The same as plain sentences: whose it is first, what to do now last."""
    item, record, problem = view.item, view.record, view.item.problem
    head = [spoken(item.number), _(ASKED_WORDS[item.kind])]
    if view.customer is not None:
        head += [part for part in (view.customer.name, phone(view.customer.phone)) if part]
    lines = [" · ".join(head)]
    if item.content is not None:
        lines.append(_told(item.content, record))
    outcome = _(OUTCOME_WORDS.get(item.outcome, mark("look")))
    server = _("Server, {when}: {outcome}. {why}")
    lines.append(server.format(when=minute(item.decided_at), outcome=outcome, why=view.what))
    if problem is not None and problem.other_number and not _names(problem):
        lines.append(_("Held by {number}").format(number=spoken(problem.other_number)))
    if record is not None:
        lines.append(_now(record))
    if view.held:
        lines.append(view.held)
    if Step.AGAIN in view.steps:
        lines.append(_("Edit opens what was typed as a new return, with a new number."))
    return [*lines, _("Do now: {remedy}").format(remedy=view.remedy)]


def _names(problem: Problem) -> bool:
    """Whether the sentence says already who holds it."""
    return spoken(problem.other_number or "") in problem.detail


def _told(content: FinalizeReturn, record: RmaRecord | None) -> str:
    told = content.told
    parts = [told.state.words]
    currency = record.currency if record is not None else ""
    if currency:
        parts.append(money(told.total, currency))
    if currency and told.owed:
        parts.append(_("{amount} to pay").format(amount=money(told.owed, currency)))
    names = {line.line_id: line.name or line.sku for line in record.lines} if record else {}
    lines = content.request.lines
    goods = [f"{line.quantity} × {names.get(line.line_id) or line.line_id}" for line in lines]
    parts += goods[:3] + (["…"] if len(goods) > 3 else [])
    until = last_day(replace(record, expires_at=told.expires_at)) if record is not None else None
    if until is not None:
        parts.append(_("good until {day}").format(day=day(until)))
    said = _("Told, {when}: {what}.")
    return said.format(when=minute(content.finalized_at), what=", ".join(parts))


def _now(record: RmaRecord) -> str:
    if record.holding and record.hold is not None:
        return _("Now: {state}.").format(state=record.state.words)
    return _("Now: {state}, holds no units.").format(state=record.state.words)

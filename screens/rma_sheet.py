"""An RMA as rows of text: head, problem, lines with their findings, money, history."""

from __future__ import annotations

import textwrap

from rich.cells import cell_len
from textual.content import Content

from desk.rmas import RmaView
from rma.expiry import last_day
from rma.numbers import spoken
from rma.record import HistoryEntry, RmaLine, RmaRecord
from rma.request import ReturnRequest
from rma.states import RmaState
from rma.typed_case import no_amount
from rma.verdict import Finding, Verdict
from rma.verification import masked_email, masked_phone
from rma.wording import _, day, inside, words
from screens.fact_words import fact_words
from screens.formats import minute, phone
from screens.money_words import MARKS, payout_rows, quote_rows, quoted, total_row
from screens.outbound_words import difference, items, step_words, where_it_is
from screens.return_money import money_line, verdict_words
from screens.rma_before import before_words
from screens.rma_words import state_words
from screens.typed_words import typed_words, why_no_units
from screens.values import channels, return_types
from screens.widgets.safe_text import plain, plain_lines, shorten

_OVER = frozenset({RmaState.CANCELLED, RmaState.REJECTED, RmaState.RESOLVED, RmaState.CLOSED})
_LABEL = 12
_MONEY_WIDTH = 46
_MUTED = "$text-muted"


def sheet(view: RmaView, width: int) -> Content:
    """Everything about an RMA, in rows of at most `width` cells."""
    record = view.record
    parts = [_head(view, width)]
    if record.problem is not None:
        parts.append(_problem(record, width))
    parts.append(_lines(record, width))
    if record.outbound is not None:
        parts.append(_goods_out(record, width))
    parts += [_money(view, width), _history(record, width)]
    return Content("\n").join([row for part in parts for row in (*part, Content(""))])


def _head(view: RmaView, width: int) -> list[Content]:
    record = view.record
    first = Content.assemble(
        (_("RMA {number}").format(number=spoken(record.number)), "bold $primary"),
        "   ",
        state_words(record.state),
    )
    if view.pending:
        first = _ends(first, _("waiting to sync"), width)
    customer = view.customer.name if view.customer else record.customer_id
    kind = inside(return_types().meaning(record.return_type)) or record.return_type
    channel = inside(channels().meaning(record.channel)) or record.channel
    email, number = record.contact.email, phone(record.contact.phone)
    if view.hidden:
        email, number = masked_email(email), masked_phone(record.contact.phone)
    contact = " · ".join(part for part in (email, number) if part)
    if view.hidden and contact:
        contact = _("{contact} (hidden: Verify in Ctrl+P)").format(contact=contact)
    until = last_day(record)
    expiry = day(until) if until else _("no end")
    if record.state is RmaState.EXPIRED and until:
        expiry = _("{day}: it is expired").format(day=day(until))
    elif record.state in _OVER:
        expiry = _("no longer: it is {state}").format(state=record.state.words)
    made = _("{time} by {person} · device …{device}")
    rows = [
        (_("customer"), customer),
        (
            _("order"),
            " · ".join(part for part in (record.order_number, record.currency) if part),
        ),
        (_("type"), _("{type} · by {channel}").format(type=kind, channel=channel)),
        (_("contact"), contact or _("none")),
        (
            _("made"),
            made.format(
                time=minute(record.finalized_at), person=record.author, device=record.device[-6:]
            ),
        ),
        (_("good until"), expiry),
    ]
    request = record.request
    for label, text in (
        (_("by hand"), typed_words(record)),
        (_("CRM case"), request.reference),
        (_("caller"), _verified(request)),
        (_("goodwill"), request.goodwill_reason),
        (_("money to"), request.destination_reason),
        (_("no ship fee"), request.waive_shipping_fee_reason),
    ):
        if text:
            rows.append((label, text))
    if record.state is RmaState.NEEDS_APPROVAL:
        other = _("a supervisor other than {person}, who made it")
        rows.append((_("waits for"), other.format(person=record.author)))
    if not record.holding:
        rows.append((_("units"), why_no_units(record)))
    return [first, *(_row(label, text, width) for label, text in rows)]


def _problem(record: RmaRecord, width: int) -> list[Content]:
    problem = record.problem
    assert problem is not None
    rows = [Content.styled(_("! Problem"), "bold $text-warning")]
    rows += _wrapped(problem.detail, width, 2, "")
    rows += _wrapped(problem.remedy, width, 2, "bold")
    if problem.other_number:
        held = _("The units are on return {number}.")
        rows += _wrapped(held.format(number=spoken(problem.other_number)), width, 2, "")
    return rows


def _lines(record: RmaRecord, width: int) -> list[Content]:
    rows = [Content.styled(_("Lines"), _MUTED)]
    for line in record.lines:
        rows += _line(line, record.state, width)
    rows += _findings(record.findings, record.state, width, 2)
    return rows


def _line(line: RmaLine, state: RmaState, width: int) -> list[Content]:
    title = shorten(plain(f"{line.quantity} × {line.name or line.sku}"), max(10, width - 36))
    left = Content.assemble((title, "bold"), (f"  {shorten(plain(line.sku), 14)}", _MUTED))
    right = _verdict(line.verdict, state)
    blanks = " " * max(2, width - left.cell_length - right.cell_length)
    what = [
        line.reason_path or line.reason,
        words(line.condition),
        words(line.resolution),
        *(_("serial {serial}").format(serial=serial) for serial in line.serials),
        str(line.policy or ""),
    ]
    rows = [Content.assemble(left, blanks, right)]
    rows += _wrapped(" · ".join(part for part in what if part), width, 4, _MUTED)
    for text in plain_lines(line.note) if line.note else []:
        rows += _wrapped(quoted(text), width, 4, "italic")
    return rows + _findings(line.findings, state, width, 4)


def _verified(request: ReturnRequest) -> str:
    """What the caller told, or why nothing was asked; empty where neither."""
    told = ", ".join(fact_words(fact) for fact in request.verified)
    said = [_("told right: {facts}").format(facts=told)] if told else []
    if request.verification_skipped:
        said.append(_("not verified: {reason}").format(reason=request.verification_skipped))
    return " · ".join(said)


def _stands(verdict: Verdict, state: RmaState) -> bool:
    """Whether a verdict still says what is to be done; a decision, or an end, has overtaken the others."""
    return state not in _OVER if verdict is Verdict.ELIGIBLE else state is RmaState.NEEDS_APPROVAL


def _verdict(verdict: Verdict, state: RmaState) -> Content:
    if _stands(verdict, state):
        return verdict_words(verdict)
    return Content.styled(_("was: {verdict}").format(verdict=_(MARKS[verdict][1])), _MUTED)


def _findings(
    findings: tuple[Finding, ...], state: RmaState, width: int, indent: int
) -> list[Content]:
    rows: list[Content] = []
    for finding in findings:
        mark, _words, style = MARKS[finding.outcome]
        quiet = finding.outcome is Verdict.ELIGIBLE or not _stands(finding.outcome, state)
        if quiet and finding.outcome is not Verdict.ELIGIBLE:
            mark = "·"
        rows += _wrapped(f"{mark} {finding.sentence}", width, indent, _MUTED if quiet else style)
        facts = " · ".join(f"{_(o.name)} {o.value}" for o in finding.observed)
        if facts and not quiet:
            rows += _wrapped(facts, width, indent + 2, _MUTED)
    return rows


def _goods_out(record: RmaRecord, width: int) -> list[Content]:
    """What is sent out: the items, where they are, the price difference, and what happened so far."""
    rows = [Content.styled(_("What is sent"), _MUTED)]
    for item in items(record):
        rows.append(Content.assemble("  ", (shorten(plain(item), width - 2), "bold")))
    rows.append(_row(_("it is"), where_it_is(record), width))
    rows.append(_row(_("difference"), difference(record), width))
    assert record.outbound is not None
    for entry in record.outbound.history:
        rows.append(
            Content.assemble(
                (f"  {minute(entry.at)}  ", _MUTED),
                step_words(entry),
                (f"  {shorten(plain(entry.actor), 30)}", _MUTED),
            )
        )
        if entry.note:
            rows += _wrapped(quoted(entry.note), width, 20, "italic")
    return rows


def _money(view: RmaView, width: int) -> list[Content]:
    quote = view.record.quote
    rows = [Content.styled(_("Money"), _MUTED)]
    if quote is None:
        waits = view.record.request.waits_for_order
        said = no_amount() if waits else _("none: nothing could be priced")
        return [*rows, Content("  " + said)]
    cells = min(_MONEY_WIDTH, width - 2)
    drawn = [money_line(r, cells, 4) for r in quote_rows(quote)]
    drawn.append(money_line(total_row(quote), cells))
    drawn += [money_line(row, cells, 4) for row in payout_rows(quote, view.order)]
    return [*rows, *(Content.assemble("  ", row) for row in drawn)]


def _history(record: RmaRecord, width: int) -> list[Content]:
    rows = [Content.styled(_("History"), _MUTED)]
    for entry in record.history:
        rows += _entry(entry, width)
    for before in before_words(record):
        rows += _wrapped(_("before, {what}").format(what=before), width, 2, _MUTED)
    return rows


def _entry(entry: HistoryEntry, width: int) -> list[Content]:
    rows = [
        Content.assemble(
            (f"  {minute(entry.at)}  ", _MUTED),
            f"{words(entry.command)} → {entry.after.words}",
            (f"  {shorten(plain(entry.actor), 30)} · …{plain(entry.device[-6:])}", _MUTED),
        )
    ]
    return rows + (_wrapped(quoted(entry.note), width, 20, "italic") if entry.note else [])


def _row(label: str, text: str, width: int) -> Content:
    shown = shorten(plain(text), max(8, width - _LABEL - 2))
    return Content.assemble((f"  {label.ljust(_LABEL)}", _MUTED), shown)


def _ends(left: Content, right: str, width: int) -> Content:
    blanks = " " * max(2, width - left.cell_length - cell_len(right))
    return Content.assemble(left, blanks, (right, "$text-warning"))


def _wrapped(text: str, width: int, indent: int, style: str) -> list[Content]:
    room = max(8, width - indent)
    return [
        Content.assemble(" " * indent, (shorten(part, room), style))
        for part in textwrap.wrap(plain(text), room)
    ]

"""The rows of the home screen: search hits grouped by what matched, and what waits on this desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeAlias

from rich.cells import cell_len
from rich.text import Text

from rma.numbers import spoken
from rma.states import RmaState
from rma.wording import _, mark, plural
from screens.formats import money
from screens.status_words import age
from screens.widgets.row_list import BLANK, Row, heading
from screens.widgets.safe_text import pad, plain, shorten

if TYPE_CHECKING:
    from desk.lookup import Found, Hit, Home, WaitingDraft
    from rma.record import RmaRecord

Kind: TypeAlias = Literal["customer", "order", "rma", "draft", "attention", "approvals", "typed"]


@dataclass(frozen=True, slots=True)
class Go:
    """Where a row leads."""

    kind: Kind
    key: str = ""
    customer_id: str = ""
    matched: str = ""


_KINDS: dict[str, Kind] = {"customer": "customer", "order": "order", "rma": "rma"}
"""By `desk.lookup.HitKind`, which is not imported here: this module is loaded before the first paint."""
_FOUND_BY = {
    "customer": mark("customers by {what}"),
    "order": mark("orders by {what}"),
    "rma": mark("returns by {what}"),
}


def found_rows(found: Found) -> list[Row]:
    """Hits under headings that say what the text was taken for."""
    rows: list[Row] = []
    words = plain(found.text).split()
    title = max((cell_len(plain(hit.title)) for hit in found.hits), default=0)
    for (kind, matched), hits in groupby(found.hits, key=lambda hit: (hit.kind, hit.matched)):
        if rows:
            rows.append(BLANK)
        rows.append(heading(_(_FOUND_BY[kind]).format(what=_(matched))))
        rows.extend(_hit_row(hit, words, title) for hit in hits)
    if found.may_be_order:
        rows += [BLANK] if rows else []
        rows.append(_type_row(found.text))
    return rows


def _type_row(text: str) -> Row:
    said = _("Order {number} is not here: type it by hand").format(number=plain(text))

    def draw(width: int) -> Text:
        return Text.assemble((shorten(said, width), "row-list--strong"))

    return Row(Go("typed", text), draw)


def home_rows(home: Home, *, approves: bool, now: datetime) -> list[Row]:
    """What waits, most urgent first: what needs a person, then drafts, then today's returns."""
    groups: list[list[Row]] = []
    waiting = []
    if home.queue.attention:
        waiting.append(
            _counted(
                Go("attention"),
                plural("{n} needs attention", "{n} need attention", home.queue.attention),
                home.queue.attention,
                _("what the server changed or refused"),
            )
        )
    if approves and home.approvals:
        waiting.append(
            _counted(
                Go("approvals"),
                plural("{n} waits for approval", "{n} wait for approval", home.approvals),
                home.approvals,
                _("oldest first"),
            )
        )
    if waiting:
        groups.append([heading(_("needs you")), *waiting])
    if home.drafts:
        groups.append([heading(_("drafts")), *(_draft_row(draft, now) for draft in home.drafts)])
    if home.today:
        groups.append([heading(_("today")), *(_today_row(record) for record in home.today)])
    rows: list[Row] = []
    for group in groups:
        rows += [BLANK, *group] if rows else group
    return rows


def _hit_row(hit: Hit, words: list[str], longest: int) -> Row:
    def draw(width: int) -> Text:
        title = min(longest, width * 2 // 5)
        line = Text.assemble(
            (pad(plain(hit.title), title), "row-list--strong"),
            "  ",
            (shorten(plain(hit.detail), max(0, width - title - 2)), "row-list--muted"),
        )
        line.highlight_words(words, "row-list--mark", case_sensitive=False)
        return line

    return Row(Go(_KINDS[hit.kind], hit.key, hit.customer_id, hit.matched), draw)


def _counted(go: Go, what: str, count: int, detail: str) -> Row:
    def draw(width: int) -> Text:
        line = Text.assemble((what.format(n=count), "row-list--warn"))
        line.append("  " + shorten(detail, max(0, width - line.cell_len - 2)), "row-list--muted")
        return line

    return Row(go, draw)


def _draft_row(waiting: WaitingDraft, now: datetime) -> Row:
    draft = waiting.draft
    right = _("saved just now")
    if now - draft.saved_at >= timedelta(minutes=1):
        right = _("saved {age} ago").format(age=age(draft.saved_at, now))
    lines = plural("{n} line", "{n} lines", len(draft.lines)).format(n=len(draft.lines))
    order = _("order {number}").format(number=waiting.order_number)

    def draw(width: int) -> Text:
        name = max(10, width - 48)
        return Text.assemble(
            (pad(plain(waiting.customer_name), name), "row-list--strong"),
            "  ",
            pad(plain(order), 20),
            "  ",
            (pad(lines, 8), "row-list--muted"),
            (pad(right, 16, right=True), "row-list--muted"),
        )

    return Row(Go("draft", draft.draft_id), draw)


def _today_row(record: RmaRecord) -> Row:
    what = ", ".join(f"{line.quantity} × {plain(line.name or line.sku)}" for line in record.lines)
    amount = total(record)
    order = _("order {number}").format(number=plain(record.order_number))

    def draw(width: int) -> Text:
        goods = max(0, width - 15 - 16 - 16)
        return Text.assemble(
            (pad(spoken(record.number), 15), "row-list--strong"),
            (pad(record.state.words, 16), state_style(record.state)),
            pad(f"{what} · {order}", goods),
            pad(amount, 16, right=True),
        )

    return Row(Go("rma", record.number), draw)


def total(record: RmaRecord) -> str:
    """What a return is worth, with its currency; empty where it has no quote."""
    if record.quote is None:
        return ""
    return money(record.quote.total, record.quote.currency)


def state_style(state: RmaState) -> str:
    """The style of a state's words; the words say it too."""
    if state is RmaState.NEEDS_APPROVAL:
        return "row-list--warn"
    if state in (RmaState.REJECTED, RmaState.CANCELLED, RmaState.EXPIRED, RmaState.REFUSED):
        return "row-list--muted"
    return "row-list--good"

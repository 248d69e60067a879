"""Returns that wait for a supervisor, as rows and in full."""

from __future__ import annotations

from datetime import datetime

from rich.text import Text

from desk.approvals import Waiting
from rma.numbers import spoken
from rma.wording import _
from screens.approval_words import sums
from screens.formats import date
from screens.lookup_rows import total
from screens.rma_told import why_it_waits
from screens.status_words import age
from screens.widgets.row_list import Row
from screens.widgets.safe_text import pad, plain


def approval_row(waiting: Waiting, now: datetime, *, ticked: bool, stayed: str) -> Row:
    """Tick, age, number, customer, why it waits or why it stayed, how much."""
    record, customer = waiting.record, waiting.view.customer
    name = customer.name if customer else record.customer_id
    why = why_it_waits(record)
    more = f" (+{len(why) - 1})" if len(why) > 1 else ""
    said = f"✗ {stayed}" if stayed else why[0] + more

    def draw(width: int) -> Text:
        cells = max(12, width // 5)
        rest = max(0, width - 2 - 8 - 15 - cells - 1 - 15)
        return Text.assemble(
            ("✓ " if ticked else "  ", "row-list--good"),
            (pad(age(record.finalized_at, now), 8), "row-list--muted"),
            (pad(spoken(record.number), 15), "row-list--strong"),
            pad(plain(name), cells) + " ",
            (pad(plain(said), rest), "row-list--bad" if stayed else "row-list--warn"),
            pad(total(record), 15, right=True),
        )

    return Row(record.number, draw)


def approval_detail(waiting: Waiting, stayed: str) -> Text:
    """What is to come back, who made it, and everything that waits for a decision."""
    record = waiting.record
    goods = ", ".join(f"{line.quantity} × {plain(line.name or line.sku)}" for line in record.lines)
    order = _("order {number}").format(number=plain(record.order_number))
    made = (
        _("made by {person} on {day}")
        if record.holding
        else _("made by {person} on {day}, holds nothing yet")
    )
    text = Text.assemble(
        (f"{spoken(record.number)} · {order} · {goods}\n", "bold"),
        made.format(person=plain(record.author), day=date(record.finalized_at)),
    )
    if stayed:
        text.append(f"\n✗ {plain(stayed)}", "bold")
    for sentence in why_it_waits(record):
        text.append(f"\n? {plain(sentence)}")
    if waiting.pays_at_once:
        said = _("{sum} leave with the approval, before anything comes back.")
        text.append("\n! " + said.format(sum=sums([waiting])))
    return text

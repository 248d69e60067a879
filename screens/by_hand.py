"""Money that an agent set by hand, said once more before the number: no rule can see a slip in it."""

from __future__ import annotations

from desk.judging import DraftView
from rma.wording import _
from screens.formats import money


def money_by_hand(view: DraftView) -> str:
    """Each amount and goodwill that was typed, beside what the goods are worth; empty where the rules set it all."""
    quote, currency = view.assessment.quote, view.order.currency

    said = []
    for wanted, quoted in zip(view.request.lines, quote.lines if quote else (), strict=False):
        line = view.order.line(wanted.line_id)
        if wanted.amount is not None and line is not None:
            sentence = _("{item}: {amount} set by hand; it is worth {worth}.")
            said.append(
                sentence.format(
                    item=line.name or line.sku,
                    amount=money(wanted.amount, currency),
                    worth=money(quoted.value, currency),
                )
            )
    if view.request.goodwill:
        sentence = _("{amount} of goodwill on top.")
        said.append(sentence.format(amount=money(view.request.goodwill, currency)))
    return " ".join(said)

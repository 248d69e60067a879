"""The price difference of an exchange, in words."""

from __future__ import annotations

from rma.quote import Quote
from rma.wording import _
from screens.formats import amount, money


def difference_words(quote: Quote) -> str:
    """The price difference of an exchange with the tax in it, for the field where its item is chosen."""
    outbound = quote.outbound
    if outbound is None or all(line.replacement for line in outbound.lines):
        return ""
    said = _("difference {amount}, tax in it {tax}")
    return said.format(
        amount=money(outbound.difference, quote.currency),
        tax=amount(outbound.difference_tax, quote.currency),
    )

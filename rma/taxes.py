"""Tax of the lines of a source that does not say it for each (domain rule 5.3). Amounts are minor units."""

from __future__ import annotations

from collections.abc import Sequence

from rma.money import Minor, spread


class TaxBeyondOrder(ValueError):
    """The lines say more tax than their order."""


def line_taxes(
    nets: Sequence[Minor], known: Sequence[Minor | None], order_tax: Minor
) -> tuple[Minor, ...]:
    """Tax of each line: what the source says of it, else its share, by net, of what is left of the order's tax.

    Where every line says its own, the order's is not needed. Otherwise all together give `order_tax`.

    Raises:
        TaxBeyondOrder: if the known ones are more than `order_tax`.
    """
    silent = [index for index, tax in enumerate(known) if tax is None]
    taxes = [tax or 0 for tax in known]
    if not silent:
        return tuple(taxes)
    left = order_tax - sum(taxes)
    if left < 0:
        raise TaxBeyondOrder("the lines have more tax than the order")
    for index, part in zip(silent, spread(left, [nets[i] for i in silent]), strict=True):
        taxes[index] = part
    return tuple(taxes)

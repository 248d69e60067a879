"""What may go out for returned goods: another item in an exchange, the same one for a fault."""

from __future__ import annotations

from rma.exchange import outbound_units, price_of, product_of
from rma.line_case import LineCase, named
from rma.money import MAX_AMOUNT
from rma.order import MAX_UNITS
from rma.policy import Policy, Rule
from rma.request import Resolution
from rma.verdict import Finding, Missing, Observed, Verdict
from rma.wording import _, mark


def outbound(case: LineCase, policy: Policy) -> Finding | None:
    """The same item is a replacement, never an exchange; a replacement is for a fault."""
    wanted, line = case.wanted, case.line
    if wanted.resolution is Resolution.REPLACEMENT and not case.fault:
        sentence = _("We replace {item} only where it is faulty: an exchange is possible.")
        fact = Observed(mark("reason"), wanted.reason)
    elif wanted.resolution is Resolution.EXCHANGE and _same(wanted.outbound_sku, line.sku):
        sentence = _("{item} cannot be exchanged for the same item: that is a replacement.")
        fact = Observed(mark("sku"), line.sku)
    else:
        return None
    return Finding(
        rule=Rule.OUTBOUND,
        outcome=Verdict.INELIGIBLE,
        sentence=sentence.format(item=named(line)),
        observed=(fact,),
    )


def missing_outbound(case: LineCase) -> list[Missing]:
    """What an exchange or a replacement still lacks."""
    wanted, line_id = case.wanted, case.line.line_id
    if wanted.resolution is Resolution.REPLACEMENT and wanted.amount is not None:
        return [Missing("amount", line_id, _("A replacement moves no money: clear the amount."))]
    if wanted.resolution is not Resolution.EXCHANGE:
        return []
    sku = wanted.outbound_sku.strip()
    if not sku:
        return [Missing("outbound_sku", line_id, _("Choose what the caller gets instead."))]
    missing = []
    if wanted.outbound_units < 0 or outbound_units(wanted) > MAX_UNITS:
        said = _("Enter how many go out: a whole number from 1.")
        missing.append(Missing("outbound_units", line_id, said))
    product = product_of(case.products, sku)
    price = price_of(product, case.order.currency)
    if product is None:
        said = _("There is no item “{sku}”: choose one from the list.").format(sku=sku[:20])
        missing.append(Missing("outbound_sku", line_id, said))
    elif price is None:
        said = _("{item} has no price in {currency}: choose another one.")
        said = said.format(item=product.name or sku, currency=case.order.currency)
        missing.append(Missing("outbound_sku", line_id, said))
    elif price.gross * outbound_units(wanted) > MAX_AMOUNT:
        said = _("That is more than any order: check how many go out.")
        missing.append(Missing("outbound_units", line_id, said))
    return missing


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()

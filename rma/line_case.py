"""One requested line with everything that its rules look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rma.ledger import Ledger
from rma.order import Order, OrderLine, Product
from rma.policy import Policy
from rma.reasons import Reason, ReasonTree
from rma.request import Actor, LineRequest, ReturnRequest
from rma.wording import _


@dataclass(frozen=True, slots=True)
class LineCase:
    """All that the rules of one line look at."""

    request: ReturnRequest
    wanted: LineRequest
    order: Order
    line: OrderLine
    ledger: Ledger
    policy: Policy | None
    reasons: ReasonTree
    reason: Reason | None
    reason_codes: tuple[str, ...]
    """The reason's code and its ancestors', nearest first."""
    fault: bool
    """Whether the merchant is at fault."""
    at: datetime
    actor: Actor
    products: tuple[Product, ...] = ()
    """Those that may go out in an exchange."""


def named(line: OrderLine) -> str:
    """What the caller knows the item by."""
    return line.name.strip() or _("Item {sku}").format(sku=line.sku)

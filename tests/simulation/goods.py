"""The small made-up shop of the simulation: five orders of kettles and cups, and policies that differ by version."""

from __future__ import annotations

from datetime import timedelta

from rma.order import Order, TenderKind
from rma.request import Role
from sync.protocol.policies import default_reasons
from tests import shop
from tests.central_api.branch import policy_text
from tests.simulation.virtual import START

ORDERS = 5
PEOPLE = (("Ada", Role.AGENT), ("Sue", Role.SUPERVISOR), ("Tom", Role.SUPERVISOR))
"""Who works at the desks, in their order."""

REASONS = default_reasons()

BYSTANDERS = tuple(
    shop.customer(customer_id=f"C-{index}", name=name, email=f"c{index}@example.com")
    for index, name in enumerate(("Otto Lang", "Ines Koch", "Otto Langer"), start=7)
)
"""Customers without orders."""


def order(index: int, returned_before: int = 0) -> Order:
    """Three kettles and two cups; every second one costs more than needs an approval."""
    delivered_at = START - timedelta(days=10)
    each = (2000, 9000)[index % 2]
    lines = (
        shop.line(
            "1",
            units=3,
            gross=each * 3 - 1,
            delivered_at=delivered_at,
            returned_before=returned_before,
        ),
        shop.line("2", units=2, gross=999, delivered_at=delivered_at),
    )
    paid = sum(line.gross for line in lines)
    return shop.order(
        *lines,
        order_id=f"K-{index}",
        number=f"20000{index}",
        placed_at=START - timedelta(days=13),
        tenders=(shop.card(paid - 500), shop.tender(TenderKind.GIFT_CARD, 500)),
    )


def policy(version: int) -> str:
    """Fees and thresholds that differ from version to version."""
    more = (
        f"[fees]\nrestocking_percent = {version * 5 % 50}\n"
        f"[approval]\namount = {{ EUR = {90 + version} }}\n"
    )
    return policy_text(version, more)

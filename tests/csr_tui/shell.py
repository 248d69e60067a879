"""What a command of the desk prints, and what is typed for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from csr_tui.bootstrap import open_desk
from rma.order import Order


class Result:
    """How a command ended and what it printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def tree(self) -> Any:
        return json.loads(self.out)


def fresh_order(desk: str) -> Order:
    """An order of home goods, delivered a few days ago, that nobody returned anything of."""
    opened = open_desk(Path(desk))
    try:
        for number in range(100_000, 101_000):
            order = opened.reference.order(str(number))
            if order is None or (opened.clock.now() - order.placed_at).days > 25:
                continue
            if all(line.category == "home" for line in order.lines):
                return order
    finally:
        opened.close()
    raise AssertionError("the demo shop has no such order")


def wanted_return(order: Order, **fields: Any) -> str:
    line = {"line": 1, "quantity": 1, "reason": "changed_mind", "condition": "opened"}
    tree = {
        "order": order.number,
        "return_type": "return",
        "channel": "phone",
        "contact": {"email": "caller@example.com", "phone": ""},
        "verified": ["name", "postcode"],
        "lines": [line | fields],
    }
    return json.dumps(tree)

"""A small policy document, and a small question, to bend out of shape."""

from __future__ import annotations

from typing import Any

POLICY = """\
code = "small"
version = 1
name = "Small"
active = true
valid_from = 2026-01-01T00:00:00Z
time_zone = "Europe/London"
conditions = ["sealed", "opened"]
resolutions = ["refund", "store_credit"]

[window]
days = 30
"""
POLICY_LINES = POLICY.count("\n")


def question(**changes: Any) -> dict[str, Any]:
    """Two of three mugs, that cost 10.00 EUR together, come back under the small policy."""
    tree: dict[str, Any] = {
        "order": {
            "order_id": "O-1",
            "number": "100001",
            "customer_id": "C-1",
            "currency": "EUR",
            "placed_at": "2026-11-07T09:00:00Z",
            "lines": [
                {
                    "line_id": "1",
                    "position": 1,
                    "sku": "MUG",
                    "name": "Mug",
                    "units": 3,
                    "delivered": 3,
                    "delivered_at": "2026-11-10T12:00:00Z",
                    "gross": 1000,
                    "tax": 160,
                }
            ],
            "tenders": [{"tender_id": "card", "kind": "card", "captured": 1000}],
        },
        "policy": POLICY,
        "wanted": {
            "return_type": "return",
            "channel": "phone",
            "lines": [
                {"line_id": "1", "quantity": 2, "reason": "changed_mind", "condition": "opened"}
            ],
        },
        "at": "2026-11-20T10:00:00Z",
    }
    return tree | changes

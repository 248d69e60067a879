"""Every fault that is planted, by what it does harm to."""

from __future__ import annotations

from tests.mutants.faults import care, hearsay, money, outward, quantity, refund

FAULTS = (
    *money.FAULTS,
    *quantity.FAULTS,
    *refund.FAULTS,
    *care.FAULTS,
    *outward.FAULTS,
    *hearsay.FAULTS,
)

"""What a return brings so far: a sum of components without goodwill, and the tax in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rma.money import Minor
from rma.quote import Component, ComponentKind


@dataclass(frozen=True, slots=True)
class Subtotal:
    """An amount with the tax that it contains, in minor units."""

    amount: Minor = 0
    tax: Minor = 0

    def plus(self, components: Sequence[Component]) -> Subtotal:
        """With these components too; goodwill is beyond the entitlement and does not count."""
        if not components:
            return self
        amount, tax = self.amount, self.tax
        for component in components:
            if component.kind is not ComponentKind.GOODWILL:
                amount += component.amount
                tax += component.tax
        return Subtotal(amount, tax)

    def tax_kept_inside(self, amount: Minor, tax: Minor) -> Minor:
        """`tax` of a further `amount`, moved by what rounding would push out of the sum.

        The tax of what is left lies between 0 and what is left. Where an untaxed fee has already moved it
        outside, `tax` stays as it is.
        """
        if not 0 <= self.tax <= self.amount:
            return tax
        return max(-self.tax, min(tax, self.amount + amount - self.tax))

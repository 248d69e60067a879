"""What one requested line brings: its slots, their worth and tax, an amount set by hand, the restocking fee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rma.destination import line_resolution, money_resolution
from rma.exchange import used_up
from rma.ledger import HeldLine, Ledger
from rma.money import Minor, proportion, round_half_up
from rma.order import Order, OrderLine
from rma.policy import FeePayer, Policy
from rma.quote import Component, ComponentKind, LineQuote
from rma.request import LineRequest, Resolution, ReturnRequest
from rma.slots import slots_value
from rma.subtotal import Subtotal

BASIS_POINTS = 10_000
"""A whole, in basis points."""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A requested line that can be priced: its quantity is returnable and a policy judges it."""

    wanted: LineRequest
    line: OrderLine
    policy: Policy
    merchant_fault: bool
    reason_codes: tuple[str, ...]
    """The reason's code and its ancestors', nearest first."""
    held: HeldLine
    """What it will hold."""

    @property
    def shipping_payer(self) -> FeePayer:
        """Who pays the way back: the policy's word for the nearest reason, else whoever is at fault."""
        by_reason = {row.reason: row.payer for row in self.policy.shipping_payer}
        for code in self.reason_codes:
            if code in by_reason:
                return by_reason[code]
        return FeePayer.MERCHANT if self.merchant_fault else FeePayer.CUSTOMER


def held_line(
    wanted: LineRequest, line: OrderLine, policy: Policy, ledger: Ledger, *, merchant_fault: bool
) -> HeldLine:
    """What a requested line will hold, on a ledger that has the request's earlier lines.

    Raises:
        NoSuchSlot: if it wants more units than are free.
    """
    slots = ledger.free_slots(line, wanted.quantity)
    fee = _fee_rate(wanted, line, policy, ledger, merchant_fault=merchant_fault)
    return HeldLine(
        line_id=line.line_id,
        slots=slots,
        value=_capped_value(line, slots, ledger),
        serials=wanted.serials,
        fee=fee or None,
    )


def line_quote(order: Order, request: ReturnRequest, item: PricedLine, at: datetime) -> LineQuote:
    """The quote of one line."""
    line, wanted, held = item.line, item.wanted, item.held
    full_value = slots_value(line.gross, line.units, held.slots)
    full_tax = slots_value(line.tax, line.units, held.slots)
    tax = proportion(full_tax, held.value, full_value)
    components = [
        Component(kind=ComponentKind.ITEM, amount=held.value, tax=tax, line_id=line.line_id)
    ]
    fee: int | None = None
    if wanted.amount is not None and wanted.amount >= 0:
        # The amount set by hand is what the line brings: no fee comes off it (rule 5.11).
        difference = wanted.amount - held.value
        if difference < 0:
            components.append(
                Component(
                    kind=ComponentKind.MANUAL,
                    amount=difference,
                    tax=proportion(tax, difference, held.value),
                    line_id=line.line_id,
                )
            )
        elif difference > 0:
            components.append(
                Component(kind=ComponentKind.GOODWILL, amount=difference, line_id=line.line_id)
            )
    elif held.fee is not None:
        fee = held.fee
        amount, fee_tax = _restocking_fee(line, held, fee)
        fee_tax = Subtotal(held.value, tax).tax_kept_inside(-amount, -fee_tax)
        components.append(
            Component(
                kind=ComponentKind.RESTOCKING_FEE,
                amount=-amount,
                tax=fee_tax if item.policy.fees.taxed else 0,
                line_id=line.line_id,
            )
        )
    resolution = line_resolution(order, request, wanted, item.policy, at)
    if resolution is Resolution.REPLACEMENT:
        components.append(used_up(line.line_id, components))
    return LineQuote(
        line_id=line.line_id,
        quantity=wanted.quantity,
        slots=held.slots,
        value=held.value,
        fee=fee,
        resolution=resolution,
        rest=money_resolution(order, request, wanted, item.policy, at),
        serials=wanted.serials,
        components=tuple(components),
    )


def _capped_value(line: OrderLine, slots: Sequence[int], ledger: Ledger) -> Minor:
    """Worth of the slots, within what the line has not yet given back (rule 5.9)."""
    left = max(0, line.gross - ledger.refunded(line))
    return min(slots_value(line.gross, line.units, slots), left)


def _fee_rate(
    wanted: LineRequest, line: OrderLine, policy: Policy, ledger: Ledger, *, merchant_fault: bool
) -> int:
    """Basis points of the restocking fee; fixed once for the line (rule 5.6)."""
    fees = policy.fees
    if wanted.resolution is Resolution.REPLACEMENT:
        return 0  # no money moves
    if merchant_fault or wanted.waive_fee_reason.strip() or wanted.amount is not None:
        return 0
    if fees.restocking_conditions and wanted.condition not in fees.restocking_conditions:
        return 0
    fixed = ledger.fixed_fee(line.line_id)
    return fees.restocking if fixed is None else fixed


def _restocking_fee(line: OrderLine, held: HeldLine, rate: int) -> tuple[Minor, Minor]:
    """Fee and the tax in it: F(n) = round_half_up(T * n * p / Q), by slots."""

    def fee_up_to(count: int) -> Minor:
        return round_half_up(line.gross * count * rate, line.units * BASIS_POINTS)

    def tax_up_to(count: int) -> Minor:
        return proportion(line.tax, fee_up_to(count), line.gross)

    fee = sum(fee_up_to(slot) - fee_up_to(slot - 1) for slot in held.slots)
    tax = sum(tax_up_to(slot) - tax_up_to(slot - 1) for slot in held.slots)
    if fee > held.value:
        return held.value, proportion(tax, held.value, fee)
    return fee, tax

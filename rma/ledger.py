"""The quantity ledger: in which place each unit of an order is (domain section 4).

consumed = all units but the returnable ones; returnable = delivered - consumed. A return takes the lowest free slots
of its line, so that the money of every unit is known and exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rma.bundles import NO_BUNDLES, Bundles, bundles_of, in_step
from rma.money import Minor
from rma.order import Order, OrderLine, TenderKind
from rma.slots import lowest_free


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLine:
    """The units of one order line that one RMA holds."""

    line_id: str
    slots: tuple[int, ...]
    value: Minor
    """What the RMA refunds for these slots before fees; counts against the line's entitlement."""
    serials: tuple[str, ...] = ()
    fee: int | None = None
    """Restocking fee in basis points, where these units were charged: it is fixed for the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderShare:
    """A part of a refund that is promised to one tender."""

    kind: TenderKind
    tender_id: str | None
    """None: a new store credit."""
    amount: Minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """All that one RMA holds of its order: units, and money that is promised."""

    rma_number: str
    lines: tuple[HeldLine, ...]
    coupon: Minor = 0
    """Sum of its coupon components (negative where discount was taken off)."""
    coupon_tax: Minor = 0
    original_shipping: Minor = 0
    original_shipping_tax: Minor = 0
    payouts: tuple[TenderShare, ...] = ()
    goodwill: Minor = 0
    """The part of the payouts that is beyond the entitlement."""


_ByLine: TypeAlias = dict[str, tuple[tuple[Hold, HeldLine], ...]]
"""Each RMA's part of a line, by line id."""


def _with(known: _ByLine, holds: Iterable[Hold]) -> _ByLine:
    by_line = dict(known)
    for hold in holds:
        for line in hold.lines:
            by_line[line.line_id] = (*by_line.get(line.line_id, ()), (hold, line))
    return by_line


def same_serial(serial: str) -> str:
    """A serial as it is compared: capitals and small letters are the same."""
    return serial.strip().casefold()


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is left of an order, with every RMA that holds some of it."""

    order: Order
    holds: tuple[Hold, ...] = ()
    _bundles: Bundles | None = field(default=None, repr=False, compare=False, hash=False)
    _by_line: _ByLine | None = field(default=None, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        if self._by_line is None:
            object.__setattr__(self, "_by_line", _with({}, self.holds))
        if self._bundles is None:
            object.__setattr__(self, "_bundles", bundles_of(self.order))

    @property
    def bundles(self) -> Bundles:
        """Which lines come and go together."""
        assert self._bundles is not None
        return self._bundles

    def held(self, line_id: str) -> Sequence[tuple[Hold, HeldLine]]:
        """Each RMA's part of one line."""
        assert self._by_line is not None
        return self._by_line.get(line_id, ())

    def taken(self, line: OrderLine) -> frozenset[int]:
        """Slots that are not free. Units that came back before we knew the order hold the lowest."""
        taken = set(range(1, line.returned_before + 1))
        for _, held in self.held(line.line_id):
            taken.update(held.slots)
        return frozenset(taken)

    def consumed(self, line: OrderLine) -> int:
        """Units that cannot be returned (again).

        Counted by unit, not by slot: two desks may have told the same slot while they were offline.
        """
        return line.returned_before + self._held_units(line)

    def gone(self, line: OrderLine) -> int:
        """Units that are consumed, or whose bundle or parts are: neither comes back once the other has.

        Of a bundle that was paid by its parts all are: it is no goods of its own.
        """
        if self.bundles is NO_BUNDLES:
            return self.consumed(line)
        if line.line_id in self.bundles.headings:
            return line.delivered
        bundle = self.bundles.whole.get(line.line_id)
        if bundle is not None:
            # A source counts a bundle that came back before on both lines, we on one of them.
            before = max(line.returned_before, in_step(bundle.returned_before, bundle, line))
            return before + self._held_units(line) + in_step(self._held_units(bundle), bundle, line)
        parts = self.bundles.parts.get(line.line_id, ())
        return max([self.consumed(line), *(in_step(self.gone(part), part, line) for part in parts)])

    def _held_units(self, line: OrderLine) -> int:
        held = self.held(line.line_id)
        return sum([len(part.slots) for _, part in held]) if held else 0

    def returnable(self, line: OrderLine) -> int:
        """Units that may still come back: 0 for what is no goods, and for a bundle that was paid by its parts."""
        if not line.returnable_kind:
            return 0
        return max(0, line.delivered - self.gone(line))

    def free_slots(self, line: OrderLine, count: int) -> tuple[int, ...]:
        """The lowest free slots of a line.

        Raises:
            NoSuchSlot: if fewer are free.
        """
        return lowest_free(line.units, self.taken(line), count)

    def refunded(self, line: OrderLine) -> Minor:
        """Money of the line that is gone or promised, before fees."""
        return line.refunded_before + sum(h.value for _, h in self.held(line.line_id))

    def holders(self, line_id: str) -> tuple[str, ...]:
        """Numbers of the RMAs that hold units of a line, of its bundle or of its parts."""
        if self.bundles is NO_BUNDLES:
            held = self.held(line_id)
            return tuple(dict.fromkeys([hold.rma_number for hold, _ in held])) if held else ()
        bundle = self.bundles.whole.get(line_id)
        together = [line_id, *(part.line_id for part in self.bundles.parts.get(line_id, ()))]
        if bundle is not None:
            together.append(bundle.line_id)
        return tuple(
            dict.fromkeys(hold.rma_number for each in together for hold, _ in self.held(each))
        )

    def holder_of_serial(self, serial: str) -> str | None:
        """Number of the RMA that holds this serial, or None; however it was typed."""
        for hold in self.holds:
            held = {same_serial(other) for line in hold.lines for other in line.serials}
            if same_serial(serial) in held:
                return hold.rma_number
        return None

    def fixed_fee(self, line_id: str) -> int | None:
        """The restocking fee (basis points) that was fixed with the line's first charged unit."""
        return next((h.fee for _, h in self.held(line_id) if h.fee is not None), None)

    def promised(self, tender_id: str) -> Minor:
        """Money that live RMAs promised to one tender."""
        return sum(
            payout.amount
            for hold in self.holds
            for payout in hold.payouts
            if payout.tender_id == tender_id
        )

    @property
    def promised_total(self) -> Minor:
        """Money that live RMAs promised for this order, without goodwill."""
        paid = sum(payout.amount for hold in self.holds for payout in hold.payouts)
        return paid - sum(hold.goodwill for hold in self.holds)

    def without(self, rma_number: str) -> Ledger:
        """The ledger as if this RMA held nothing."""
        others = tuple(h for h in self.holds if h.rma_number != rma_number)
        return Ledger(self.order, others, self._bundles)

    def with_hold(self, hold: Hold | None) -> Ledger:
        """The ledger after one more RMA (or the same, if it holds nothing)."""
        if hold is None:
            return self
        by_line = _with(self._by_line or {}, (hold,))
        return Ledger(self.order, (*self.holds, hold), self._bundles, by_line)

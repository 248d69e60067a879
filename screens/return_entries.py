"""What was typed into the fields of a return, without a widget and without the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from desk.customers import OrderView
from rma.draft import Draft
from rma.order import Customer, Product
from rma.reasons import ReasonTree
from rma.request import Resolution, ReturnType
from rma.verification import masked
from screens.forms.spec import Kind
from screens.forms.state import Value
from screens.return_draft import RowKey, asked, with_line
from screens.return_fields import BY_NAME, OUTBOUND
from screens.return_rows import ReturnRows
from screens.typed_amount import Typed, typed_amount
from screens.values import (
    Values,
    channels,
    conditions,
    destinations,
    product_values,
    proofs,
    reason_values,
    resolutions,
    return_types,
    serial_values,
)

_FIXED = {
    "return_type": return_types,
    "channel": channels,
    "condition": conditions,
    "resolution": resolutions,
    "destination_override": destinations,
    "proof": proofs,
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What undo brings back."""

    draft: Draft
    key: RowKey = field(compare=False)
    """The row that was edited."""


class ReturnEntries(ReturnRows):
    """Texts and ticks of every field, what they can hold, and what undo brings back."""

    def __init__(
        self,
        draft: Draft,
        order: OrderView,
        reasons: ReasonTree,
        *,
        supervisor: bool,
        line_id: str | None = None,
    ) -> None:
        super().__init__(draft, order, line_id)
        self.reasons = reasons
        self.products: Sequence[Product] = ()
        """What was found when the list of items for an exchange was last asked for."""
        self.supervisor = supervisor
        self._veiled: dict[str, tuple[str, str]] = {}
        """By field: what our books say and nobody may see yet, and what is shown instead."""
        self.shown_customer: Customer | None = None
        """The customer as they may be shown."""
        self._reason_values: dict[str, Values] = {}
        self._fixed = {name: values() for name, values in _FIXED.items()}

    def veil(self, customer: Customer, *, hides: bool) -> None:
        """Show the contact data of our books as masks, or as they are; what was typed is always shown."""
        hidden = masked(customer)
        self.shown_customer = hidden if hides else customer
        pairs = {
            "email": (customer.email, hidden.email),
            "phone": (customer.phone, hidden.phone),
        }
        self._veiled = {name: pair for name, pair in pairs.items() if pair[0]} if hides else {}

    def text(self, name: str) -> str:
        """The text in a field, as it may be shown."""
        value = getattr(self.typed if BY_NAME[name].of_line else self.draft, name)
        if name in self._veiled and value == self._veiled[name][0]:
            return self._veiled[name][1]
        return value if isinstance(value, str) else ""

    def ticked(self, name: str) -> tuple[str, ...]:
        """What is ticked in a field."""
        if name == "photo_seen_before":
            return ("seen",) if self.draft.photo_seen_before else ()
        value = getattr(self.typed if BY_NAME[name].of_line else self.draft, name)
        return value if isinstance(value, tuple) else ()

    def type(self, name: str, value: Value) -> None:
        """Put a text or ticks into a field, as typed; a mask stands for what it hides."""
        if name in self._veiled and value == self._veiled[name][1]:
            value = self._veiled[name][0]
        if BY_NAME[name].of_line:
            self.draft = with_line(self.draft, self.key, {name: value}, self.order)
        elif name == "photo_seen_before":
            self.draft = replace(self.draft, photo_seen_before=bool(value))
        else:
            self.draft = replace(self.draft, **{name: value})  # type: ignore[arg-type]

    def settle(self, name: str) -> None:
        """Take what the text of a field stands for, and fill in what follows from it."""
        text = self.text(name)
        if BY_NAME[name].kind is Kind.CODE:
            value = self.values(name).match(text).value
            if value is not None and value.code != text:
                self.type(name, value.code)
        if name == "reason" and not self.text("resolution").strip():
            reason = self.reasons.find(self.text("reason"))
            if reason is not None and self.reasons.is_leaf(reason.code):
                default = reason.default_resolution
                if self._clear("return_type", self.draft.return_type) == ReturnType.EXCHANGE:
                    default = Resolution.EXCHANGE
                self.type("resolution", default.value)

    def values(self, name: str) -> Values:
        """What a field can hold; empty for free text."""
        if name == "reason":
            taken = self._fixed["return_type"].match(self.draft.return_type).value
            kind = taken.code if taken else ""
            if kind not in self._reason_values:
                self._reason_values[kind] = reason_values(self.reasons, kind)
            return self._reason_values[kind]
        if name == "serials":
            return serial_values(self.line.serials)
        if name == OUTBOUND:
            return product_values(self.products)
        return self._fixed.get(name, Values(()))

    def has(self, name: str) -> bool:
        """Whether a field is on the form; no answer of the rules has a say in it, so that Tab leads where it did."""
        if name == "serials":
            return bool(self.line.serials or self.typed.serials)
        if name in (OUTBOUND, "outbound_units"):
            return self.exchanges
        if name in ("destination_override", "destination_reason"):
            return self.supervisor or bool(self.draft.destination_override)
        return True

    @property
    def exchanges(self) -> bool:
        """Whether the edited row is exchanged for another item."""
        wish = self._clear("resolution", self.text("resolution"))
        kind = self._clear("return_type", self.draft.return_type)
        return wish == Resolution.EXCHANGE or (not wish.strip() and kind == ReturnType.EXCHANGE)

    def snapshot(self) -> Snapshot:
        """What was typed, and the row that is edited."""
        return Snapshot(replace(self.draft, refused_tries=0), self.key)

    def restore(self, snapshot: object, change: object) -> None:
        """Type what was typed then; edit the row that `change` edited."""
        assert isinstance(snapshot, Snapshot) and isinstance(change, Snapshot)
        self.draft = replace(snapshot.draft, refused_tries=self.draft.refused_tries)
        keys = [row.key for row in self.rows]
        self.key = next((key for key in (change.key, snapshot.key) if key in keys), keys[0])

    def reason_asks_note(self) -> bool:
        """Whether the reason of this row needs a note."""
        value = self.values("reason").match(self.text("reason")).value
        reason = self.reasons.find(value.code) if value else None
        return reason is not None and reason.note_required

    def for_rules(self) -> Draft:
        """The draft with every code that is clear by now, and only the lines that have a quantity."""
        draft = self.draft
        lines = (
            replace(
                line,
                reason=self._clear("reason", line.reason),
                condition=self._clear("condition", line.condition),
                resolution=self._clear("resolution", line.resolution),
                amount=self._amount(line.amount).plain,
            )
            for line in draft.lines
        )
        draft = replace(
            draft,
            return_type=self._clear("return_type", draft.return_type),
            channel=self._clear("channel", draft.channel),
            proof=self._clear("proof", draft.proof),
            destination_override=self._clear("destination_override", draft.destination_override),
            goodwill=self._amount(draft.goodwill).plain,
            lines=tuple(lines),
        )
        return asked(draft)

    def _amount(self, text: str) -> Typed:
        return typed_amount(text, self.order.order.currency)

    def _clear(self, name: str, text: str) -> str:
        value = self.values(name).match(text).value
        return value.code if value is not None else text

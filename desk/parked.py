"""Returns in work: drafts that were left, each with what it is about, and what speaks against going on with one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desk.ports import Reference, Work
from desk.typed_orders import names_of
from rma.draft import Draft
from rma.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedReturn:
    """A draft, and what it is about."""

    draft: Draft
    customer_name: str
    order_number: str
    goods: str
    """What comes back, as far as it was typed."""
    twin: bool
    """Whether another draft is for the same order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside a draft that is opened."""

    facts_forgotten: bool
    """Whether facts about the caller were told in another call, and have to be asked for again."""
    twin_since: datetime | None
    """When the newest other draft of the same order was begun."""


class Parked:
    """The drafts of this desk."""

    def __init__(self, reference: Reference, work: Work) -> None:
        self._reference = reference
        self._work = work

    def all(self) -> tuple[ParkedReturn, ...]:
        """Every draft, newest first."""
        drafts = self._work.drafts()
        orders = [draft.order_id for draft in drafts]
        return tuple(self._view(draft, twin=orders.count(draft.order_id) > 1) for draft in drafts)

    def beside(self, draft: Draft) -> Beside:
        """What the agent has to know who begins or goes on with a draft."""
        kept = self._work.draft(draft.draft_id)
        forgotten = kept is not None and (
            bool(set(kept.verified) - set(draft.verified))
            or bool(kept.verification_skipped and not draft.verification_skipped)
        )
        twins = [
            other.called_at or other.started_at
            for other in self._work.drafts()
            if other.order_id == draft.order_id and other.draft_id != draft.draft_id
        ]
        return Beside(facts_forgotten=forgotten, twin_since=max(twins, default=None))

    def discard(self, draft_id: str) -> Draft | None:
        """Drop a draft; gives what `bring_back` needs, or None where it is gone already."""
        draft = self._work.draft(draft_id)
        self._work.discard_draft(draft_id)
        return draft

    def bring_back(self, draft: Draft) -> None:
        """Keep a draft again that was just dropped, as it was."""
        self._work.save_draft(draft)

    def _view(self, draft: Draft, *, twin: bool) -> ParkedReturn:
        customer, number, order = names_of(draft, self._reference)
        return ParkedReturn(
            draft=draft,
            customer_name=customer,
            order_number=number,
            goods=_goods(draft, order),
            twin=twin,
        )


def _goods(draft: Draft, order: Order | None) -> str:
    """`2 × Kettle, 1 × Toaster`."""
    names = {line.line_id: line.name or line.sku for line in order.lines} if order else {}
    return ", ".join(
        f"{line.quantity.strip()} × {names.get(line.line_id, line.line_id)}"
        for line in draft.lines
        if line.quantity.strip()
    )

"""Why goods come back: a tree of codes, of which only the leaves can be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from rma.request import Resolution, ReturnType


class ReasonWorkflow(StrEnum):
    """Whether a reason asks for an approval of its own."""

    NONE = "none"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One node of the reason tree."""

    code: str
    label: str
    parent: str | None = None
    merchant_fault: bool = False
    note_required: bool = False
    workflow: ReasonWorkflow = ReasonWorkflow.NONE
    default_resolution: Resolution = Resolution.REFUND
    return_types: tuple[ReturnType, ...] = (
        ReturnType.RETURN,
        ReturnType.EXCHANGE,
        ReturnType.DEFECT,
        ReturnType.GOODWILL,
    )
    """Return types under which this leaf is offered."""


class BadReasonTree(ValueError):
    """A reason tree is not a tree; the message names the code."""


@dataclass(frozen=True, slots=True)
class ReasonTree:
    """A version of the shop's reasons.

    Raises:
        BadReasonTree: for a code twice, an unknown parent, or a cycle.
    """

    version: int
    reasons: tuple[Reason, ...]
    _by_code: dict[str, Reason] = field(init=False, repr=False, compare=False, hash=False)
    _inner: frozenset[str | None] = field(init=False, repr=False, compare=False, hash=False)
    """Codes that something hangs below."""

    def __post_init__(self) -> None:
        by_code = {reason.code: reason for reason in self.reasons}
        object.__setattr__(self, "_by_code", by_code)
        object.__setattr__(self, "_inner", frozenset(reason.parent for reason in self.reasons))
        if len(by_code) != len(self.reasons):
            raise BadReasonTree("a reason code stands twice in the tree")
        for reason in self.reasons:
            seen = {reason.code}
            parent = reason.parent
            while parent is not None:
                if parent not in by_code:
                    raise BadReasonTree(f"reason {reason.code}: its parent {parent} is unknown")
                if parent in seen:
                    raise BadReasonTree(f"reason {reason.code}: its parents go in a circle")
                seen.add(parent)
                parent = by_code[parent].parent

    def find(self, code: str) -> Reason | None:
        """The node with this code, leaf or not."""
        return self._by_code.get(code)

    def is_leaf(self, code: str) -> bool:
        """Whether `code` is a node that nothing hangs below."""
        return code in self._by_code and code not in self._inner

    def leaves(self, return_type: ReturnType | None = None) -> Iterator[Reason]:
        """What an agent can choose, in the order of the document; for one return type, or for all."""
        for reason in self.reasons:
            if reason.code not in self._inner and (
                return_type is None or return_type in reason.return_types
            ):
                yield reason

    def path(self, code: str) -> str:
        """The labels from the root to `code`, for people: `Quality > Broken`."""
        labels: list[str] = []
        reason = self.find(code)
        while reason is not None:
            labels.insert(0, reason.label)
            reason = self.find(reason.parent) if reason.parent else None
        return " > ".join(labels)

"""What a policy says about a return: findings, and the verdict that follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rma.policy import PolicyRef, Rule
from rma.spelling import Spelled


class Verdict(Spelled):
    """The answer of the policy; the strictest line decides for the RMA."""

    ELIGIBLE = "eligible"
    NEEDS_APPROVAL = "needs_approval"
    INELIGIBLE = "ineligible"

    @property
    def strictness(self) -> int:
        """0 for eligible, 2 for ineligible."""
        return _STRICTNESS[self]


_STRICTNESS = {verdict: place for place, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Observed:
    """One fact a rule looked at, as text."""

    name: str
    """In English, the same on every desk; shown through `_`."""
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule's say."""

    rule: Rule
    outcome: Verdict
    sentence: str
    """One sentence that the agent can read to the caller."""
    observed: tuple[Observed, ...] = ()
    policy: PolicyRef | None = None
    overridable: bool = False
    """Whether the agent may set it aside with a reason."""
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """Something the agent still has to enter before the return can be finalized."""

    field: str
    """Name of the field, such as `reason` or `contact.email`."""
    line_id: str | None
    sentence: str
    """What to do, in the agent's words."""


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """The strictest of them; eligible where there is none."""
    return max(verdicts, key=_STRICTNESS.__getitem__, default=Verdict.ELIGIBLE)

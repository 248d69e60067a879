"""Which policy judges an order line: the most specific one that holds at the instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rma.order import Order, OrderLine
from rma.policy import Policy, PolicyRef, Scope
from rma.request import Channel


def current_versions(
    policies: Iterable[Policy], at: datetime, pinned: Iterable[PolicyRef] = ()
) -> tuple[Policy, ...]:
    """For each policy code its highest version that is valid at `at`, if that is active.

    A pinned version wins over newer ones: a later version never overturns what a caller was told.
    """
    pins = {ref.code: ref.version for ref in pinned}
    newest: dict[str, Policy] = {}
    for policy in policies:
        if policy.valid_from > at or pins.get(policy.code, policy.version) != policy.version:
            continue
        known = newest.get(policy.code)
        if known is None or policy.version > known.version:
            newest[policy.code] = policy
    return tuple(
        policy
        for policy in newest.values()
        if policy.active and (policy.valid_to is None or at < policy.valid_to)
    )


def select_policy(
    policies: Iterable[Policy],
    *,
    order: Order,
    line: OrderLine,
    channel: Channel | None,
    tier: str,
    at: datetime,
    pinned: Iterable[PolicyRef] = (),
) -> Policy | None:
    """The policy that judges `line`: most scope fields given, then the latest valid_from, then the code."""
    matching = [
        policy
        for policy in current_versions(policies, at, pinned)
        if _covers(policy.scope, order, line, channel, tier)
    ]
    if len(matching) == 1:
        return matching[0]
    return max(
        matching,
        key=lambda p: (_specificity(p.scope), p.valid_from, p.code),
        default=None,
    )


def _covers(
    scope: Scope, order: Order, line: OrderLine, channel: Channel | None, tier: str
) -> bool:
    return (
        (not scope.channels or channel is None or channel in scope.channels)
        and (not scope.tiers or tier in scope.tiers)
        and (not scope.categories or line.category in scope.categories)
        and (not scope.countries or order.country in scope.countries)
        and (not scope.sources or order.source in scope.sources)
    )


def _specificity(scope: Scope) -> int:
    fields = (
        scope.channels,
        scope.tiers,
        scope.categories,
        scope.countries,
        scope.sources,
    )
    return sum(1 for field in fields if field)

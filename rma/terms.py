"""What the policies in play say beside the money; where they differ, the strictest holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from rma.policy import Policy, RefundTiming
from rma.quote import Terms

T = TypeVar("T")


def terms_of(policies: Sequence[Policy], at: datetime) -> Terms:
    """Terms of one return that these policies judge together."""
    ends = [
        Terms(expires_after_days=policy.expires_after_days, time_zone=policy.time_zone)
        for policy in policies
        if policy.expires_after_days is not None
    ]
    first = min(ends, key=lambda terms: terms.expiry(at) or at, default=Terms())
    timings = tuple(RefundTiming)
    offered = [
        resolution
        for resolution in (policies[0].resolutions if policies else ())
        if all(resolution in policy.resolutions for policy in policies)
    ]
    return Terms(
        names=_union((policy.name,) for policy in policies),
        expires_at=first.expiry(at),
        expires_after_days=first.expires_after_days,
        time_zone=first.time_zone,
        refund_timing=min((p.refund_timing for p in policies), key=timings.index),
        authorized_link=all(policy.authorized_link for policy in policies),
        resolutions=tuple(offered),
        carriers=_union(policy.carriers for policy in policies),
        packaging=_union(policy.packaging for policy in policies),
        survey=_union(policy.survey for policy in policies),
        clauses=_union(policy.clauses for policy in policies),
    )


def _union(groups: Iterable[Iterable[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(entry for group in groups for entry in group))

"""What the policies in play say beside the money; where they differ, the strictest holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import TypeVar

from rma.calendar import end_of_days
from rma.policy import FeePayer, Policy, RefundTiming
from rma.quote import Terms

T = TypeVar("T")

_TIMINGS = tuple(RefundTiming)
"""The strictest first."""


def terms_of(policies: Sequence[Policy], at: datetime, payers: Iterable[FeePayer] = ()) -> Terms:
    """Terms of one return that these policies judge together; `payers` of the way back, line by line."""
    ends = [
        (end_of_days(at, policy.expires_after_days, policy.time_zone), place)
        for place, policy in enumerate(policies)
        if policy.expires_after_days is not None
    ]
    expires_at, place = min(ends, default=(None, None))
    first = None if place is None else policies[place]
    offered = policies[0].resolutions if policies else ()
    for policy in policies[1:]:
        offered = tuple(resolution for resolution in offered if resolution in policy.resolutions)
    return Terms(
        names=_union([(policy.name,) for policy in policies]),
        expires_at=expires_at,
        expires_after_days=first.expires_after_days if first else None,
        time_zone=first.time_zone if first else "UTC",
        refund_timing=min([p.refund_timing for p in policies], key=_TIMINGS.index),
        authorized_link=all(policy.authorized_link for policy in policies),
        resolutions=offered,
        carriers=_union([policy.carriers for policy in policies]),
        packaging=_union([policy.packaging for policy in policies]),
        survey=_union([policy.survey for policy in policies]),
        clauses=_union([policy.clauses for policy in policies]),
        shop=next(filter(None, [policy.shop for policy in policies]), ""),
        return_address=next(filter(None, [policy.return_address for policy in policies]), ()),
        shipping_payer=_payer(policies, frozenset(payers)),
    )


def _payer(policies: Sequence[Policy], payers: frozenset[FeePayer]) -> FeePayer | None:
    """One parcel has one payer: the merchant, where one line is theirs to pay."""
    if not payers or any(p.refund_timing is RefundTiming.KEEP_ITEM for p in policies):
        return None
    return FeePayer.MERCHANT if FeePayer.MERCHANT in payers else FeePayer.CUSTOMER


def _union(groups: Iterable[Iterable[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(groups)))

"""Caller verification: how many facts the policies ask for, and what of a customer is told before they are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rma.order import Customer
from rma.policy import Policy
from rma.request import Fact
from rma.said import says_something
from rma.scope import current_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a caller said that matches our books. Which facts, never their values."""

    call_id: str
    customer_id: str
    facts: tuple[Fact, ...] = ()
    skipped: str = ""
    """Why no facts were asked; empty where they were."""


def lacking(policies: Iterable[Policy], facts: Collection[Fact]) -> int:
    """How many facts the strictest policy asks for that these do not satisfy; 0 where all are satisfied."""
    given = set(facts)
    open_ = (
        p.verification for p in policies if len(given & {*p.verification_facts}) < p.verification
    )
    return max(open_, default=0)


def asking(policies: Sequence[Policy], customer: Customer, at: datetime) -> tuple[Policy, ...]:
    """The policies that say how a call with this customer begins.

    Those for certain goods or sources ask when a return of them is made; they count only where there are no others.
    """
    current = [
        policy
        for policy in current_versions(policies, at)
        if not policy.scope.tiers or customer.tier in policy.scope.tiers
    ]
    general = [p for p in current if not (p.scope.categories or p.scope.sources)]
    return tuple(general or current)


def opens(policies: Sequence[Policy], told: Told) -> bool:
    """Whether contact data may be shown: enough facts were told, or there is a reason why none were asked."""
    return lacking(policies, told.facts) == 0 or says_something(told.skipped)


def masked_email(email: str) -> str:
    """`j…@…`: enough to ask for it, not enough to read it out."""
    return f"{email[:1]}…@…" if email else ""


def masked_phone(phone: str) -> str:
    """`… 4471`, and less of a number that is hardly longer than that."""
    if len(phone) >= 8 and phone[-8:].isdecimal():  # most are, and a search masks fifty
        return f"… {phone[-4:]}"
    digits = [character for character in phone if character.isdecimal()]
    shown = "".join(digits[-min(4, len(digits) // 2) :]) if len(digits) > 1 else ""
    return f"… {shown}".rstrip() if phone else ""


def masked_postcode(postcode: str) -> str:
    """`…15`: the end tells less about the place than the beginning."""
    return f"…{postcode[-2:]}" if len(postcode) > 3 else "…" if postcode else ""


def masked(customer: Customer) -> Customer:
    """The customer as far as is needed to choose among several, and to ask for facts: nothing but what stands here."""
    return Customer(
        customer_id=customer.customer_id,
        name=customer.name,
        email=masked_email(customer.email),
        phone=masked_phone(customer.phone),
        postcode=masked_postcode(customer.postcode),
        country=customer.country,
        tier=customer.tier,
        risk_flags=customer.risk_flags,
    )

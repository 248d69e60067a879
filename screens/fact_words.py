"""The facts that a caller can tell, in words, with what they are compared with where that may be shown."""

from __future__ import annotations

from rma.order import Customer
from rma.request import Fact
from rma.wording import _, mark

_WORDS = {
    Fact.NAME: mark("name"),
    Fact.EMAIL: mark("e-mail"),
    Fact.PHONE: mark("phone"),
    Fact.POSTCODE: mark("postcode"),
    Fact.ORDER_NUMBER: mark("order no"),
}


def fact_words(fact: Fact) -> str:
    """`postcode`."""
    return _(_WORDS[fact])


def fact_ticks(customer: Customer | None) -> tuple[tuple[str, str], ...]:
    """Code and words of each fact; the postcode stands beside its own, as far as `customer` has it."""
    told = {fact: fact_words(fact) for fact in Fact}
    postcode = customer.postcode if customer is not None else ""
    told[Fact.POSTCODE] = f"{told[Fact.POSTCODE]} {postcode}".strip()
    return tuple((fact.value, told[fact]) for fact in Fact)


def facts_of(codes: tuple[str, ...]) -> tuple[Fact, ...]:
    """The facts of these codes; others are left out."""
    known = {fact.value: fact for fact in Fact}
    return tuple(known[code] for code in codes if code in known)

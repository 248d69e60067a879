"""Whether a desk's copy is what the server has: documents, erasures, and who is found by which name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from rma.erasing import Erasure
from rma.order import Customer, Order, Product
from rma.policy import Policy
from rma.reasons import ReasonTree
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from sync.protocol.documents import read_document
from sync.protocol.envelopes import PolicyDocument, ReasonsDocument
from sync.protocol.policies import parse_policy, parse_reasons
from tests.simulation import evidence
from tests.simulation.workplace import Workplace

MOST_FOUND = 50
"""More customers than the shop has."""

SHAPES: dict[str, type[Any]] = {
    "customer": Customer,
    "order": Order,
    "product": Product,
    "rma": RmaRecord,
    "refusal": RefusedReturn,
    "erasure": Erasure,
    "policy": Policy,
    "reasons": ReasonTree,
}
"""What a desk keeps of each kind."""


def differences(desk: Workplace, server: Connection, names: Collection[str]) -> Iterator[str]:
    """What a desk has otherwise than the server; `names` are those that customers have or had."""
    theirs, ours = evidence.of_server(server), evidence.of_desk(desk)
    for thing in sorted(theirs.keys() | ours.keys()):
        if theirs.get(thing) != ours.get(thing):
            yield f"{desk.name} has version {ours.get(thing)} of {thing}, the server {theirs.get(thing)}"
    told, kept = evidence.documents_of_server(server), evidence.documents_of_desk(desk)
    for kind, key in sorted(told.keys() & kept.keys()):
        same = _means_the_same(kind, told[(kind, key)], kept[(kind, key)])
        if not same and theirs[(kind, key)] == ours[(kind, key)]:
            yield f"{desk.name} has another {kind} {key} than the server, in the same version"
    customers = [
        read_document(Customer, document)
        for (kind, _key), document in told.items()
        if kind == "customer"
    ]
    yield from _wrongly_found(desk, customers, names)


def _wrongly_found(
    desk: Workplace, customers: Iterable[Customer], names: Collection[str]
) -> Iterator[str]:
    """Who is found by a name that they do not have, or had until they were erased, or is not found by theirs."""
    called = {each.customer_id: each.name for each in customers if not each.erased}
    for name in sorted({*names, *called.values()}):
        found = desk.opened.reference.customers_by_name(name.split(), MOST_FOUND)
        ids = {each.customer_id for each in found}
        wanted = {key for key, now in called.items() if _fits(now, name)}
        if ids != wanted:
            yield f"{desk.name} finds {sorted(ids)} by the name {name}, and not {sorted(wanted)}"


def _fits(name: str, asked: str) -> bool:
    words = name.casefold().split()
    return all(any(word.startswith(begin) for word in words) for begin in asked.casefold().split())


def _means_the_same(kind: str, told: str, kept: str) -> bool:
    """Whether two texts say the same: of equal ones nothing is read."""
    return told == kept or _on_the_server(kind, told) == _at_a_desk(kind, kept)


@lru_cache(maxsize=1_000)
def _on_the_server(kind: str, document: str) -> Any:
    travels: dict[str, Callable[[str], Any]] = {
        "policy": lambda told: parse_policy(read_document(PolicyDocument, told).toml),
        "reasons": lambda told: parse_reasons(read_document(ReasonsDocument, told).toml),
    }
    read = travels.get(kind)
    return read_document(SHAPES[kind], document) if read is None else read(document)


@lru_cache(maxsize=1_000)
def _at_a_desk(kind: str, document: str) -> Any:
    return read_document(SHAPES[kind], document)

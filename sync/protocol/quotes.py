"""The documents of `csr-tui quote`: read a case, judge it with `rma`, and write the answer.

All amounts are minor units. `docs/quote.md` shows both documents.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from rma.assessment import Assessment, Case
from rma.calendar import require_instant
from rma.order import Customer, Order, Product
from rma.outbound import OutboundQuote
from rma.policy import Policy
from rma.quote import Component, Quote
from rma.reasons import ReasonTree
from rma.request import Actor, ReturnRequest, Role
from sync.protocol.document_problems import BadDocument, DocumentProblem, read_part, wrong
from sync.protocol.documents import to_tree
from sync.protocol.policies import (
    BadPolicy,
    NoSuchDefault,
    default_policy,
    default_reasons,
    parse_policy,
    parse_reasons,
)
from sync.protocol.problem_words import shown, written
from sync.protocol.returned_before import with_returned
from sync.protocol.toml_places import Place

T = TypeVar("T")

_REQUIRED = ("order", "policy", "wanted", "at")
_OPTIONAL = ("reasons", "customer", "returned", "role", "recent_returns", "products")


def read_quote(text: str) -> Case:
    """Read the question.

    Raises:
        BadDocument: with every problem: the place, and what was expected.
    """
    return _Reading(read_json_object(text)).case()


def quote_document(assessment: Assessment) -> dict[str, Any]:
    """The answer as a JSON tree."""
    tree: dict[str, Any] = to_tree(assessment)
    for line, assessed in zip(tree["lines"], assessment.lines, strict=True):
        line["sentence"] = assessed.sentence
    tree["quote"] = None if assessment.quote is None else _quote_tree(assessment.quote)
    return tree


def _quote_tree(quote: Quote) -> dict[str, Any]:
    tree: dict[str, Any] = to_tree(quote)
    tree["destination"] = tree.pop("payouts")
    tree["components"] = [_component(component) for component in quote.components]
    for line, quoted in zip(tree["lines"], quote.lines, strict=True):
        line["components"] = [_component(component) for component in quoted.components]
        line["total"] = quoted.total
    if quote.outbound is not None:
        tree["outbound"] = _outbound(quote.outbound)
    return tree | {"total": quote.total, "tax": quote.tax, "net": quote.total - quote.tax}


def _outbound(outbound: OutboundQuote) -> dict[str, Any]:
    tree: dict[str, Any] = to_tree(outbound)
    for line, sent in zip(tree["lines"], outbound.lines, strict=True):
        line |= {"gross": sent.gross, "gross_tax": sent.gross_tax}
    sums = ("total", "tax", "carried", "discount", "difference", "difference_tax", "owed")
    return tree | {name: getattr(outbound, name) for name in sums}


def _component(component: Component) -> dict[str, Any]:
    tree: dict[str, Any] = to_tree(component)
    return tree | {"net": component.net}


class _Reading:
    """One document being read: problems are gathered, and told together."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self._tree = tree
        self._problems: list[DocumentProblem] = []

    def case(self) -> Case:
        """What the document asks.

        Raises:
            BadDocument: with every problem.
        """
        self._check_keys()
        self._check_currency()
        order = self._part("order", Order)
        at = self._instant(self._part("at", datetime), ("at",))
        policies = self._attempt(self._policies)
        reasons = self._attempt(self._reasons)
        role = self._part("role", Role) or Role.AGENT
        customer = self._customer(order)
        recent = self._part("recent_returns", tuple[datetime, ...]) or ()
        for index, moment in enumerate(recent):
            self._instant(moment, ("recent_returns", index))
        products = self._part("products", tuple[Product, ...]) or ()
        request = self._request(order)
        if self._problems or not (order and at and policies and reasons and request):
            raise BadDocument(self._problems)
        ledger = with_returned(order, self._tree.get("returned") or [], at)
        return Case(
            request=request,
            order=ledger.order,
            customer=customer,
            ledger=ledger,
            policies=policies,
            reasons=reasons,
            at=at,
            actor=Actor("quote", role),
            recent_returns=recent,
            products=products,
        )

    def _instant(self, moment: datetime | None, place: Place) -> datetime | None:
        try:
            require_instant("it", moment)
        except ValueError:
            expected = "a time with its zone, in the years 1900 to 2999"
            self._problems.append(wrong(place, expected, moment))
        return moment

    def _check_keys(self) -> None:
        for key in self._tree.keys() - {*_REQUIRED, *_OPTIONAL}:
            expected = f"one of {', '.join(_REQUIRED + _OPTIONAL)}"
            self._problems.append(DocumentProblem(written((key,)), expected, "an unknown key"))
        for key in _REQUIRED:
            if self._tree.get(key) is None:
                self._problems.append(DocumentProblem(key, "this key", "nothing"))

    def _check_currency(self) -> None:
        """One currency per order: a `currency` beside any other amount has to be the order's."""
        order = self._tree.get("order")
        currency = order.get("currency") if isinstance(order, dict) else None
        if not isinstance(currency, str):
            return  # what is wrong with it is told with the order
        for place, table in _tables(self._tree, ()):
            if "currency" not in table or place == ("order",) or place[:1] == ("products",):
                continue  # what a product costs elsewhere is no price of this order: the rules say so
            other = table.pop("currency")
            if other != currency:
                expected = f"{shown(currency)}, as one order has one currency"
                self._problems.append(wrong((*place, "currency"), expected, other))

    def _customer(self, order: Order | None) -> Customer | None:
        given = self._tree.get("customer", {})
        if order is None or not isinstance(given, dict):
            return self._part("customer", Customer)
        tree = {"customer_id": order.customer_id, "name": ""} | given
        return self._attempt(lambda: read_part(Customer, tree, ("customer",)))

    def _request(self, order: Order | None) -> ReturnRequest | None:
        given = self._tree.get("wanted")
        if order is None or not isinstance(given, dict):
            return None if isinstance(given, dict) else self._part("wanted", ReturnRequest)
        if given.get("order_id", order.order_id) != order.order_id:
            place: Place = ("wanted", "order_id")
            self._problems.append(wrong(place, shown(order.order_id), given["order_id"]))
        tree = {"order_id": order.order_id, "customer_id": order.customer_id} | given
        return self._attempt(lambda: read_part(ReturnRequest, tree, ("wanted",)))

    def _policies(self) -> tuple[Policy, ...]:
        given = self._tree.get("policy")
        if given is None:
            return ()
        many = given if isinstance(given, list) else [given]
        policies = []
        for index, entry in enumerate(many):
            place: Place = ("policy", index) if isinstance(given, list) else ("policy",)
            if not isinstance(entry, str):
                expected = "the name of a default policy, or a policy document as text"
                raise BadDocument([wrong(place, expected, entry)])
            text = entry if "=" in entry else _default(entry, place)
            policies.append(_from_toml(parse_policy, text, place))
        if not policies:
            raise BadDocument([wrong(("policy",), "at least one policy", given)])
        return tuple(policies)

    def _reasons(self) -> ReasonTree:
        given = self._tree.get("reasons")
        if given is None:
            return parse_reasons(default_reasons())
        if not isinstance(given, str):
            raise BadDocument([wrong(("reasons",), "a reasons document as text", given)])
        return _from_toml(parse_reasons, given, ("reasons",))

    def _part(self, key: str, shape: type[T]) -> T | None:
        tree = self._tree.get(key)
        if tree is None:
            return None
        return self._attempt(lambda: read_part(shape, tree, (key,)))

    def _attempt(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except BadDocument as error:
            self._problems.extend(error.problems)
            return None


def _tables(value: Any, place: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
    if isinstance(value, dict):
        yield place, value
        for key, inner in value.items():
            yield from _tables(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _tables(inner, (*place, index))


def _default(name: str, place: Place) -> str:
    try:
        return default_policy(name)
    except NoSuchDefault as error:
        expected = f"one of {', '.join(error.known)}, or a policy document as text"
        raise BadDocument([wrong(place, expected, name)]) from None


def _from_toml(parse: Callable[[str], T], text: str, place: Place) -> T:
    try:
        return parse(text)
    except BadPolicy as error:
        raise BadDocument(
            DocumentProblem(f"{written(place)}, {p.place}", p.expected, p.got)
            for p in error.problems
        ) from None


def read_json_object(text: str) -> dict[str, Any]:
    """One JSON object without repeated keys.

    Raises:
        BadDocument: with the line and column of what is no JSON.
    """
    try:
        tree = json.loads(text, object_pairs_hook=_without_repeats)
    except RecursionError:
        raise BadDocument([DocumentProblem("", "a few levels", "hundreds")]) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadDocument([DocumentProblem(where, "valid JSON", error.msg)]) from None
    except ValueError:  # a whole number of thousands of digits
        raise BadDocument([DocumentProblem("", "valid JSON", "an absurd number")]) from None
    if not isinstance(tree, dict):
        raise BadDocument([wrong((), "an object with order, policy, wanted and at", tree)])
    return tree


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadDocument([DocumentProblem(written((twice,)), "each key once", "it again")])
    return tree

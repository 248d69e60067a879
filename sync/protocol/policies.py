"""Read policy and reasons documents (TOML) into what `rma` judges by, and the default set that ships.

A document is versioned and immutable. Decimals stay exact: no float is ever made of them. `docs/policy.md` explains
every key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib.resources import files
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from rma.errors import RmaError
from rma.policy import Policy
from rma.reasons import ReasonTree
from sync.protocol.policy_checks import policy_problems, reasons_problems
from sync.protocol.policy_models import PolicyShape, ReasonsShape
from sync.protocol.policy_problems import BadPolicy, PolicyProblem, told
from sync.protocol.toml_places import Place, places

__all__ = [
    "BadPolicy",
    "NoSuchDefault",
    "PolicyProblem",
    "default_names",
    "default_policy",
    "default_reasons",
    "parse_policy",
    "parse_reasons",
]

MAX_CHARACTERS = 1_000_000
"""Longer documents are a mistake: refused before they are read."""

_SHOP = ("general", "electronics", "clothing", "hygiene", "final_sale")
_ON_REQUEST = ("no_limits",)

S = TypeVar("S", bound=BaseModel)
_Checks = Callable[[dict[str, Any], dict[Place, int]], Iterator[PolicyProblem]]


class NoSuchDefault(RmaError):
    """No default policy has this name."""

    def __init__(self, name: str) -> None:
        self.known = _SHOP + _ON_REQUEST
        known = ", ".join(self.known)
        super().__init__(f"There is no default policy {name[:40]!r}: choose one of {known}.")


def parse_policy(text: str) -> Policy:
    """Read one policy document.

    Raises:
        BadPolicy: with every problem: line, key and what was expected.
    """
    return _parsed(text, PolicyShape, policy_problems).rule()


def parse_reasons(text: str) -> ReasonTree:
    """Read one reasons document.

    Raises:
        BadPolicy: with every problem: line, key and what was expected.
    """
    document = _parsed(text, ReasonsShape, reasons_problems)
    return ReasonTree(document.version, tuple(row.rule() for row in document.reasons))


def default_names() -> tuple[str, ...]:
    """The policies that make up the default shop; `no_limits` is not one of them and is asked for by name."""
    return _SHOP


def default_policy(name: str) -> str:
    """The text of a default policy: one of `default_names()`, or `no_limits`.

    Raises:
        NoSuchDefault: if there is none of this name.
    """
    if name not in _SHOP + _ON_REQUEST:
        raise NoSuchDefault(name)
    return _shipped(name)


def default_reasons() -> str:
    """The text of the default reason tree."""
    return _shipped("reasons")


def _shipped(name: str) -> str:
    return files("sync.protocol").joinpath("defaults", f"{name}.toml").read_text("utf-8")


def _parsed(text: str, shape: type[S], checks: _Checks) -> S:
    tree = _tree(text)
    lines = places(text)
    problems = list(checks(tree, lines))
    try:
        document = shape.model_validate(tree)
    except ValidationError as error:
        raise BadPolicy([*told(error, shape, lines), *problems]) from None
    if problems:
        raise BadPolicy(problems)
    return document


def _tree(text: str) -> dict[str, Any]:
    if len(text) > MAX_CHARACTERS:
        expected = f"at most {MAX_CHARACTERS} characters"
        raise BadPolicy([PolicyProblem(1, "", expected, str(len(text)))])
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except RecursionError:
        problem = PolicyProblem(1, "", "a document of a few levels", "hundreds")
    except (ValueError, ArithmeticError) as error:  # a number of absurd size is no TOMLDecodeError
        at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line = int(at[1]) if at and at[1] else text.rstrip().count("\n") + 1 if at else 1
        said = str(error)[: at.start()] if at else "a number that cannot be read"
        problem = PolicyProblem(line, "", "valid TOML", f"“{said}”")
    raise BadPolicy([problem]) from None

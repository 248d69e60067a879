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
    "read_policy",
    "with_version",
]

MAX_CHARACTERS = 100_000
"""Longer documents are a mistake: refused before they are read."""

_DEEPEST = 20
"""Levels of tables and lists; the shapes need four."""

_VERSION = re.compile(r"""(version["']?[ \t]*=[ \t]*)[+\w]+""")

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
    return read_policy(text).rule()


def read_policy(text: str) -> PolicyShape:
    """Read one policy document as it is written: major units, keys as in the TOML.

    Raises:
        BadPolicy: with every problem: line, key and what was expected.
    """
    return _parsed(text, PolicyShape, policy_problems)


def with_version(text: str, version: int) -> str:
    """The same policy document under another version; all else stays as it was written, comments too.

    Raises:
        BadPolicy: if the text is no policy.
    """
    parse_policy(text)
    lines = text.split("\n")
    at = places(text)[("version",)] - 1
    lines[at] = _VERSION.sub(lambda found: f"{found[1]}{version}", lines[at], count=1)
    return "\n".join(lines)


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
        tree = tomllib.loads(text, parse_float=Decimal)
        if not _is_deep(tree):
            return tree
    except RecursionError:
        pass  # deep as well
    except (ValueError, ArithmeticError) as error:  # a number of absurd size is no TOMLDecodeError
        raise BadPolicy([_syntax_problem(str(error), text)]) from None
    raise BadPolicy([PolicyProblem(1, "", f"at most {_DEEPEST} levels", "more")])


def _syntax_problem(said: str, text: str) -> PolicyProblem:
    """`tomllib` says the place at the end of its sentence."""
    at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
    if at is None:
        return PolicyProblem(1, "", "valid TOML", "a number that cannot be read")
    line = int(at[1]) if at[1] else text.rstrip().count("\n") + 1
    return PolicyProblem(line, "", "valid TOML", f"“{said[: at.start()]}”")


def _is_deep(tree: dict[str, Any]) -> bool:
    level: list[Any] = [tree]
    for _ in range(_DEEPEST):
        tables = [list(v.values()) if isinstance(v, dict) else v for v in level]
        level = [inner for v in tables if isinstance(v, list) for inner in v]
    return bool(level)

"""What is wrong with a JSON document that a person wrote: each place, and what was expected there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rma.errors import RmaError
from sync.protocol.documents import read_tree
from sync.protocol.problem_words import shown, written
from sync.protocol.toml_places import Place

T = TypeVar("T")

_OF_ONE_FIELD = re.compile(r"(\w+) (?:is|has) (.+): expected (.+)")
"""How the dataclasses of `rma` refuse a value of one field: `units is 0: expected 1 to 1000000`."""


@dataclass(frozen=True, slots=True)
class DocumentProblem:
    """One thing that is wrong."""

    place: str
    """Such as `order.lines[0].gross` (entries count from 0); empty for the document as a whole."""
    expected: str
    got: str

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}expected {self.expected}, got {self.got}"


class BadDocument(RmaError):
    """A document cannot be taken; the message has one line for each problem."""

    def __init__(self, problems: Iterable[DocumentProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def wrong(place: Place, expected: str, value: Any) -> DocumentProblem:
    """A problem with the value at `place`."""
    return DocumentProblem(written(place), expected, "nothing" if value is None else shown(value))


def read_part(shape: type[T], tree: Any, place: Place) -> T:
    """Read one part of a document, strictly.

    Raises:
        BadDocument: with every problem of this part.
    """
    try:
        return read_tree(shape, tree)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise BadDocument(_problem(detail, shape, place) for detail in details) from None


def _problem(detail: ErrorDetails, shape: Any, part: Place) -> DocumentProblem:
    inside = detail["loc"]
    place = (*part, *inside)
    match detail["type"]:
        case "unexpected_keyword_argument":
            known = _keys_at(shape, inside[:-1])
            near = difflib.get_close_matches(str(inside[-1]), known, n=1, cutoff=0.0)
            expected = f"{near[0]} (the nearest known key)" if near else "no such key"
            return DocumentProblem(written(place), expected, "an unknown key")
        case "missing":
            return DocumentProblem(written(place), "this key", "nothing")
        case "value_error":  # a rule of the shape itself; its text says what was expected
            said = detail["msg"].removeprefix("Value error, ")
            if one := _OF_ONE_FIELD.fullmatch(said):
                return DocumentProblem(written((*place, one[1])), one[3], one[2])
            return DocumentProblem(written(place), "valid values", said)
        case _:
            said = detail["msg"].removeprefix("Input should be ")
            return wrong(place, said[:1].lower() + said[1:], detail["input"])


def _keys_at(shape: Any, inside: Place) -> list[str]:
    for step in inside:
        shape = _dataclass_in(shape)
        if isinstance(step, str) and shape is not None:
            shape = get_type_hints(shape).get(step)
    shape = _dataclass_in(shape)
    return [] if shape is None else [field.name for field in fields(shape)]


def _dataclass_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and is_dataclass(annotation):
        return annotation
    return next((found for part in get_args(annotation) if (found := _dataclass_in(part))), None)

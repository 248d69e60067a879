"""What is wrong with a policy or reasons document: line, key and what was expected, all of it at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema

from rma.errors import RmaError
from sync.protocol.problem_words import shown, written
from sync.protocol.toml_places import Place, line_of


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """One thing that is wrong."""

    line: int
    """From 1."""
    key: str
    """Such as `fees.restocking_percent` or `limits[2].role` (entries count from 0); empty for a syntax error."""
    expected: str
    got: str

    @property
    def place(self) -> str:
        """Line and key: `line 14, fees.taxed`."""
        return f"line {self.line}, {self.key}" if self.key else f"line {self.line}"

    def __str__(self) -> str:
        return f"{self.place}: expected {self.expected}, got {self.got}"


class BadPolicy(RmaError):
    """A policy or reasons document cannot be taken; the message has one line for each problem."""

    def __init__(self, problems: Iterable[PolicyProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.key)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def line(self) -> int:
        """Line of the first problem."""
        return self.problems[0].line

    @property
    def key(self) -> str:
        """Key of the first problem."""
        return self.problems[0].key

    @property
    def expected(self) -> str:
        """What was expected at the first problem."""
        return self.problems[0].expected


@dataclass(frozen=True, slots=True)
class Expects:
    """Annotation of a field: whatever is wrong with the value, this is what was expected."""

    phrase: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._check, handler(source))

    def _check(self, value: Any, inner: core_schema.ValidatorFunctionWrapHandler) -> Any:
        try:
            return inner(value)
        except ValidationError:
            raise PydanticCustomError("expected", "{phrase}", {"phrase": self.phrase}) from None


def told(
    error: ValidationError, model: type[BaseModel], lines: dict[Place, int]
) -> list[PolicyProblem]:
    """Pydantic's errors in our words."""
    return [_problem(detail, model, lines) for detail in error.errors(include_url=False)]


def problem_at(lines: dict[Place, int], place: Place, expected: str, got: str) -> PolicyProblem:
    """A problem with the value at `place`."""
    return PolicyProblem(line_of(lines, place), written(place), expected, got)


def _problem(
    detail: ErrorDetails, model: type[BaseModel], lines: dict[Place, int]
) -> PolicyProblem:
    place = detail["loc"]
    match detail["type"]:
        case "extra_forbidden":
            known = _keys_at(model, place[:-1])
            near = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.0)
            expected, got = f"{near[0]} (the nearest known key)", "an unknown key"
        case "missing":
            expected, got = _phrase_at(model, place), "nothing"
        case "list_type":
            expected, got = "a list in square brackets", shown(detail["input"])
        case "too_short":
            expected, got = "at least one entry", shown(detail["input"])
        case "expected":
            expected, got = detail["msg"], shown(detail["input"])
        case _:
            expected, got = "a table", shown(detail["input"])
    return problem_at(lines, place, expected, got)


def _keys_at(model: type[BaseModel], place: Place) -> list[str]:
    inside = _model_at(model, place)
    return [field.alias or name for name, field in inside.model_fields.items()]


def _phrase_at(model: type[BaseModel], place: Place) -> str:
    inside = _model_at(model, place[:-1])
    for name, field in inside.model_fields.items():
        if place[-1] in (name, field.alias):
            for note in field.metadata:
                if isinstance(note, Expects):
                    return note.phrase
            is_list = get_origin(field.annotation) is list
            return "a list in square brackets" if is_list else "a table"
    return "this key"


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    for step in place:
        for name, field in model.model_fields.items():
            if step in (name, field.alias):
                model = model_in(field.annotation) or model
                break
    return model


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The table that a field holds, alone, optional or in a list; None where it holds none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := model_in(part))), None)

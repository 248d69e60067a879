"""docs/policy.md names every key, every choice and every default policy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from sync.protocol.policies import default_names
from sync.protocol.policy_models import PolicyShape, ReasonsShape
from sync.protocol.policy_problems import Expects, model_in

TEXT = (Path(__file__).parents[2] / "docs" / "policy.md").read_text("utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| `")]


def _keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        inner = model_in(field.annotation)
        if inner is None or name == "many_returns":
            yield prefix, name
        else:
            is_list = str(field.annotation).startswith("list")
            yield from _keys(inner, f"[[{name}]] " if is_list else f"[{name}] ")


@pytest.mark.parametrize(("table", "key"), _keys(PolicyShape))
def test_every_key_of_a_policy_has_its_row(table: str, key: str) -> None:
    if table == "[scope] ":
        table = ""
    assert any(row.startswith(f"| `{table}{key}` |") for row in ROWS)


@pytest.mark.parametrize(("table", "key"), _keys(ReasonsShape))
def test_every_key_of_a_reasons_document_has_its_row(table: str, key: str) -> None:
    section = TEXT[TEXT.index("## Reasons") :]
    assert f"\n| `{key}` |" in section


def test_every_choice_of_a_key_is_told() -> None:
    for phrase in _phrases(PolicyShape):
        if phrase.startswith("one of: "):
            for choice in phrase.removeprefix("one of: ").split(", "):
                assert f"`{choice}`" in TEXT, choice


def test_every_example_is_one() -> None:
    examples = [cells[-2].strip().strip("`") for row in ROWS if (cells := row.split("|"))]
    for example in examples:
        if re.match(r"[a-z_]+ = ", example):
            tomllib.loads(example, parse_float=Decimal)


def test_every_default_policy_is_described() -> None:
    for name in (*default_names(), "no_limits"):
        assert f"\n| `{name}` |" in TEXT


def _phrases(value: Any) -> Iterator[str]:
    for field in value.model_fields.values():
        inner = model_in(field.annotation)
        if inner is not None:
            yield from _phrases(inner)
        marks = [*field.metadata, *_metadata(field.annotation)]
        yield from (mark.phrase for mark in marks if isinstance(mark, Expects))


def _metadata(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for part in getattr(annotation, "__args__", ()):
        yield from _metadata(part)

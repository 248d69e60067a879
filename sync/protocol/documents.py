"""Strict readers and canonical writers of every document that crosses a border.

The shapes are the dataclasses of `rma`: one definition for the desk, the wire and the server. Reading is strict:
unknown keys, wrong types and numbers in quotes are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError, SchemaValidator

T = TypeVar("T")


_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}
"""Building an adapter costs milliseconds: each shape's is built once."""
_WARY: dict[Any, SchemaValidator] = {}
_LISTS = frozenset({"tuple", "list", "set", "frozenset"})

MOST_VALUES = 150_000
"""Of one document: twice as many as a megabyte of returned lines has. Each costs a hundred times its bytes."""

MOST_FAULTS = 100
"""Faults of one document that are told apart."""


@cache
def _encoder() -> Callable[[Any], bytes]:
    """Writes what pydantic writes, byte for byte, in half of the time; not needed before the first paint."""
    from msgspec.json import Encoder

    return Encoder().encode


def _adapter(shape: Any) -> TypeAdapter[Any]:
    adapter = _ADAPTERS.get(shape)
    if adapter is None:
        adapter = _ADAPTERS[shape] = TypeAdapter(shape)
    return adapter


def read_document(shape: type[T], data: bytes | str) -> T:
    """Read JSON into `shape`.

    Raises:
        pydantic.ValidationError: with the place and what was expected.
    """
    document: T = _adapter(shape).validate_json(data, strict=True, extra="forbid")
    return document


def read_untrusted(shape: type[T], data: bytes | str) -> T:
    """The same for what anybody may have written: not more than `MOST_VALUES`, and of a list nothing after the first wrong entry.

    A megabyte holds a million faults, and to remember each of them takes a gigabyte.

    Raises:
        pydantic.ValidationError: with the place and what was expected; `first_fault` says it.
    """
    if has_too_many_values(data.encode() if isinstance(data, str) else data):
        said = PydanticCustomError("too_many", f"expected at most {MOST_VALUES} values")
        raise ValidationError.from_exception_data(
            shape.__name__, [{"type": said, "loc": (), "input": None}]
        )
    wary = _WARY.get(shape)
    if wary is None:
        wary = _WARY[shape] = SchemaValidator(_failing_fast(_adapter(shape).core_schema))
    document: T = wary.validate_json(data, strict=True, extra="forbid")
    return document


def has_too_many_values(body: bytes) -> bool:
    """Whether JSON has more values than is read of what anybody may have written; what looks like one in a text counts."""
    return sum(body.count(sign) for sign in (b",", b"{", b"[")) > MOST_VALUES


def first_fault(error: ValidationError) -> str:
    """The first thing that is wrong, and where; their number where there are many, as each costs time to be told."""
    count = error.error_count()
    if count > MOST_FAULTS:
        return f"{count} things are not as expected"
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]


def _failing_fast(schema: Any) -> Any:
    """A schema of pydantic whose lists end at their first wrong entry."""
    if isinstance(schema, dict):
        made = {key: _failing_fast(value) for key, value in schema.items()}
        return made | {"fail_fast": True} if made.get("type") in _LISTS else made
    if isinstance(schema, list):
        return [_failing_fast(value) for value in schema]
    return schema


def read_tree(shape: type[T], tree: Any) -> T:
    """Read parsed JSON (dicts, lists, texts, numbers) into `shape`.

    Raises:
        pydantic.ValidationError: with the place and what was expected.
    """
    return read_document(shape, json.dumps(tree))


def to_tree(value: Any, shape: Any = None) -> Any:
    """The JSON tree of a dataclass; `shape` where its type alone does not say enough."""
    return _adapter(shape or type(value)).dump_python(value, mode="json")


def canonical(tree: Any) -> bytes:
    """The one way to write a tree: sorted keys, no spaces, UTF-8. Frozen bytes and hashes are made of it.

    Halves of characters that no encoding can hold become `?`, as in the stores.
    """
    return _CANONICAL.encode(tree).encode(errors="replace")


def write_document(value: Any, shape: Any = None, *, defaults: bool = True) -> bytes:
    """A dataclass as JSON, fast, for stores and pages (not canonical).

    Without `defaults` it is a third shorter, and means what it meant only as long as they stay.
    """
    if shape is None and defaults:
        return _encoder()(value)
    return _adapter(shape or type(value)).dump_json(value, exclude_defaults=not defaults)

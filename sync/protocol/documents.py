"""Strict readers and canonical writers of every document that crosses a border.

The shapes are the dataclasses of `rma`: one definition for the desk, the wire and the server. Reading is strict:
unknown keys, wrong types and numbers in quotes are refused.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}
"""Building an adapter costs milliseconds: each shape's is built once."""


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


def write_document(value: Any, shape: Any = None) -> bytes:
    """A dataclass as JSON, fast, for stores and pages (not canonical)."""
    return _adapter(shape or type(value)).dump_json(value)

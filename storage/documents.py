"""JSON columns: the dataclasses of `rma` as text and back, without reading the same text twice."""

from __future__ import annotations

import json
from collections import OrderedDict
from threading import Lock
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from storage.errors import Unreadable

T = TypeVar("T")

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}
"""Building an adapter costs milliseconds: each shape's is built once."""


def _adapter(shape: Any) -> TypeAdapter[Any]:
    adapter = _ADAPTERS.get(shape)
    if adapter is None:
        adapter = _ADAPTERS[shape] = TypeAdapter(shape)
    return adapter


def write(value: Any, *, defaults: bool = True) -> str:
    """A dataclass as JSON text; halves of characters that no encoding can hold become `?`.

    Without `defaults` it is a third shorter and sooner read, but means what it meant only as long as they stay.
    """
    adapter = _adapter(type(value))
    try:
        return adapter.dump_json(value, exclude_defaults=not defaults).decode()
    except PydanticSerializationError:
        tree = adapter.dump_python(value, exclude_defaults=not defaults)
        return storable(json.dumps(tree, ensure_ascii=False, default=_plain))


def storable(text: str) -> str:
    """A text that fits a column; halves of characters that no encoding can hold become `?`."""
    return text.encode(errors="replace").decode()


def read(shape: type[T], text: str, key: str) -> T:
    """JSON text as a dataclass; unknown keys are left out.

    Raises:
        Unreadable: if the text does not fit the shape; the message names `key`.
    """
    try:
        value: T = _adapter(shape).validate_json(text, strict=True)
    except ValidationError as error:
        raise Unreadable(shape.__name__, key) from error
    return value


def tree(value: Any) -> Any:
    """The JSON tree of a value, such as an enum or a dataclass."""
    return _adapter(type(value)).dump_python(value, mode="json")


def canonical(value: Any) -> str:
    """The one way to write a JSON tree: what hashes are made of."""
    return _CANONICAL.encode(value)


def _plain(value: Any) -> Any:
    return tree(value)


class DocumentCache(Generic[T]):
    """Documents that were read already. The text itself is compared, so that nothing has to be invalidated."""

    def __init__(self, shape: type[T], most_characters: int) -> None:
        self._shape = shape
        self._most = most_characters
        self._held = 0
        self._known: OrderedDict[str, tuple[str, T]] = OrderedDict()
        self._lock = Lock()

    def read(self, key: str, text: str) -> T:
        """The document `key`, whose stored text is `text`.

        Raises:
            Unreadable: if the text does not fit the shape.
        """
        with self._lock:
            known = self._known.get(key)
            if known is not None and known[0] == text:
                self._known.move_to_end(key)
                return known[1]
        value = read(self._shape, text, key)
        with self._lock:
            replaced = self._known.pop(key, None)
            self._held += len(text) - (len(replaced[0]) if replaced else 0)
            self._known[key] = (text, value)
            while self._held > self._most:
                _, (dropped, _value) = self._known.popitem(last=False)
                self._held -= len(dropped)
        return value

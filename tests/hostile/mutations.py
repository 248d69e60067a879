"""Ways to spoil an operation: its bytes, its structure, its values, its signature, and where its line ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Mutation = Callable[[bytes], bytes]

VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    2**63,
    -(10**30),
    1.5,
    "",
    "x" * 5000,
    "x" * 900_000,
    "\x00\x1b[2J",
    "\x1b]0;owned\x07\r\n\u202e\u0085",
    "'; DROP TABLE rma; --",
    "%_\\",
    "²",
    "٣",
    "O-1",
    "authorized",
    "return.cancel",
    "return.of.an.unknown.kind",
    "2026-11-20T10:00:00",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    [],
    [[]],
    {},
    {"x": {}},
    [{}] * 50_000,
]
BYTES = [
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-0",
    b"9" * 4500,
    b"9" * 900_000,
    b'"\\ud800"',
    b'"\\udfff\\ud800"',
    b'"\xff"',
    b'"\x00"',
    b"[" * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 100_000,
    b"{" + b",".join(b'"%d":0' % n for n in range(50_000)) + b"}",
    b"",
    b"{}",
]
ENDS = [
    b"\r",
    b" ",
    b"\t",
    b"\t\t",
    b"\tAAAA",
    b"\t" + b"A" * 86,
    b"\x00",
    b"\xef\xbb\xbf",
    b"\x0b",
]

_MARK = "@@@"


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON tree."""
    keys: list[Any] = list(tree) if isinstance(tree, dict) else []
    if isinstance(tree, list):
        keys = list(range(len(tree)))
    return [path] * bool(path) + [p for key in keys for p in places(tree[key], (*path, key))]


def _at(where: int, change: Callable[[Any, Any], None]) -> Mutation:
    """Change one place of the tree, under the signature that it has; what is no tree any more stays as it is."""

    def mutate(line: bytes) -> bytes:
        body, tab, signature = line.partition(b"\t")
        try:
            tree = json.loads(body)
            *way, last = (found := places(tree))[where % len(found)]
        except (ValueError, ZeroDivisionError, RecursionError):
            return line
        parent = tree
        for key in way:
            parent = parent[key]
        change(parent, last)
        return json.dumps(tree, separators=(",", ":")).encode() + tab + signature

    return mutate


def _value(where: int, value: Any) -> Mutation:
    return _at(where, lambda parent, last: parent.__setitem__(last, value))


def _raw(where: int, raw: bytes) -> Mutation:
    marked = _value(where, _MARK)
    return lambda body: marked(body).replace(f'"{_MARK}"'.encode(), raw)


def _dropped(where: int) -> Mutation:
    return _at(where, lambda parent, last: parent.pop(last))


def _doubled(where: int) -> Mutation:
    def double(parent: Any, last: Any) -> None:
        if isinstance(parent, list):
            parent.extend([parent[last]] * 100)
        else:
            parent[f"{last} too"] = parent[last]

    return _at(where, double)


def _negative(where: int) -> Mutation:
    def negate(parent: Any, last: Any) -> None:
        if isinstance(parent[last], int):
            parent[last] = -parent[last] - 1

    return _at(where, negate)


def _named_twice(key: str, value: Any) -> Mutation:
    again = f"{{{json.dumps(key)}:{json.dumps(value)},".encode()
    return lambda body: body.replace(b"{", again, 1)


def _cut(start: float, end: float) -> Mutation:
    return lambda body: body[: int(len(body) * start)] + body[int(len(body) * end) :]


def _put(where: float, raw: bytes) -> Mutation:
    return lambda body: body[: int(len(body) * where)] + raw + body[int(len(body) * where) :]


def _flip(where: float, bit: int) -> Mutation:
    def mutate(body: bytes) -> bytes:
        if not body:
            return body
        at = min(int(len(body) * where), len(body) - 1)
        return body[:at] + bytes([body[at] ^ (1 << bit)]) + body[at + 1 :]

    return mutate


def _ended(end: bytes, *, before: bool) -> Mutation:
    return lambda body: end + body if before else body + end


_FRACTION = st.floats(0, 1)
_PLACE = st.integers(0, 10_000)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
_KEYS = st.sampled_from(["op_id", "kind", "payload", "device", "actor", "protocol", "x"])

MUTATION: st.SearchStrategy[Mutation] = st.one_of(
    st.builds(_value, _PLACE, st.sampled_from(VALUES)),
    st.builds(_value, _PLACE, _JSON),
    st.builds(_raw, _PLACE, st.sampled_from(BYTES)),
    st.builds(_dropped, _PLACE),
    st.builds(_doubled, _PLACE),
    st.builds(_negative, _PLACE),
    st.builds(_named_twice, _KEYS, _JSON),
    st.builds(_cut, _FRACTION, _FRACTION),
    st.builds(_put, _FRACTION, st.binary(min_size=1, max_size=8)),
    st.builds(_flip, _FRACTION, st.integers(0, 7)),
    st.builds(_ended, st.sampled_from(ENDS), before=st.booleans()),
)
"""One way to spoil a line or its body."""

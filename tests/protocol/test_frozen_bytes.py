"""The bytes of an operation are the canonical ones, however fast they were written: nobody writes them differently."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.operations import KIND_OF, Command, Operation
from sync.protocol.documents import canonical, to_tree
from sync.protocol.envelopes import PROTOCOL_VERSION, open_envelope, seal
from tests import shop
from tests.protocol.test_envelopes import BOOKED

ZONES = [UTC, timezone(timedelta(0)), timezone(timedelta(hours=-3, minutes=-30))]
TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT | st.sampled_from(["", "\ud800", 'a"b\\c', "\x7f\u2028\x1f", "ß€😀"]),
    int: st.integers() | st.sampled_from([0, 2**63, -(2**63) - 1]),
    bool: st.booleans(),
    NoneType: st.none(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.sampled_from(ZONES)),
}
"""What commands are made of; a field of another type has to be looked at: two writers may differ about it."""


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type that stands in a command, whatever the rules say of them."""
    if hint in LEAVES:
        return LEAVES[hint]
    parts = get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        return st.one_of([values(part) for part in parts])
    if get_origin(hint) is tuple:
        assert parts[1:] == (...,), hint
        return st.lists(values(parts[0]), max_size=2).map(tuple)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    assert is_dataclass(hint), f"{hint} stands in a command"
    hints = get_type_hints(hint)
    each = {field.name: values(hints[field.name]) for field in fields(hint)}
    return st.fixed_dictionaries(each).map(lambda found: unchecked(hint, found))


def unchecked(shape: Any, found: dict[str, Any]) -> Any:
    """A dataclass with these values, not asked whether they are sound."""
    made = object.__new__(shape)
    for name, value in found.items():
        object.__setattr__(made, name, value)
    return made


@pytest.mark.parametrize("shape", KIND_OF, ids=lambda shape: shape.__name__)
@given(data=st.data())
def test_the_frozen_bytes_are_the_canonical_ones_whatever_was_typed(
    shape: type[Command], data: st.DataObject
) -> None:
    command = data.draw(values(shape))
    stream, at = data.draw(TEXT), data.draw(LEAVES[datetime])
    operation = Operation(op_id="op-1", stream=stream, depends_on=None, made_at=at, command=command)
    tree = {
        "protocol": PROTOCOL_VERSION,
        "op_id": "op-1",
        "kind": KIND_OF[shape].value,
        "stream": stream,
        "depends_on": None,
        "made_at": to_tree(at),
        "actor": "Ada",
        "device": "desk-1",
        "payload": to_tree(command),
    }

    assert seal(operation, actor="Ada", device="desk-1").body == canonical(tree)


def test_half_a_character_does_not_keep_an_operation_from_being_sent() -> None:
    operation = Operation(
        op_id="op-1", stream="O-\ud800", depends_on=None, made_at=shop.NOW, command=BOOKED
    )

    assert open_envelope(seal(operation, actor="Ada", device="desk-1").body).stream == "O-?"

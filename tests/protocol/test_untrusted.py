"""What anybody may have written is read without remembering all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pydantic import ValidationError

from rma.operations import CancelReturn, FinalizeReturn, Operation
from sync.protocol.documents import MOST_VALUES, first_fault, read_document, read_untrusted
from sync.protocol.envelopes import Envelope, TooLargeToSend, seal
from tests.shop import NOW


@dataclass(frozen=True)
class Row:
    """An entry of a list."""

    units: int


@dataclass(frozen=True)
class Sheet:
    """A document with lists."""

    rows: tuple[Row, ...]
    notes: list[str]


def faults(shape: type, body: bytes) -> ValidationError:
    """What is wrong with a body."""
    with pytest.raises(ValidationError) as caught:
        read_untrusted(shape, body)
    return caught.value


def test_a_sound_document_is_read_as_any_other() -> None:
    body = b'{"rows":[{"units":1},{"units":2}],"notes":["a"]}'

    assert read_untrusted(Sheet, body) == read_document(Sheet, body)
    assert read_untrusted(Sheet, body.decode()) == read_document(Sheet, body)


def test_of_a_list_the_first_wrong_entry_is_told_and_no_other() -> None:
    error = faults(Sheet, b'{"rows":[{"units":1},{"units":"x"},{},{}],"notes":[1,2,3]}')

    assert [each["loc"] for each in error.errors()] == [("rows", 1, "units"), ("notes", 0)]
    assert first_fault(error) == "rows.1.units: Input should be a valid integer"


def test_a_hundred_thousand_wrong_lines_of_a_return_are_one_fault() -> None:
    body = b'{"request":{"lines":[' + b",".join([b"0"] * 100_000) + b"]}}"

    assert faults(FinalizeReturn, body).error_count() < 30


def test_many_faults_are_told_as_their_number() -> None:
    body = b"{" + b",".join(b'"%d":0' % key for key in range(500)) + b"}"

    assert first_fault(faults(Sheet, body)) == "502 things are not as expected"


def test_more_values_than_any_return_has_are_not_read() -> None:
    error = faults(Envelope, b"[" * (MOST_VALUES + 1))

    assert first_fault(error) == f"expected at most {MOST_VALUES} values"


def test_a_desk_tells_nothing_that_the_server_would_not_read() -> None:
    cancel = CancelReturn(number="1", reason="," * (MOST_VALUES + 1), at=NOW)
    operation = Operation(op_id="1", stream="O-1", depends_on=None, made_at=NOW, command=cancel)

    with pytest.raises(TooLargeToSend):
        seal(operation, actor="Ada", device="a desk")

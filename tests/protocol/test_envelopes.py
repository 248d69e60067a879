"""The envelope of an operation: sealed once, read strictly, with its command."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from rma.operations import (
    CallMetrics,
    CancelReturn,
    Command,
    FinalizeReturn,
    Operation,
    SealedOperation,
    Told,
)
from rma.states import RmaState
from sync.protocol.envelopes import command_of, open_envelope, seal
from tests import shop

BOOKED = FinalizeReturn(
    number="1234567890",
    request=shop.request(shop.wanted()),
    told=Told(
        state=RmaState.AUTHORIZED, total=100, slots=((1,),), policies=(), expires_at=shop.NOW
    ),
    finalized_at=shop.NOW,
    metrics=CallMetrics(started_at=shop.NOW),
)
CANCELLED = CancelReturn(number="1234567890", reason="The caller keeps it.", at=shop.NOW)


def sealed(command: Command) -> SealedOperation:
    """The command as it travels."""
    operation = Operation(
        op_id="op-1", stream="O-1", depends_on=None, made_at=shop.NOW, command=command
    )
    return seal(operation, actor="Ada", device="desk-1")


def changed(command: Command, **fields: Any) -> bytes:
    """The frozen bytes with other values in the envelope."""
    return json.dumps(json.loads(sealed(command).body) | fields).encode()


@pytest.mark.parametrize("command", [BOOKED, CANCELLED], ids=["finalize", "cancel"])
def test_a_command_comes_out_as_it_went_in(command: Command) -> None:
    assert command_of(open_envelope(sealed(command).body)) == command


@pytest.mark.parametrize(
    ("command", "place"),
    [(BOOKED, ("request", "lines", 0, "quantity")), (CANCELLED, ("reason",))],
    ids=["finalize", "cancel"],
)
def test_what_does_not_fit_a_command_is_named_by_its_place(
    command: Command, place: tuple[str | int, ...]
) -> None:
    payload = json.loads(sealed(command).body)["payload"]
    inner = payload
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = ["neither", "this"]

    with pytest.raises(ValidationError) as refused:
        command_of(open_envelope(changed(command, payload=payload)))
    assert refused.value.errors()[0]["loc"] == place


def test_the_payload_of_another_kind_is_no_command_of_this_one() -> None:
    envelope = open_envelope(changed(BOOKED, kind="return.cancel"))

    with pytest.raises(ValidationError):
        command_of(envelope)

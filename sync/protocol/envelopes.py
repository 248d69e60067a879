"""The envelopes that travel: operations one way, results and changes the other.

An envelope is sealed once: canonical JSON, frozen, with its sha256; it is re-sent byte for byte, also after an upgrade.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from rma.errors import RmaError
from rma.operations import (
    ApproveReturn,
    CallBack,
    CancelReturn,
    Command,
    DeclineReturn,
    DispatchReturn,
    ExtendReturn,
    FinalizeReturn,
    MailSlip,
    Operation,
    OperationKind,
    RefuseReturn,
    Result,
    SealedOperation,
    SupersedeReturn,
)
from sync.protocol.documents import canonical, read_document, to_tree

PROTOCOL_VERSION = 1
MAX_BATCH = 100
"""Operations in one push."""
MAX_BATCH_BYTES = 1 << 20
"""Bytes of one push, before compression."""

_COMMANDS: dict[OperationKind, type[Command]] = {
    OperationKind.FINALIZE: FinalizeReturn,
    OperationKind.CANCEL: CancelReturn,
    OperationKind.APPROVE: ApproveReturn,
    OperationKind.DECLINE: DeclineReturn,
    OperationKind.EXTEND: ExtendReturn,
    OperationKind.DISPATCH: DispatchReturn,
    OperationKind.SUPERSEDE: SupersedeReturn,
    OperationKind.CALL_BACK: CallBack,
    OperationKind.MAIL: MailSlip,
    OperationKind.REFUSE: RefuseReturn,
}


class TooLargeToSend(RmaError):
    """More text than one operation carries: refused before it is told, as it could never arrive."""

    def __init__(self) -> None:
        super().__init__("There is too much text to be sent: shorten the notes, then try again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What `body` holds."""

    protocol: int
    op_id: str
    kind: OperationKind
    stream: str
    depends_on: str | None
    made_at: datetime
    actor: str
    """Name of the person; the server compares it with the token's."""
    device: str
    payload: dict[str, Any]

    def __post_init__(self) -> None:
        named = {"op_id": self.op_id, "depends_on": self.depends_on or "-"}
        named |= {"actor": self.actor, "device": self.device}
        for name, text in named.items():
            if not 1 <= len(text) <= 80 or not text.isprintable():
                raise ValueError(f"{name}: expected 1 to 80 characters that can be shown")


def seal(operation: Operation, *, actor: str, device: str) -> SealedOperation:
    """Freeze an operation into the bytes that travel.

    Raises:
        TooLargeToSend: if the server would never take it; the desk keeps the draft.
    """
    envelope = Envelope(
        protocol=PROTOCOL_VERSION,
        op_id=operation.op_id,
        kind=operation.kind,
        stream=operation.stream,
        depends_on=operation.depends_on,
        made_at=operation.made_at,
        actor=actor,
        device=device,
        payload=to_tree(operation.command),
    )
    body = canonical(to_tree(envelope))
    if len(body) >= MAX_BATCH_BYTES:
        raise TooLargeToSend
    return SealedOperation(
        op_id=operation.op_id,
        kind=operation.kind,
        stream=operation.stream,
        depends_on=operation.depends_on,
        made_at=operation.made_at,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
    )


def open_envelope(body: bytes) -> Envelope:
    """Read sealed bytes, strictly; the command inside stays a tree until `command_of`.

    Raises:
        pydantic.ValidationError: if the envelope is malformed.
    """
    return read_document(Envelope, body)


def command_of(envelope: Envelope) -> Command:
    """The command inside an envelope, read strictly.

    Raises:
        pydantic.ValidationError: if the payload does not fit its kind.
        ValueError: if it cannot be written as JSON.
    """
    shape: type[Command] = _COMMANDS[envelope.kind]
    return read_document(shape, to_json(envelope.payload))


@dataclass(frozen=True, slots=True)
class PushResponse:
    """Answer to `POST /v1/ops`; a partial list is legal, the rest is sent again."""

    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of the change feed: the newest version of one thing, or its tombstone."""

    kind: str
    """`customer`, `order`, `product`, `policy`, `reasons`, `rma` or `refusal`."""
    key: str
    row_version: int
    deleted: bool = False
    document: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """A page of the change feed; page and cursor are applied in one transaction."""

    changes: tuple[Change, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapPlan:
    """Where a bootstrap starts: the cursor to go on from, and what there is to fetch."""

    cursor: str
    counts: dict[str, int]
    """Rows by kind, for the progress bar, in the order in which to fetch them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A published policy version as it travels: the text itself, unaltered."""

    code: str
    version: int
    toml: str
    sha256: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsDocument:
    """A published version of the reason tree: the text itself."""

    version: int
    toml: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollRequest:
    """A device introduces itself with a single-use code."""

    code: str
    device: str
    """UUID the device gave itself."""
    platform: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollResponse:
    """What an enrolled device gets; the token is shown only once."""

    token: str
    person: str
    role: str
    server_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRequest:
    """A device asks for a block of RMA numbers; the same lease id gives the same block."""

    lease_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseResponse:
    """A leased block: it never expires and is never reclaimed."""

    lease_id: str
    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDetails:
    """An RFC 9457 problem; `type` is a relative URI of ours."""

    type: str
    title: str
    status: int
    detail: str

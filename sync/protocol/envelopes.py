"""The envelopes that travel: operations one way, results and changes the other.

An envelope is sealed once: canonical JSON, frozen, with its sha256 and the signature of its device; it is re-sent byte
for byte, also after an upgrade.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from msgspec.json import Encoder
from pydantic import Field
from pydantic_core import to_json

from rma.erasing import erased_command
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
from sync.protocol.documents import canonical, has_too_many_values, read_untrusted, to_tree
from sync.protocol.signing import FOR_ENROLLMENT, as_text

PROTOCOL_VERSION = 2
"""2: signed by the device. 1 was not."""
UNSIGNED_PROTOCOL = 1
PROTOCOLS = frozenset({UNSIGNED_PROTOCOL, PROTOCOL_VERSION})
"""What the server reads."""
MAX_BATCH = 100
"""Operations in one push."""
MAX_BATCH_BYTES = 1 << 20
"""Bytes of one push, before compression."""
ROW_COUNT = "Row-Count"
"""Header of a page of a first download: its lines, so that a cut page is not taken for the end."""

_FROZEN = Encoder(order="sorted")
"""Writes what `canonical` writes of the same tree, without a tree, in a sixth of the time; no command holds a float."""

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
    """Name of the person: somebody who is enrolled on the device."""
    device: str
    payload: Annotated[FinalizeReturn | dict[str, Any], Field(union_mode="left_to_right")]
    """The command as a tree; a return that is booked, which is what most bring, is read along with its envelope."""
    erases: str = ""
    """The digest of the bytes that it stands for, where the person in them was erased since; absent where not."""

    def __post_init__(self) -> None:
        for name, text in (
            ("op_id", self.op_id),
            ("depends_on", self.depends_on or "-"),
            ("actor", self.actor),
            ("device", self.device),
        ):
            if not 1 <= len(text) <= 80 or not text.isprintable():
                raise ValueError(f"{name}: expected 1 to 80 characters that can be shown")


_SEALED = ("protocol", "op_id", "kind", "stream", "depends_on", "made_at", "actor", "device")
"""Fields of an envelope whose values stand in it as they are."""


def seal(
    operation: Operation,
    *,
    actor: str,
    device: str,
    sign: Callable[[bytes], bytes] | None = None,
) -> SealedOperation:
    """Freeze an operation into the bytes that travel; `sign` is the key of the device, which every real desk has.

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
        payload={},
    )
    fields = {name: getattr(envelope, name) for name in _SEALED}
    body = _frozen(fields | {"payload": operation.command})
    if len(body) >= MAX_BATCH_BYTES or has_too_many_values(body):
        raise TooLargeToSend
    return SealedOperation(
        op_id=operation.op_id,
        kind=operation.kind,
        stream=operation.stream,
        depends_on=operation.depends_on,
        made_at=operation.made_at,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
        signature="" if sign is None else as_text(sign(body)),
    )


def _frozen(fields: dict[str, Any]) -> bytes:
    """The canonical bytes of an envelope."""
    try:
        return _FROZEN.encode(fields)
    except UnicodeEncodeError:  # halves of characters
        return canonical(to_tree(fields))


def open_envelope(body: bytes) -> Envelope:
    """Read sealed bytes, strictly; the command inside is had from `command_of`.

    Raises:
        pydantic.ValidationError: if the envelope is malformed.
    """
    return read_untrusted(Envelope, body)


def erased_body(body: bytes) -> bytes:
    """What is kept of sealed bytes without the person, under the same key; nobody has signed it.

    A payload that cannot be read goes as a whole. What was erased before stays as it is.
    """
    tree = json.loads(body)
    if tree.get("erases"):
        return body
    try:
        payload = to_tree(erased_command(command_of(open_envelope(body))))
    except ValueError:
        payload = {}
    return canonical(tree | {"payload": payload, "erases": hashlib.sha256(body).hexdigest()})


def command_of(envelope: Envelope) -> Command:
    """The command inside an envelope, read strictly.

    Raises:
        pydantic.ValidationError: if the payload does not fit its kind.
        ValueError: if it cannot be written as JSON.
    """
    shape: type[Command] = _COMMANDS[envelope.kind]
    if isinstance(envelope.payload, shape):
        return envelope.payload
    return read_untrusted(shape, to_json(envelope.payload))


@dataclass(frozen=True, slots=True)
class PushResponse:
    """Answer to `POST /v1/ops`; a partial list is legal, the rest is sent again."""

    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of the change feed: the newest version of one thing, or its tombstone."""

    kind: str
    """`erasure`, `customer`, `order`, `product`, `policy`, `reasons`, `rma` or `refusal`."""
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
    """A device introduces itself with a single-use code, or a further person on a device that is known."""

    code: str
    device: str
    """UUID that the device made of its key."""
    platform: str
    public_key: str
    """Of the device, as `signing.as_text` writes it."""
    signature: str
    """By that key, over `enrollment_bytes`: who enrolls a key has it."""


def enrollment_bytes(code: str, device: str, public_key: str) -> bytes:
    """What a device signs to enroll."""
    return FOR_ENROLLMENT + canonical({"code": code, "device": device, "public_key": public_key})


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollResponse:
    """What an enrolled device gets."""

    person: str
    role: str
    server_id: str
    """Whom the device means when it asks for a token: the same for ever, whatever the address."""
    recovery_key: str = ""
    """The operator's, to which the desk seals its own keys; empty where there is none."""
    server_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A device says who it is, and who is signed in; short-lived, and good for one token."""

    device: str
    person: str
    audience: str
    """The `server_id` that was told at enrollment."""
    issued_at: datetime
    expires_at: datetime
    jti: str
    """Random: nobody else's, never used again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """An assertion as the text that was signed, so that both sides mean the same bytes."""

    assertion: str
    """Canonical JSON of an `Assertion`."""
    signature: str
    """By the key of the device, over `FOR_A_TOKEN` and the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenResponse:
    """A token for a quarter of an hour; it is held in memory alone."""

    token: str
    expires_in: int
    """Seconds."""
    person: str
    role: str
    """As it is now: it may have changed since the enrollment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRequest:
    """A device asks for a block of RMA numbers; the same lease id gives the same block."""

    lease_id: str
    block: int | None = None
    """The block that it has by this lease; told to a server that was restored, and may have lost it."""


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

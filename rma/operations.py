"""Everything an agent can change, as an operation that both sides understand.

An operation is made once, committed before it is first sent, and never altered. Its stream is the order it belongs to:
order is kept only inside a stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from rma.calendar import require_instant
from rma.money import Minor, require_bounded
from rma.outbound import OutboundCommand, Payment
from rma.policy import PolicyRef
from rma.record import Problem, RmaRecord
from rma.refused import RefusedReturn
from rma.request import Actor, ReturnRequest, Role
from rma.return_slip import Slip
from rma.states import RmaState


class OperationKind(StrEnum):
    """What an operation asks for."""

    FINALIZE = "return.finalize"
    CANCEL = "return.cancel"
    APPROVE = "return.approve"
    DECLINE = "return.decline"
    EXTEND = "return.extend"
    DISPATCH = "return.dispatch"
    SUPERSEDE = "return.supersede"
    CALL_BACK = "return.call_back"
    MAIL = "return.mail"
    REFUSE = "return.refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMetrics:
    """How the return was made: what the call-center measures later."""

    started_at: datetime
    first_key_at: datetime | None = None
    keys: int = 0
    """Keys pressed from the first to the number."""
    refused_tries: int = 0
    """How often finalizing was tried and refused."""

    def __post_init__(self) -> None:
        require_bounded("keys", self.keys)
        require_bounded("refused tries", self.refused_tries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the caller was told; the server compares it with its own computation."""

    state: RmaState
    total: Minor
    slots: tuple[tuple[int, ...], ...]
    """Slots of each requested line, in the order of the request."""
    policies: tuple[PolicyRef, ...]
    expires_at: datetime | None
    owed: Minor = 0
    """What the customer was told to pay before an exchange is sent."""

    def __post_init__(self) -> None:
        require_bounded("total", self.total)
        require_bounded("owed", self.owed)
        require_instant("expires_at", self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalizeReturn:
    """Book a return under the number that the caller was told."""

    number: str
    request: ReturnRequest
    told: Told
    finalized_at: datetime
    """Device time, corrected by the last known offset; UTC."""
    metrics: CallMetrics

    def __post_init__(self) -> None:
        require_instant("finalized_at", self.finalized_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupersedeReturn:
    """Book other content under the number that the caller was told before; what stood there is kept for the record."""

    content: FinalizeReturn
    edition: int
    """How often the return had been edited when this was made: it replaces nothing else."""
    supersedes: str | None
    """The operation that told what it replaces; None where that was made on another desk."""

    @property
    def number(self) -> str:
        """The told number."""
        return self.content.number

    @property
    def at(self) -> datetime:
        """When it was told."""
        return self.content.finalized_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """The customer was called back about what became of an operation."""

    number: str
    about: str
    """The operation."""
    note: str
    at: datetime

    def __post_init__(self) -> None:
        require_instant("at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelReturn:
    """Cancel an RMA, with a reason."""

    number: str
    reason: str
    at: datetime

    def __post_init__(self) -> None:
        require_instant("at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveReturn:
    """Approve an RMA that needs it."""

    number: str
    note: str
    at: datetime
    edition: int = 0
    """How often it had been edited: nobody approves what they have not seen."""

    def __post_init__(self) -> None:
        require_instant("at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineReturn:
    """Decline an RMA that needs approval, with a reason."""

    number: str
    reason: str
    at: datetime
    edition: int = 0
    """How often it had been edited."""

    def __post_init__(self) -> None:
        require_instant("at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendReturn:
    """Count the days until an RMA expires anew, with a reason."""

    number: str
    reason: str
    at: datetime

    def __post_init__(self) -> None:
        require_instant("at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReturn:
    """Take the price difference of an exchange, or say that what an RMA sends out was shipped or delivered."""

    number: str
    command: OutboundCommand
    note: str
    at: datetime
    payment: Payment | None = None

    def __post_init__(self) -> None:
        require_instant("at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSlip:
    """Mail the return slip of an RMA to the customer, in the words of the desk."""

    number: str
    to: str
    slip: Slip
    state: RmaState
    """As the slip tells it: another one is not mailed."""
    edition: int
    """How often the RMA had been edited."""
    at: datetime

    def __post_init__(self) -> None:
        require_instant("at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseReturn:
    """Keep a refused return for the record, as the caller was told."""

    refused: RefusedReturn

    @property
    def number(self) -> str:
        """None: a refused return takes no RMA number."""
        return ""

    @property
    def at(self) -> datetime:
        """When it was refused."""
        return self.refused.refused_at


Command: TypeAlias = (
    FinalizeReturn
    | CancelReturn
    | ApproveReturn
    | DeclineReturn
    | ExtendReturn
    | DispatchReturn
    | SupersedeReturn
    | CallBack
    | MailSlip
    | RefuseReturn
)

KIND_OF: dict[type[Command], OperationKind] = {
    FinalizeReturn: OperationKind.FINALIZE,
    CancelReturn: OperationKind.CANCEL,
    ApproveReturn: OperationKind.APPROVE,
    DeclineReturn: OperationKind.DECLINE,
    ExtendReturn: OperationKind.EXTEND,
    DispatchReturn: OperationKind.DISPATCH,
    SupersedeReturn: OperationKind.SUPERSEDE,
    CallBack: OperationKind.CALL_BACK,
    MailSlip: OperationKind.MAIL,
    RefuseReturn: OperationKind.REFUSE,
}


def content_of(command: Command | None) -> FinalizeReturn | None:
    """What a command books under a number; None where it books nothing."""
    if isinstance(command, SupersedeReturn):
        return command.content
    return command if isinstance(command, FinalizeReturn) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One change, before it is sealed into the bytes that travel."""

    op_id: str
    """UUIDv7, made and committed before the first send."""
    stream: str
    """Id of the order it belongs to."""
    depends_on: str | None
    """An operation that has to be booked first."""
    made_at: datetime
    command: Command

    @property
    def kind(self) -> OperationKind:
        """What it asks for."""
        return KIND_OF[type(self.command)]


@dataclass(frozen=True, slots=True)
class SealedOperation:
    """An operation as the bytes that are sent, now and at every retry."""

    op_id: str
    kind: OperationKind
    stream: str
    depends_on: str | None
    made_at: datetime
    body: bytes
    sha256: str
    signature: str = ""
    """By the key of the device, over the bytes; empty only where it was made before there was a key."""


class Outcome(StrEnum):
    """What became of an operation; it leaves the queue only on one that a person can see."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_CHANGE = "accepted_with_change"
    REJECTED = "rejected_needs_attention"
    KEY_REUSED = "key_reused"
    NUMBER_CONFLICT = "number_conflict"
    HELD_FOR_REVIEW = "held_for_review"
    NOT_YET = "not_yet"

    @property
    def final(self) -> bool:
        """Whether the operation need not be sent again."""
        return self is not Outcome.NOT_YET

    @property
    def wants_attention(self) -> bool:
        """Whether a person has to look at it."""
        return self not in (Outcome.ACCEPTED, Outcome.NOT_YET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The server's answer to one operation."""

    op_id: str
    outcome: Outcome
    problem: Problem | None = None
    record: RmaRecord | None = None
    """The RMA as the server has it, where that differs from what was told."""
    row_version: int | None = None
    """Version of the RMA on the server after this operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeReturn:
    """A finalized return and the operation that tells the server; both are stored in one transaction."""

    record: RmaRecord
    operation: Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRecord:
    """An RMA as this desk made or changed it."""

    record: RmaRecord
    row_version: int | None
    """The server's version after our last acknowledged operation; None before the first."""
    pending: bool
    """Whether operations of it still wait in the outbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRecord:
    """An RMA as the server has it."""

    record: RmaRecord
    row_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionItem:
    """An operation that the server changed or refused, for a person to look at."""

    op_id: str
    kind: OperationKind
    number: str
    """The RMA it is about."""
    outcome: Outcome
    problem: Problem | None
    decided_at: datetime
    content: FinalizeReturn | None = None
    """What the caller asked for and was told, where the operation was a return or an edit of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """What waits on this desk."""

    waiting: int
    """Operations the server has not answered yet."""
    oldest_at: datetime | None
    attention: int
    numbers_left: int
    parked: int = 0
    """Drafts."""
    unnumbered: int = 0
    """Those of them that are finished and need a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who works on this desk, and where it syncs to."""

    device: str
    """UUID the device gave itself."""
    person: str
    role: Role
    server: str
    """Base URL of the central API."""
    server_id: str = ""
    """What the central API calls itself, whatever its address."""

    @property
    def actor(self) -> Actor:
        """The person, as the rules know it."""
        return Actor(self.person, self.role)


@dataclass(frozen=True, slots=True)
class EnrolledPerson:
    """Somebody who may work on this desk."""

    name: str
    role: Role
    revoked: bool = False
    """Whether the central API said that they may no longer; a new enrollment ends it."""

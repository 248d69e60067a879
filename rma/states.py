"""The states of an RMA and of a refund, and the commands that move them (domain section 3).

The tables are the whole truth: what is not in them does not happen.
"""

from __future__ import annotations

from rma.errors import RmaError
from rma.spelling import Spelled
from rma.wording import _, words


class RmaState(Spelled):
    """Where an RMA stands."""

    DRAFT = "draft"
    REFUSED = "refused"
    AWAITING_CUSTOMER = "awaiting_customer"
    NEEDS_APPROVAL = "needs_approval"
    AUTHORIZED = "authorized"
    REJECTED = "rejected"
    IN_TRANSIT = "in_transit"
    PARTIALLY_RECEIVED = "partially_received"
    RECEIVED = "received"
    INSPECTED = "inspected"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def words(self) -> str:
        """For people: `needs approval`."""
        return words(self)


class RmaCommand(Spelled):
    """What can be done to an RMA."""

    FINALIZE = "finalize"
    RECORD_REFUSAL = "record_refusal"
    SEND_LINK = "send_link"
    CUSTOMER_COMPLETES = "customer_completes"
    APPROVE = "approve"
    DECLINE = "decline"
    SHIP = "ship"
    RECEIVE = "receive"
    CANCEL_REMAINDER = "cancel_remainder"
    INSPECT = "inspect"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"
    EXPIRE = "expire"
    EXTEND = "extend"
    MATCH = "match"
    """The order that was typed by hand is known now."""
    EDIT = "edit"
    """Other content under the same number, judged anew."""
    CALL_BACK = "call_back"
    """The customer was told what became of it."""
    MAIL = "mail"
    """The return slip goes to the customer."""


class RefundState(Spelled):
    """Where a refund stands."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    VOIDED = "voided"


class RefundCommand(Spelled):
    """What can be done to a refund."""

    REQUEST = "request"
    APPROVE = "approve"
    SUBMIT = "submit"
    SUCCEED = "succeed"
    FAIL = "fail"
    VOID = "void"


_S, _C = RmaState, RmaCommand
RMA_TABLE: dict[tuple[RmaState, RmaCommand], tuple[RmaState, ...]] = {
    (_S.DRAFT, _C.FINALIZE): (_S.AUTHORIZED, _S.NEEDS_APPROVAL),
    (_S.DRAFT, _C.RECORD_REFUSAL): (_S.REFUSED,),
    (_S.DRAFT, _C.SEND_LINK): (_S.AWAITING_CUSTOMER,),
    (_S.AWAITING_CUSTOMER, _C.CUSTOMER_COMPLETES): (_S.AUTHORIZED, _S.NEEDS_APPROVAL),
    (_S.AWAITING_CUSTOMER, _C.EXPIRE): (_S.EXPIRED,),
    (_S.AWAITING_CUSTOMER, _C.CANCEL): (_S.CANCELLED,),
    (_S.NEEDS_APPROVAL, _C.APPROVE): (_S.AUTHORIZED,),
    (_S.NEEDS_APPROVAL, _C.DECLINE): (_S.REJECTED,),
    (_S.NEEDS_APPROVAL, _C.CANCEL): (_S.CANCELLED,),
    (_S.AUTHORIZED, _C.SHIP): (_S.IN_TRANSIT,),
    (_S.AUTHORIZED, _C.RECEIVE): (_S.PARTIALLY_RECEIVED, _S.RECEIVED),
    (_S.AUTHORIZED, _C.CANCEL): (_S.CANCELLED,),
    (_S.AUTHORIZED, _C.EXPIRE): (_S.EXPIRED,),
    (_S.AUTHORIZED, _C.EXTEND): (_S.AUTHORIZED,),
    (_S.IN_TRANSIT, _C.RECEIVE): (_S.PARTIALLY_RECEIVED, _S.RECEIVED),
    (_S.IN_TRANSIT, _C.CANCEL): (_S.CANCELLED,),
    (_S.IN_TRANSIT, _C.EXPIRE): (_S.EXPIRED,),
    (_S.IN_TRANSIT, _C.EXTEND): (_S.IN_TRANSIT,),
    (_S.EXPIRED, _C.EXTEND): (_S.AUTHORIZED, _S.IN_TRANSIT),
    (_S.PARTIALLY_RECEIVED, _C.RECEIVE): (_S.PARTIALLY_RECEIVED, _S.RECEIVED),
    (_S.PARTIALLY_RECEIVED, _C.CANCEL_REMAINDER): (_S.RECEIVED,),
    (_S.PARTIALLY_RECEIVED, _C.INSPECT): (_S.INSPECTED,),
    (_S.RECEIVED, _C.INSPECT): (_S.INSPECTED,),
    (_S.INSPECTED, _C.RECEIVE): (_S.PARTIALLY_RECEIVED, _S.RECEIVED),
    (_S.INSPECTED, _C.RESOLVE): (_S.RESOLVED,),
    (_S.RESOLVED, _C.CLOSE): (_S.CLOSED,),
    (_S.CLOSED, _C.REOPEN): (_S.RESOLVED,),
    (_S.NEEDS_APPROVAL, _C.MATCH): (_S.NEEDS_APPROVAL,),
    (_S.NEEDS_APPROVAL, _C.EDIT): (_S.AUTHORIZED, _S.NEEDS_APPROVAL),
    (_S.AUTHORIZED, _C.EDIT): (_S.AUTHORIZED, _S.NEEDS_APPROVAL),
    **{
        (state, command): (state,)
        for state in _S
        if state not in (_S.DRAFT, _S.REFUSED)
        for command in (_C.CALL_BACK, _C.MAIL)
    },
}
"""What a command makes of a state. `finalize`, `receive`, `extend` and `edit` pick one of two by what they find."""

_R, _D = RefundState, RefundCommand
REFUND_TABLE: dict[tuple[RefundState, RefundCommand], tuple[RefundState, ...]] = {
    (_R.DRAFT, _D.REQUEST): (_R.PENDING_APPROVAL, _R.APPROVED),
    (_R.PENDING_APPROVAL, _D.APPROVE): (_R.APPROVED,),
    (_R.PENDING_APPROVAL, _D.VOID): (_R.VOIDED,),
    (_R.APPROVED, _D.SUBMIT): (_R.SUBMITTED,),
    (_R.APPROVED, _D.VOID): (_R.VOIDED,),
    (_R.SUBMITTED, _D.SUCCEED): (_R.SUCCEEDED,),
    (_R.SUBMITTED, _D.FAIL): (_R.FAILED,),
    (_R.SUBMITTED, _D.VOID): (_R.VOIDED,),
}
"""A refund below the agent's limit goes from draft straight to approved; one that succeeded never goes back."""

HOLDING = frozenset(
    {
        _S.NEEDS_APPROVAL,
        _S.AUTHORIZED,
        _S.IN_TRANSIT,
        _S.PARTIALLY_RECEIVED,
        _S.RECEIVED,
        _S.INSPECTED,
        _S.RESOLVED,
        _S.CLOSED,
    }
)
"""States in which an RMA's units are not returnable; all others hold nothing."""


class IllegalTransition(RmaError):
    """A command does not apply to this state; the message is fit for the agent."""


def next_state(state: RmaState, command: RmaCommand, wanted: RmaState | None = None) -> RmaState:
    """The state after `command`; `wanted` picks where the table has two.

    Raises:
        IllegalTransition: if the table has no such step.
    """
    reachable = RMA_TABLE.get((state, command), ())
    if wanted is None and len(reachable) == 1:
        return reachable[0]
    if wanted is not None and wanted in reachable:
        return wanted
    said = _("This return is {state}: {command} is not possible.")
    raise IllegalTransition(said.format(state=state.words, command=words(command)))


def next_refund_state(
    state: RefundState, command: RefundCommand, wanted: RefundState | None = None
) -> RefundState:
    """The refund's state after `command`; `wanted` picks where the table has two.

    Raises:
        IllegalTransition: if the table has no such step.
    """
    reachable = REFUND_TABLE.get((state, command), ())
    if wanted is None and len(reachable) == 1:
        return reachable[0]
    if wanted is not None and wanted in reachable:
        return wanted
    said = _("This refund is {state}: {command} is not possible.")
    raise IllegalTransition(said.format(state=words(state), command=words(command)))

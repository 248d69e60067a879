"""What the audit chain says about a return: the decision in full, the person only as hashes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rma.operations import (
    CancelReturn,
    Command,
    DeclineReturn,
    ExtendReturn,
    FinalizeReturn,
    Identity,
    MailSlip,
    Operation,
    RefuseReturn,
    SupersedeReturn,
)
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from rma.states import RmaCommand, RmaState
from rma.verification import Told
from storage.audit import Act
from storage.subjects import Subject

CENTRAL = "central API"
"""Who acts where the server changed or refused something."""


def made(record: RmaRecord, operation: Operation) -> Act:
    """A return was finalized or changed here."""
    return Act(
        entity=f"rma/{record.number}",
        command=operation.kind.value,
        before=_before(record),
        after=_facts(record),
        customer_id=record.customer_id,
        personal=_personal(record) | {"note": _note(operation.command)},
    )


def refused(refusal: RefusedReturn, operation: Operation) -> Act:
    """A return was refused here, and kept for the record."""
    return Act(
        entity=f"refusal/{refusal.refusal_id}",
        command=operation.kind.value,
        before={"state": RmaState.DRAFT.value},
        after={
            "state": RmaState.REFUSED.value,
            "order_id": refusal.order_id,
            "cause": refusal.cause.value,
            "lines": [
                {
                    "line_id": line.line_id,
                    "quantity": line.quantity,
                    "verdict": line.verdict.value,
                    "rules": [finding.rule.value for finding in line.findings],
                }
                for line in refusal.lines
            ],
        },
        customer_id=refusal.customer_id,
        personal={"customer_id": refusal.customer_id, "note": refusal.told}
        | {f"note/{line.line_id}": line.note for line in refusal.lines},
    )


def answered(before: RmaRecord, after: RmaRecord, outcome: str) -> Act:
    """The server changed, held or refused something, or released what it had held."""
    return Act(
        entity=f"rma/{before.number}",
        command=f"outcome.{outcome}",
        before=_facts(before),
        after=_facts(after),
        customer_id=after.customer_id,
        personal=_personal(after),
        actor=CENTRAL,
    )


def answered_without_rma(subject: Subject, outcome: str) -> Act:
    """The server held, refused or released what has no RMA here: the record of a refused return."""
    return Act(
        entity=subject.entity,
        command=f"outcome.{outcome}",
        customer_id=subject.customer_id,
        actor=CENTRAL,
    )


def isolated(subject: Subject, op_id: str, *, again: bool) -> Act:
    """The server cannot read an operation: it is held here, or put back into the queue."""
    return Act(
        entity=subject.entity,
        command="offer_again" if again else "isolate",
        after={"op_id": op_id},
        customer_id=subject.customer_id,
    )


def reoffered(epoch: str, operations: int) -> Act:
    """The server was restored from a backup: what it had acknowledged waits again."""
    return Act(entity="outbox", command="reoffer", after={"epoch": epoch, "operations": operations})


def settled(subject: Subject, op_id: str, note: str) -> Act:
    """A person took care of what the server changed or refused."""
    return Act(
        entity=subject.entity,
        command="settle",
        after={"op_id": op_id},
        customer_id=subject.customer_id,
        personal={"note": note},
    )


def verified(told: Told) -> Act:
    """A caller told facts that match our books, which open the contact data, or none were asked: never their values."""
    return Act(
        entity=f"call/{told.call_id}",
        command="verify.skip" if told.skipped else "verify",
        after={"facts": [fact.value for fact in told.facts]},
        customer_id=told.customer_id,
        personal={"customer_id": told.customer_id, "reason": told.skipped},
    )


def enrolled(identity: Identity) -> Act:
    """Somebody was enrolled on this desk."""
    return Act(
        entity=f"device/{identity.device}",
        command="enroll",
        after={"person": identity.person, "role": identity.role.value, "server": identity.server},
    )


def signed_in(identity: Identity) -> Act:
    """Somebody works on this desk from now on."""
    return Act(entity=f"device/{identity.device}", command="sign_in")


def pin_set(identity: Identity, person: str) -> Act:
    """Somebody has a new PIN."""
    return Act(
        entity=f"device/{identity.device}",
        command="set_pin",
        after={"person": person},
        actor=person,
    )


def pin_refused(identity: Identity, person: str, tries: int) -> Act:
    """A wrong PIN was typed, by whoever it was."""
    return Act(
        entity=f"device/{identity.device}",
        command="sign_in_refused",
        after={"person": person, "tries": tries},
    )


def fenced(moved: Mapping[int, tuple[int, int]], why: str) -> Act:
    """Numbers are not used, because a copy of this desk may have told them."""
    return Act(
        entity="numbers",
        command="fence",
        before={str(block): before for block, (before, _mark) in sorted(moved.items())},
        after={str(block): mark for block, (_before, mark) in sorted(moved.items())} | {"why": why},
    )


def restored(incarnation: str) -> Act:
    """A copy was put in the place of this desk's database."""
    return Act(entity="desk", command="restore", after={"incarnation": incarnation})


def erased(customers: int, values: int) -> Act:
    """Customers' personal values were erased; whose, is just what must not stand here."""
    return Act(entity="audit", command="erase", after={"customers": customers, "values": values})


def _before(record: RmaRecord) -> dict[str, Any] | None:
    """The state before the last step; where that was an edit, what was told before it too."""
    if not record.history:
        return None
    step = record.history[-1]
    before: dict[str, Any] = {"state": step.before.value}
    if step.command is RmaCommand.EDIT:
        old = record.superseded[-1]
        before |= {
            "operation": old.operation,
            "holding": old.holding,
            "total": old.quote.total if old.quote else None,
            "lines": [{"line_id": line.line_id, "quantity": line.quantity} for line in old.lines],
            "slots": [list(line.slots) for line in old.quote.lines] if old.quote else [],
        }
    return before


def _facts(record: RmaRecord) -> dict[str, Any]:
    quote = record.quote
    return {
        "state": record.state.value,
        "holding": record.holding,
        "order_id": record.order_id,
        "currency": record.currency,
        "total": quote.total if quote else None,
        "policies": [str(policy) for policy in quote.policies] if quote else [],
        "verified": [fact.value for fact in record.request.verified],
        "expires_at": record.expires_at.isoformat() if record.expires_at else None,
        "problem": record.problem.type.value if record.problem else None,
        "outbound": record.outbound.state.value if record.outbound else None,
        "lines": [
            {
                "line_id": line.line_id,
                "quantity": line.quantity,
                "reason": line.reason,
                "condition": line.condition.value,
                "resolution": line.resolution.value,
                "verdict": line.verdict.value,
            }
            for line in record.lines
        ],
        "slots": [list(line.slots) for line in quote.lines] if quote else [],
    }


def _personal(record: RmaRecord) -> dict[str, str]:
    values = {
        "customer_id": record.customer_id,
        "email": record.contact.email,
        "phone": record.contact.phone,
        "reference": record.request.reference,
    }
    return values | {f"note/{line.line_id}": line.note for line in record.lines}


def _note(command: Command) -> str:
    match command:
        case FinalizeReturn() | SupersedeReturn() | RefuseReturn():
            return ""
        case MailSlip():
            return command.to
        case CancelReturn() | DeclineReturn() | ExtendReturn():
            return command.reason
        case _:
            return command.note

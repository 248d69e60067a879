"""What the audit chain says about a return: the decision in full, the person only as hashes."""

from __future__ import annotations

from typing import Any

from rma.operations import (
    CancelReturn,
    Command,
    DeclineReturn,
    ExtendReturn,
    FinalizeReturn,
    Identity,
    Operation,
)
from rma.record import RmaRecord
from storage.audit import Act

CENTRAL = "central API"
"""Who acts where the server changed or refused something."""


def made(record: RmaRecord, operation: Operation) -> Act:
    """A return was finalized or changed here."""
    step = record.history[-1] if record.history else None
    return Act(
        entity=f"rma/{record.number}",
        command=operation.kind.value,
        before={"state": step.before.value} if step else None,
        after=_facts(record),
        customer_id=record.customer_id,
        personal=_personal(record) | {"note": _note(operation.command)},
    )


def answered(before: RmaRecord, after: RmaRecord, outcome: str) -> Act:
    """The server changed or refused something."""
    return Act(
        entity=f"rma/{before.number}",
        command=f"outcome.{outcome}",
        before=_facts(before),
        after=_facts(after),
        customer_id=after.customer_id,
        personal=_personal(after),
        actor=CENTRAL,
    )


def settled(number: str, customer_id: str, op_id: str, note: str) -> Act:
    """A person took care of what the server changed or refused."""
    return Act(
        entity=f"rma/{number}",
        command="settle",
        after={"op_id": op_id},
        customer_id=customer_id,
        personal={"note": note},
    )


def enrolled(identity: Identity) -> Act:
    """Somebody was enrolled on this desk."""
    return Act(
        entity=f"device/{identity.device}",
        command="enroll",
        after={"person": identity.person, "role": identity.role.value, "server": identity.server},
    )


def erased(values: int) -> Act:
    """A customer's personal values were erased; whose, is just what must not stand here."""
    return Act(entity="audit", command="erase", after={"values": values})


def _facts(record: RmaRecord) -> dict[str, Any]:
    quote = record.quote
    return {
        "state": record.state.value,
        "holding": record.holding,
        "order_id": record.order_id,
        "currency": record.currency,
        "total": quote.total if quote else None,
        "policies": [str(policy) for policy in quote.policies] if quote else [],
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
    }
    return values | {f"note/{line.line_id}": line.note for line in record.lines}


def _note(command: Command) -> str:
    match command:
        case FinalizeReturn():
            return ""
        case CancelReturn() | DeclineReturn() | ExtendReturn():
            return command.reason
        case _:
            return command.note

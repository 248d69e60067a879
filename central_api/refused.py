"""`return.refuse`: a refused return, kept for the record; it takes no number, holds nothing, and every desk hears of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from central_api import refusals
from central_api.booking import Decision
from central_api.books import Books
from central_api.documents import digest_of
from central_api.people import Caller
from rma.erasing import erase
from rma.operations import Command, Outcome, RefuseReturn
from rma.refused import RefusedReturn, check_refusal
from rma.return_rules import CLOCK_LEEWAY
from rma.states import IllegalTransition
from sync.protocol.documents import write_document


def decide_refuse(
    books: Books, caller: Caller, command: RefuseReturn, *, forged: bool, now: datetime
) -> Decision:
    """Keep a refused return as it was told: what the caller heard, stands. `forged`: the envelope names another
    person, device or order than it should.
    """
    refused = command.refused
    if forged or (refused.author, refused.device) != (caller.person, caller.device):
        problem = refusals.forbidden("It names another person, desk or order than it should.")
        return Decision(Outcome.REJECTED, problem)
    try:
        check_refusal(refused, caller.actor)
    except IllegalTransition as error:
        return Decision(Outcome.REJECTED, refusals.illegal_transition(str(error)))
    at = now if refused.refused_at > now + CLOCK_LEEWAY else refused.refused_at
    order = books.order(refused.order_id)
    customer_id = order.customer_id if order is not None else refused.customer_id
    kept = replace(refused, customer_id=customer_id, refused_at=at)
    books.refuse(refusal_row(erase(kept) if books.is_erased([customer_id]) else kept))
    return Decision(Outcome.ACCEPTED)


def refused_orders(commands: Iterable[Command]) -> set[str]:
    """The orders of the refused returns among these."""
    return {c.refused.order_id for c in commands if isinstance(c, RefuseReturn)}


def refusal_row(refused: RefusedReturn) -> dict[str, Any]:
    """A refused return as it is stored."""
    document = write_document(refused).decode()
    return {
        "refusal_id": refused.refusal_id,
        "row_version": 1,
        "digest": digest_of(document),
        "document": document,
        "order_id": refused.order_id,
        "customer_id": refused.customer_id,
        "author": refused.author,
        "refused_at": refused.refused_at,
    }

"""Keep a draft as a refused return: what the server and the next agent hear of it."""

from __future__ import annotations

from dataclasses import replace

from desk.errors import NotAllowed
from desk.ids import new_id
from rma.assessment import Assessment, Case
from rma.draft import Draft
from rma.operations import Identity, Operation, RefuseReturn
from rma.refused import RefusedReturn, record_refusal
from rma.states import IllegalTransition
from rma.wording import _


def refuse(
    draft: Draft,
    case: Case,
    assessment: Assessment,
    *,
    order_number: str,
    told: str,
    who: Identity,
) -> tuple[RefusedReturn, Operation]:
    """The refused return that a judged draft becomes, and the operation that tells the server.

    Raises:
        NotAllowed: if nothing was judged, it is not said what the caller was told, or the draft edits an RMA.
    """
    if draft.editing is not None:
        raise NotAllowed(_("This edits a return that has its number: cancel that one instead."))
    try:
        refused = record_refusal(
            case, assessment, refusal_id=draft.draft_id, device=who.device, told=told
        )
    except IllegalTransition as error:
        raise NotAllowed(str(error)) from error
    refused = replace(refused, order_number=order_number)
    operation = Operation(
        op_id=new_id(),
        stream=refused.order_id,
        depends_on=None,
        made_at=refused.refused_at,
        command=RefuseReturn(refused=refused),
    )
    return refused, operation

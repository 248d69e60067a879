"""`return.mail`: the return slip of an RMA, queued to be mailed in the transaction that books it.

The row has all that sending needs: the address, the subject, and the slip in the words that the agent saw. Text and
PDF are made of it (`rma.slip_text`, `sync.protocol.slip_pdf`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from central_api.people import Caller
from rma.harmless import harmless
from rma.operations import MailSlip
from sync.protocol.documents import write_document

QUEUED = "queued"


def mail_row(caller: Caller, command: MailSlip, op_id: str, now: datetime) -> dict[str, Any]:
    """The row of the mail queue; one operation is one mail, however often it is sent."""
    slip = command.slip
    return {
        "op_id": op_id,
        "number": command.number,
        "recipient": command.to,
        "subject": harmless(f"{slip.title} {slip.spoken}"),
        "slip": write_document(slip).decode(),
        "state": QUEUED,
        "person": caller.person,
        "device": caller.device,
        "queued_at": now,
    }

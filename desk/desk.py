"""The use cases of one desk, wired to its stores."""

from __future__ import annotations

from dataclasses import dataclass

from desk.attention import Attention
from desk.calls import Calls
from desk.customers import CustomerFile
from desk.lookup import LookUp
from desk.ports import Clock, Reference, Work
from desk.records import Records
from desk.returns import Returns
from desk.rmas import Rmas


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything an agent can do here; each method blocks and is called in a thread."""

    lookup: LookUp
    customers: CustomerFile
    returns: Returns
    rmas: Rmas
    attention: Attention
    calls: Calls
    work: Work


def build_desk(reference: Reference, work: Work, clock: Clock) -> Desk:
    """Wire the use cases to their stores."""
    records = Records(reference, work)
    return Desk(
        lookup=LookUp(reference, work, records, clock),
        customers=CustomerFile(reference, records, clock),
        returns=Returns(reference, work, records, clock),
        rmas=Rmas(reference, work, records, clock),
        attention=Attention(reference, work, records),
        calls=Calls(work, clock),
        work=work,
    )

"""The use cases of one desk, wired to its stores."""

from __future__ import annotations

from dataclasses import dataclass

from desk.approvals import Approvals
from desk.attention import Attention
from desk.caller import Caller
from desk.calls import Calls
from desk.customers import CustomerFile
from desk.lookup import LookUp
from desk.parked import Parked
from desk.ports import Clock, Papers, Reference, Verifiers, Work
from desk.records import Records
from desk.returns import Returns
from desk.rmas import Rmas
from desk.sign_in import SignIn
from desk.slips import Slips
from desk.typed_orders import TypedOrders


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything an agent can do here; each method blocks and is called in a thread."""

    lookup: LookUp
    customers: CustomerFile
    returns: Returns
    typed: TypedOrders
    rmas: Rmas
    approvals: Approvals
    attention: Attention
    calls: Calls
    caller: Caller
    parked: Parked
    slips: Slips
    sign_in: SignIn
    work: Work


def build_desk(
    reference: Reference,
    work: Work,
    clock: Clock,
    verifiers: Verifiers,
    papers: Papers | None = None,
) -> Desk:
    """Wire the use cases to their stores; without `papers` no file can be saved."""
    records = Records(reference, work)
    caller = Caller(reference, work, clock)
    returns = Returns(reference, work, records, clock, caller)
    rmas = Rmas(reference, work, records, clock, caller)
    return Desk(
        lookup=LookUp(reference, work, records, clock, caller),
        customers=CustomerFile(reference, records, clock, caller),
        returns=returns,
        typed=TypedOrders(reference, work, clock, caller),
        rmas=rmas,
        approvals=Approvals(work, rmas, clock),
        attention=Attention(reference, work, records, caller, returns, rmas),
        calls=Calls(work, clock),
        caller=caller,
        parked=Parked(reference, work),
        slips=Slips(reference, work, records, clock, papers),
        sign_in=SignIn(reference, work, clock, verifiers),
        work=work,
    )

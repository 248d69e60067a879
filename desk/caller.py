"""The caller of the call under way: which facts were told, what may be shown of the customer, and the CRM case.

All of it belongs to one call about one customer, is kept in memory, and is gone when the call ends or another customer
is opened. What is written down is that contact data were opened: by which facts, or why without any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from desk.errors import NotFound
from desk.ports import Clock, Reference, Work
from rma.call import Call
from rma.draft import Draft
from rma.order import Customer
from rma.policy import Policy
from rma.request import Fact
from rma.typed_order import number_of
from rma.verification import Told, asking, lacking, masked, opens
from rma.wording import _

_NO_CALL = ""
"""Stands for the call where something is told while there is none, as over a queue."""


@dataclass(frozen=True, slots=True)
class _Caller:
    told: Told
    case: str = ""
    """The case of another system that the call is about."""
    logged: Told | None = None


class Caller:
    """Who is on the phone, as far as that is known. Quick and usable from several threads; only `tell` writes."""

    def __init__(self, reference: Reference, work: Work, clock: Clock) -> None:
        self._reference = reference
        self._work = work
        self._clock = clock
        self._call: Call | None = None
        self._callers: dict[str, _Caller] = {}
        self._lock = Lock()

    @property
    def call(self) -> Call | None:
        """The call under way."""
        return self._call

    def takes(self, call: Call | None) -> None:
        """This call is under way from now on; about another customer than before, it knows nothing of the caller."""
        with self._lock:
            self._call = call
            self._callers.pop(_NO_CALL, None)
            if call is not None and call.customer_id:
                known = self._callers.get(call.call_id)
                if known is not None and known.told.customer_id != call.customer_id:
                    del self._callers[call.call_id]

    def ended(self, call_id: str) -> None:
        """A call is over, and what was told in it counts no longer."""
        with self._lock:
            self._callers.pop(call_id, None)
            if self._call is not None and self._call.call_id == call_id:
                self._call = None

    def customer(self, customer_id: str) -> Customer:
        """A customer as our books have them: for comparing, not for showing.

        Raises:
            NotFound: if this desk knows no such customer.
        """
        customer = self._reference.customer(customer_id)
        if customer is None:
            raise NotFound(
                _("This customer is not known here: press F5 to sync, then look up again.")
            )
        return customer

    # --- what may be shown

    def asked(self, customer: Customer) -> int:
        """How many facts the policies ask for before contact data show; 0 where none, whatever was told."""
        return lacking(self._asking(customer), ())

    def lacks(self, customer: Customer, facts: Sequence[Fact]) -> int:
        """How many facts are asked for where only these were told; 0 where they are enough."""
        return lacking(self._asking(customer), facts)

    def hides(self, customer: Customer) -> bool:
        """Whether contact data of this customer must not be shown now."""
        return not opens(self._asking(customer), self.told(customer.customer_id))

    def seen(self, customer: Customer) -> Customer:
        """The customer as they may be shown now."""
        return masked(customer) if self.hides(customer) else customer

    def seen_at_once(self) -> Callable[[Customer], Customer]:
        """`seen` for many customers of one moment: what is asked of those who told nothing depends on their tier alone."""
        known = self._callers.get(self._call.call_id if self._call is not None else _NO_CALL)
        told_by = known.told.customer_id if known is not None else None
        hidden: dict[str, bool] = {}

        def seen(customer: Customer) -> Customer:
            if customer.customer_id == told_by or number_of(customer.customer_id) is not None:
                return self.seen(customer)
            if customer.tier not in hidden:
                hidden[customer.tier] = self.hides(customer)
            return masked(customer) if hidden[customer.tier] else customer

        return seen

    def _asking(self, customer: Customer) -> tuple[Policy, ...]:
        policies = self._reference.policies()
        if number_of(customer.customer_id) is not None:
            return ()  # in no book of ours: there is nothing to hide, and no fact to compare
        if not any(policy.verification for policy in policies):
            return ()
        return asking(policies, customer, self._clock.now())

    # --- what was told

    def told(self, customer_id: str) -> Told:
        """What this customer told in the call under way; nothing, where the call is about somebody else."""
        return self._of(customer_id).told

    def tell(self, customer: Customer, facts: Sequence[Fact], skipped: str = "") -> None:
        """The caller told these facts, or there is a reason why none were asked. Contact data are opened by it only
        after that stands in the audit chain; so does that they are closed again. Blocks.
        """
        customer_id = customer.customer_id
        known = self._of(customer_id)
        told = replace(known.told, facts=tuple(facts), skipped=skipped.strip())
        if told == known.told:
            return
        policies = self._asking(customer)
        logged = known.logged
        was_open = logged is not None and opens(policies, logged)
        if lacking(policies, ()) and told != logged and (was_open or opens(policies, told)):
            self._work.log_verification(told)
            logged = told
        self._keep(replace(known, told=told, logged=logged))

    def case(self, customer_id: str) -> str:
        """The CRM case of the call, where it was named before."""
        return self._of(customer_id).case

    def name_case(self, customer_id: str, case: str) -> None:
        """The call is about this case: the next return of it suggests it."""
        self._keep(replace(self._of(customer_id), case=case.strip()))

    def begins(self, draft: Draft, customer: Customer) -> Draft:
        """A new return begins with what this caller has told so far."""
        told = self._with_told(draft) if self.asked(customer) else self._called(draft)
        return replace(told, reference=self.case(draft.customer_id))

    def goes_on(self, draft: Draft, customer: Customer) -> Draft:
        """A draft that is gone on with: facts that were told in another call do not count in this one.

        An edit keeps those of the return that it replaces.
        """
        anew = draft.editing is None and self.asked(customer)
        return self._with_told(draft) if anew else self._called(draft)

    def _with_told(self, draft: Draft) -> Draft:
        told = self.told(draft.customer_id)
        facts = tuple(fact.value for fact in told.facts)
        return replace(self._called(draft), verified=facts, verification_skipped=told.skipped)

    def _called(self, draft: Draft) -> Draft:
        call = self._call
        if call is None:
            return draft
        return replace(draft, call_id=call.call_id, called_at=call.started_at)

    def _of(self, customer_id: str) -> _Caller:
        call_id = self._call.call_id if self._call is not None else _NO_CALL
        known = self._callers.get(call_id)
        if known is not None and known.told.customer_id == customer_id:
            return known
        return _Caller(Told(call_id=call_id, customer_id=customer_id))

    def _keep(self, caller: _Caller) -> None:
        with self._lock:
            self._callers[caller.told.call_id] = caller

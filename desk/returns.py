"""Make a return: finalize, edit, refuse. The number is final the moment it is shown, online or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from desk.drafting import GONE, Drafting
from desk.errors import NoNumbersLeft, NotAllowed, NotFound, NotReady
from desk.ids import new_id
from desk.refusing import refuse
from rma.assessment import Assessment, Case
from rma.draft import Draft, Editing
from rma.operations import (
    CallMetrics,
    FinalizeReturn,
    MadeReturn,
    Operation,
    SupersedeReturn,
    Told,
)
from rma.record import Refusal, RmaRecord, check
from rma.refused import RefusedReturn
from rma.request import ReturnRequest
from rma.superseding import supersede
from rma.typed_case import give_number, judge
from rma.wording import _


class Returns(Drafting):
    """Drafts and their finalization."""

    def finalize(self, draft: Draft) -> RmaRecord | Refusal:
        """Give the draft its number, or say everything that stands against it. The draft is kept on refusal.

        Raises:
            NoNumbersLeft: when no RMA number is left; the draft is kept.
            NotAllowed: if it edits a return that can no longer be edited, or that somebody else edited meanwhile.
        """
        if draft.editing is not None:
            return self._finalize_edit(draft, draft.editing)
        made = self.finalize_all([draft])
        return made if isinstance(made, Refusal) else made[0]

    def finalize_all(self, drafts: Sequence[Draft]) -> list[RmaRecord] | Refusal:
        """Finalize drafts of several orders: all get their number in one transaction, or none.

        Raises:
            NoNumbersLeft: when the numbers do not suffice; the drafts are kept.
            NotAllowed: if two drafts are for the same order, or the role makes no returns.
        """
        self._may_finalize()
        if len({draft.order_id for draft in drafts}) != len(drafts):
            raise NotAllowed(_("Two drafts are for the same order: finalize one after the other."))
        views = [self.assess(draft) for draft in drafts]
        refusals = [view.refusal for view in views if view.refusal is not None]
        if refusals:
            for draft in drafts:
                self.save(replace(draft, refused_tries=draft.refused_tries + 1))
            return _joined(refusals)
        builds = [self._build(view.case, view.assessment, _metrics(view.draft)) for view in views]
        try:
            return self._work.finalize(
                builds, [draft.draft_id for draft in drafts], self._reference.highest_number
            )
        except NoNumbersLeft:
            for draft in drafts:
                self.wait_for_number(draft)
            raise

    def give_number(self, draft_id: str) -> RmaRecord | Refusal:
        """Finalize a kept draft that needed a number, judged as of now; the facts told in its own call count.

        Raises:
            NoNumbersLeft: while there is none.
            NotFound: if the draft is gone.
        """
        draft = self._work.draft(draft_id)
        if draft is None:
            raise NotFound(_(GONE))
        return self.finalize(draft)

    def _finalize_edit(self, draft: Draft, editing: Editing) -> RmaRecord | Refusal:
        """Tell other content under the number; the server hears of it after all that it has to hear of before."""
        self._may_finalize()
        record = self._records.find(editing.number)
        if record is None or record.edition != editing.edition:
            raise NotAllowed(
                _(
                    "This return was edited meanwhile: open it to see what it is now. Your draft is kept."
                )
            )
        self._check_editable(record)
        view = self.assess(draft)
        if view.refusal is not None:
            self.save(replace(draft, refused_tries=draft.refused_tries + 1))
            return view.refusal
        new = self._build(view.case, view.assessment, _metrics(view.draft))(editing.number)
        told = new.operation.command
        assert isinstance(told, FinalizeReturn)
        command = SupersedeReturn(
            content=told, edition=editing.edition, supersedes=editing.operation
        )
        pending = self._work.last_pending(editing.number)
        operation = replace(new.operation, command=command, depends_on=pending)
        edited = supersede(record, new.record, operation=editing.operation)
        self._work.change(edited, operation, draft.draft_id)
        return edited

    def finalize_request(self, request: ReturnRequest) -> RmaRecord | Refusal:
        """Finalize a return that was never a draft, such as one from a file.

        Raises:
            NoNumbersLeft: when no RMA number is left.
            NotAllowed: if the role makes no returns.
            NotFound: if this desk does not know the order or its customer.
        """
        self._may_finalize()
        order, customer = self._order_and_customer(request.order_id)
        case = self._case(request, order, customer)
        assessment = judge(case)
        refusal = check(assessment)
        if refusal is not None:
            return refusal
        metrics = CallMetrics(started_at=case.at)
        build = self._build(case, assessment, metrics)
        return self._work.finalize([build], [], self._reference.highest_number)[0]

    def refuse(self, draft: Draft, told: str) -> RefusedReturn:
        """Keep a draft as a refused return, with what the caller was told; it takes no number, and the draft is gone.

        Raises:
            NotAllowed: if nothing was judged, it is not said what was told, the role makes no returns, or the draft
                edits an RMA.
        """
        self._may_finalize()
        view = self.assess(draft)
        who = self._work.identity()
        assert who is not None  # nobody judges before enrollment
        refused, operation = refuse(
            draft,
            view.case,
            view.assessment,
            order_number=view.order.number,
            told=told,
            who=who,
        )
        self._work.refuse(refused, operation)
        return refused

    def _build(
        self, case: Case, assessment: Assessment, metrics: CallMetrics
    ) -> Callable[[str], MadeReturn]:
        identity = self._work.identity()
        if identity is None:
            raise NotReady(_("This desk is not enrolled: run csr-tui enroll first."))

        def build(number: str) -> MadeReturn:
            record = give_number(case, assessment, number=number, device=identity.device)
            return MadeReturn(record=record, operation=_operation(record, case, metrics))

        return build


def _operation(record: RmaRecord, case: Case, metrics: CallMetrics) -> Operation:
    quote = record.quote
    return Operation(
        op_id=new_id(),
        stream=record.order_id,
        depends_on=None,
        made_at=case.at,
        command=FinalizeReturn(
            number=record.number,
            request=case.request,
            told=Told(
                state=record.state,
                total=quote.total if quote else 0,
                slots=tuple(line.slots for line in quote.lines) if quote else (),
                policies=quote.policies if quote else (),
                expires_at=record.expires_at,
                owed=quote.owed if quote else 0,
            ),
            finalized_at=case.at,
            metrics=metrics,
        ),
    )


def _metrics(draft: Draft) -> CallMetrics:
    return CallMetrics(
        started_at=draft.started_at,
        first_key_at=draft.first_key_at,
        keys=draft.keys,
        refused_tries=draft.refused_tries,
    )


def _joined(refusals: Sequence[Refusal]) -> Refusal:
    return Refusal(
        tuple(missing for refusal in refusals for missing in refusal.missing),
        tuple(finding for refusal in refusals for finding in refusal.findings),
    )

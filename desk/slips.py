"""The return slip of an RMA: shown, saved as a file, or queued to be mailed; all of it works offline."""

from __future__ import annotations

from desk.errors import CustomerErased, NotAllowed, NotFound, NotReady
from desk.ids import new_id
from desk.ports import Clock, Papers, Reference, Work
from desk.records import Records
from rma.erasing import customers_of
from rma.mailing import mail_slip, wrong_address
from rma.numbers import parse
from rma.operations import Identity, MailSlip, Operation
from rma.record import RmaRecord
from rma.return_slip import Slip, return_slip
from rma.slip_text import slip_text
from rma.states import IllegalTransition
from rma.verification import masked_email
from rma.wording import _


class Slips:
    """Return slips, in the language of this desk."""

    def __init__(
        self,
        reference: Reference,
        work: Work,
        records: Records,
        clock: Clock,
        papers: Papers | None,
    ) -> None:
        self._reference = reference
        self._work = work
        self._records = records
        self._clock = clock
        self._papers = papers

    def slip(self, number: str) -> Slip:
        """The slip of an RMA as it stands.

        Raises:
            NotFound: if this desk knows no such RMA.
        """
        return self._slip(self._record(number))

    def save_text(self, number: str) -> str:
        """Save the slip as text, in place of the one before; gives the path.

        Raises:
            NotFound: if this desk knows no such RMA.
            RmaError: if the file cannot be written.
        """
        slip = self.slip(number)
        return self._keeper().keep(f"{_file(slip)}.txt", slip_text(slip).encode())

    def save_pdf(self, number: str) -> str:
        """The same as a PDF."""
        slip, papers = self.slip(number), self._keeper()
        return papers.keep(f"{_file(slip)}.pdf", papers.pdf(slip))

    def address(self, number: str) -> str:
        """Where the slip goes where nobody says otherwise, as it may be shown: `m…@…`; empty where none is known."""
        return masked_email(self._address(self._record(number)))

    def mail(self, number: str, to: str = "") -> str:
        """Queue the slip to be mailed, to the customer's own address where `to` is empty; gives the address, masked.

        Raises:
            NotFound: if this desk knows no such RMA.
            NotAllowed: if the role mails nothing, or there is no such address.
        """
        record, who = self._record(number), self._identity()
        if any(map(self._reference.is_erased, customers_of(record))):
            raise CustomerErased
        to = to.strip() or self._address(record)
        if problem := wrong_address(to):
            raise NotAllowed(problem)
        at = self._clock.now()
        command = MailSlip(
            number=record.number,
            to=to,
            slip=self._slip(record),
            state=record.state,
            edition=record.edition,
            at=at,
        )
        try:
            mailed = mail_slip(
                record,
                command.slip,
                to=to,
                state=command.state,
                edition=command.edition,
                actor=who.actor,
                device=who.device,
                at=at,
            )
        except IllegalTransition as error:
            raise NotAllowed(str(error)) from error
        operation = Operation(
            op_id=new_id(),
            stream=record.order_id,
            depends_on=self._work.last_pending(record.number),
            made_at=at,
            command=command,
        )
        self._work.change(mailed, operation)
        return masked_email(to)

    def _slip(self, record: RmaRecord) -> Slip:
        order = self._reference.order(record.order_id)
        return return_slip(record, order, self._records.customer(record))

    def _address(self, record: RmaRecord) -> str:
        if record.contact.email:
            return record.contact.email
        customer = self._reference.customer(record.customer_id)
        return customer.email if customer is not None else ""

    def _record(self, number: str) -> RmaRecord:
        record = self._records.find(parse(number))
        if record is None:
            raise NotFound(_("No return has this number here: press F5 to sync, then try again."))
        return record

    def _keeper(self) -> Papers:
        if self._papers is None:
            raise NotReady(_("There is no folder for files here."))
        return self._papers

    def _identity(self) -> Identity:
        identity = self._work.identity()
        if identity is None:
            raise NotReady(_("This desk is not enrolled: run csr-tui enroll first."))
        return identity


def _file(slip: Slip) -> str:
    """The name of its file: nothing of the customer but the number."""
    return f"RMA-{slip.number}"

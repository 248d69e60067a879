"""Mailing a return slip: who may, to where, and what is written down about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rma.record import HistoryEntry, RmaRecord
from rma.request import Actor
from rma.return_slip import Slip
from rma.states import IllegalTransition, RmaCommand, RmaState, next_state
from rma.verification import masked_email
from rma.wording import _, words

LONGEST_ADDRESS = 254
"""Characters of an e-mail address, as mail itself has it."""
_LARGEST_SLIP = 100_000
"""Characters on a slip; one of a hundred lines has a tenth of that."""


def wrong_address(text: str) -> str:
    """What is wrong with an e-mail address, in a sentence; empty where nothing is."""
    local, at_sign, domain = text.rpartition("@")
    shaped = bool(at_sign and local and "@" not in local and "." in domain.strip("."))
    blank = any(character.isspace() or not character.isprintable() for character in text)
    if shaped and not blank and len(text) <= LONGEST_ADDRESS and not set(text) & set(',;<>"'):
        return ""
    return _("This is no e-mail address: name@shop.com.")


def mail_slip(
    record: RmaRecord,
    slip: Slip,
    *,
    to: str,
    state: RmaState,
    edition: int,
    actor: Actor,
    device: str,
    at: datetime,
) -> RmaRecord:
    """Note that the slip of an RMA goes to an address; `state` and `edition` are those that it tells.

    Raises:
        IllegalTransition: if the role speaks to no customers, the address is none, or the RMA is not what the slip
            says.
    """
    if not actor.role.makes_returns:
        said = _("The role {role} mails nothing to customers.")
        raise IllegalTransition(said.format(role=words(actor.role)))
    if problem := wrong_address(to):
        raise IllegalTransition(problem)
    if (slip.number, state, edition) != (record.number, record.state, record.edition):
        said = _("The return is {state} now: nothing was mailed. Mail it again as it is.")
        raise IllegalTransition(said.format(state=record.state.words))
    if _size(slip) > _LARGEST_SLIP:
        raise IllegalTransition(_("The slip is too long to be mailed: save it instead."))
    entry = HistoryEntry(
        at=at,
        actor=actor.name,
        device=device,
        command=RmaCommand.MAIL,
        before=record.state,
        after=next_state(record.state, RmaCommand.MAIL),
        note=masked_email(to),
    )
    return replace(record, history=(*record.history, entry))


def _size(slip: Slip) -> int:
    texts = [slip.title, slip.shop, slip.notice]
    for part in slip.parts:
        texts.append(part.heading)
        texts += [text for row in part.rows for text in (row.label, row.text, row.amount)]
    return sum(map(len, texts))

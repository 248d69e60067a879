"""What is still missing or wrong before a return can be finalized: everything at once (domain section 3)."""

from __future__ import annotations

from collections.abc import Sequence

from rma.ledger import same_serial
from rma.line_case import LineCase
from rma.order import Customer, Order
from rma.outbound_rules import missing_outbound
from rma.policy import ContactDuty, Policy
from rma.reference import is_reference
from rma.request import ReturnRequest, ReturnType
from rma.said import says_something
from rma.verdict import Missing
from rma.verification import lacking
from rma.wording import _, plural, words


def missing_of_line(case: LineCase) -> list[Missing]:
    """What one line still lacks."""
    wanted, line, missing = case.wanted, case.line, []

    def say(field: str, sentence: str) -> None:
        missing.append(Missing(field, line.line_id, sentence))

    if wanted.quantity < 1:
        say("quantity", _("Enter how many come back: a whole number from 1."))
    elif line.serials and wanted.quantity != 1:
        say(
            "quantity",
            _("Units with a serial number come back one by one: enter 1, then add a line."),
        )
    if line.serials and not wanted.serials:
        say("serials", _("Ask for the serial number of the unit."))
    elif len(wanted.serials) > max(1, wanted.quantity):
        said = _("These are {count} serial numbers: enter one for each unit.")
        say("serials", said.format(count=len(wanted.serials)))
    elif len({same_serial(serial) for serial in wanted.serials}) < len(wanted.serials):
        say("serials", _("A serial number stands there twice: each unit has its own."))
    if not wanted.reason:
        say("reason", _("Choose why it comes back."))
    elif case.reason is None:
        said = _("There is no reason “{reason}”: choose one from the list.")
        say("reason", said.format(reason=wanted.reason))
    elif not case.reasons.is_leaf(wanted.reason):
        said = _("“{reason}” is a group: choose one of the reasons in it.")
        say("reason", said.format(reason=case.reason.label))
    elif case.request.return_type and case.request.return_type not in case.reason.return_types:
        said = _("“{reason}” does not fit a {kind}.")
        say("reason", said.format(reason=case.reason.label, kind=words(case.request.return_type)))
    elif case.reason.note_required and not wanted.note.strip():
        said = _("“{reason}” needs a note: write what the caller says.")
        say("note", said.format(reason=case.reason.label))
    if wanted.condition is None:
        say("condition", _("Ask what condition it is in."))
    if wanted.amount is not None and wanted.amount < 0:
        say("amount", _("An amount cannot be negative: enter 0 or more."))
    elif wanted.amount is not None and not wanted.amount_reason.strip():
        say("amount_reason", _("Say why the amount is set by hand."))
    for field in ("override_reason", "waive_fee_reason", "amount_reason"):
        if _is_junk(getattr(wanted, field)):
            say(field, _("Say it in a few words."))
    return [*missing, *missing_outbound(case)]


def missing_of_return(
    request: ReturnRequest,
    order: Order,
    customer: Customer | None,
    policies: Sequence[Policy],
) -> list[Missing]:
    """What the return as a whole still lacks."""
    missing: list[Missing] = []

    def say(field: str, sentence: str) -> None:
        missing.append(Missing(field, None, sentence))

    if request.customer_id != order.customer_id:
        said = _("Order {number} belongs to another customer: look it up again.")
        say("customer", said.format(number=order.number))
    elif customer is None or customer.customer_id != order.customer_id:
        say("customer", _("This customer is not known here: look the customer up again."))
    if request.return_type is None:
        say("return_type", _("Choose what kind of return this is."))
    if request.channel is None:
        say("channel", _("Choose how the customer reached us."))
    if not request.lines:
        say("lines", _("Choose at least one line that comes back."))
    missing.extend(_missing_contact(request, policies))
    facts = lacking(policies, request.verified)
    if facts and not request.verification_skipped.strip():
        said = plural(
            "Ask for a fact about the caller, or say why not.",
            "Ask for {n} facts about the caller, or say why not.",
            facts,
        )
        say("verified", said.format(n=facts))
    if not is_reference(request.reference):
        say("reference", _("A case number has letters, digits and - _ / # . : only, at most 40."))
    if request.return_type is ReturnType.GOODWILL and not request.goodwill_reason.strip():
        say("goodwill_reason", _("Say why this is a goodwill return."))
    elif request.goodwill and not request.goodwill_reason.strip():
        say("goodwill_reason", _("Say why goodwill is paid."))
    if request.goodwill < 0:
        say("goodwill", _("Goodwill cannot be negative: enter 0 or more."))
    if request.destination_override is not None and not request.destination_reason.strip():
        say("destination_reason", _("Say why the money goes there."))
    for field in (
        "verification_skipped",
        "waive_shipping_fee_reason",
        "goodwill_reason",
        "destination_reason",
    ):
        if _is_junk(getattr(request, field)):
            say(field, _("Say it in a few words."))
    return missing


def _is_junk(reason: str) -> bool:
    return bool(reason.strip()) and not says_something(reason)


def _missing_contact(request: ReturnRequest, policies: Sequence[Policy]) -> list[Missing]:
    duties = {policy.contact for policy in policies}
    email, phone = request.contact.email.strip(), request.contact.phone.strip()
    missing = []
    local, at_sign, domain = email.rpartition("@")
    if email and not (at_sign and local and "." in domain and " " not in email):
        missing.append(
            Missing("contact.email", None, _("This is no e-mail address: name@shop.com."))
        )
    if phone and sum(map(str.isdecimal, phone)) < 5:
        missing.append(Missing("contact.phone", None, _("A phone number has at least 5 digits.")))
    if ContactDuty.EMAIL in duties and not email:
        missing.append(Missing("contact.email", None, _("Ask for an e-mail address.")))
    if ContactDuty.PHONE in duties and not phone:
        missing.append(Missing("contact.phone", None, _("Ask for a phone number.")))
    if ContactDuty.ANY in duties and not email and not phone:
        missing.append(
            Missing("contact.email", None, _("Ask for an e-mail address or a phone number."))
        )
    return missing

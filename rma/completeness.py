"""What is still missing or wrong before a return can be finalized: everything at once (domain section 3)."""

from __future__ import annotations

from collections.abc import Sequence

from rma.ledger import same_serial
from rma.line_case import LineCase
from rma.order import Customer, Order
from rma.policy import ContactDuty, Policy
from rma.request import ReturnRequest, ReturnType
from rma.verdict import Missing


def missing_of_line(case: LineCase) -> list[Missing]:
    """What one line still lacks."""
    wanted, line, missing = case.wanted, case.line, []

    def say(field: str, sentence: str) -> None:
        missing.append(Missing(field, line.line_id, sentence))

    if wanted.quantity < 1:
        say("quantity", "Enter how many come back: a whole number from 1.")
    elif line.serials and wanted.quantity != 1:
        say(
            "quantity",
            "Units with a serial number come back one by one: enter 1, then add a line.",
        )
    if line.serials and not wanted.serials:
        say("serials", "Ask for the serial number of the unit.")
    elif len(wanted.serials) > max(1, wanted.quantity):
        say("serials", f"These are {len(wanted.serials)} serial numbers: enter one for each unit.")
    elif len({same_serial(serial) for serial in wanted.serials}) < len(wanted.serials):
        say("serials", "A serial number stands there twice: each unit has its own.")
    if not wanted.reason:
        say("reason", "Choose why it comes back.")
    elif case.reason is None:
        say("reason", f"There is no reason “{wanted.reason}”: choose one from the list.")
    elif not case.reasons.is_leaf(wanted.reason):
        say(
            "reason",
            f"“{case.reason.label}” is a group: choose one of the reasons in it.",
        )
    elif case.request.return_type and case.request.return_type not in case.reason.return_types:
        say(
            "reason",
            f"“{case.reason.label}” does not fit a {case.request.return_type}.",
        )
    elif case.reason.note_required and not wanted.note.strip():
        say("note", f"“{case.reason.label}” needs a note: write what the caller says.")
    if wanted.condition is None:
        say("condition", "Ask what condition it is in.")
    if wanted.amount is not None and wanted.amount < 0:
        say("amount", "An amount cannot be negative: enter 0 or more.")
    elif wanted.amount is not None and not wanted.amount_reason.strip():
        say("amount_reason", "Say why the amount is set by hand.")
    return missing


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
        say(
            "customer",
            f"Order {order.number} belongs to another customer: look it up again.",
        )
    elif customer is None or customer.customer_id != order.customer_id:
        say("customer", "This customer is not known here: look the customer up again.")
    if request.return_type is None:
        say("return_type", "Choose what kind of return this is.")
    if request.channel is None:
        say("channel", "Choose how the customer reached us.")
    if not request.lines:
        say("lines", "Choose at least one line that comes back.")
    missing.extend(_missing_contact(request, policies))
    given = set(request.verified)
    lacking = [
        p.verification for p in policies if len(given & {*p.verification_facts}) < p.verification
    ]
    if lacking and not request.verification_skipped.strip():
        facts = "a fact" if max(lacking) == 1 else f"{max(lacking)} facts"
        say("verified", f"Ask for {facts} about the caller, or say why not.")
    if request.return_type is ReturnType.GOODWILL and not request.goodwill_reason.strip():
        say("goodwill_reason", "Say why this is a goodwill return.")
    elif request.goodwill and not request.goodwill_reason.strip():
        say("goodwill_reason", "Say why goodwill is paid.")
    if request.goodwill < 0:
        say("goodwill", "Goodwill cannot be negative: enter 0 or more.")
    if request.destination_override is not None and not request.destination_reason.strip():
        say("destination_reason", "Say why the money goes there.")
    return missing


def _missing_contact(request: ReturnRequest, policies: Sequence[Policy]) -> list[Missing]:
    duties = {policy.contact for policy in policies}
    email, phone = request.contact.email.strip(), request.contact.phone.strip()
    missing = []
    local, at_sign, domain = email.rpartition("@")
    if email and not (at_sign and local and "." in domain and " " not in email):
        missing.append(Missing("contact.email", None, "This is no e-mail address: name@shop.com."))
    if phone and sum(character.isdecimal() for character in phone) < 5:
        missing.append(Missing("contact.phone", None, "A phone number has at least 5 digits."))
    if ContactDuty.EMAIL in duties and not email:
        missing.append(Missing("contact.email", None, "Ask for an e-mail address."))
    if ContactDuty.PHONE in duties and not phone:
        missing.append(Missing("contact.phone", None, "Ask for a phone number."))
    if ContactDuty.ANY in duties and not email and not phone:
        missing.append(
            Missing("contact.email", None, "Ask for an e-mail address or a phone number.")
        )
    return missing

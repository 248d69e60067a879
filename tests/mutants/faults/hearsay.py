"""Faults of what is told before it is known: typed orders, edits under a told number, and who the caller is."""

from __future__ import annotations

from tests.mutants.fault import Fault

MATCHING, SUPERSEDING, VERIFICATION = (
    "rma/matching.py",
    "rma/superseding.py",
    "rma/verification.py",
)
_MATCHING = ("tests/rma/test_matching.py",)
_SUPERSEDING = ("tests/rma/test_superseding.py",)
_VERIFICATION = ("tests/rma/test_verification.py",)

FAULTS = (
    Fault(
        "anybody is the customer of an order that was typed by hand",
        MATCHING,
        "return _same_contact(record.contact, customer)",
        "return True",
        _MATCHING,
    ),
    Fault(
        "one of several lines with the SKU is guessed",
        MATCHING,
        "return fits[0] if len(fits) == 1 else None",
        "return fits[0] if fits else None",
        _MATCHING,
    ),
    Fault(
        "two typed items become the same line",
        MATCHING,
        "if taken.setdefault(line.line_id, told.line_id) != told.line_id:",
        "if False:",
        _MATCHING,
    ),
    Fault(
        "one of several orders with the number is guessed",
        MATCHING,
        "if len(named) <= 1:",
        "if named:",
        _MATCHING,
    ),
    Fault(
        "an edit forgets what was told before",
        SUPERSEDING,
        "superseded=(*record.superseded, _kept(record, operation)),",
        "superseded=record.superseded,",
        _SUPERSEDING,
    ),
    Fault(
        "an edit loses the history",
        SUPERSEDING,
        "history=(*record.history, entry),\n        outbound=outbound,",
        "history=(entry,),\n        outbound=outbound,",
        _SUPERSEDING,
    ),
    Fault(
        "what the customer paid for can be edited",
        SUPERSEDING,
        "(sent.state is not OutboundState.PROMISED or sent.payment is not None)",
        "sent.state is not OutboundState.PROMISED",
        _SUPERSEDING,
    ),
    Fault(
        "a fact that the policy does not accept counts",
        VERIFICATION,
        "if len(given & {*p.verification_facts}) < p.verification",
        "if len(given) < p.verification",
        _VERIFICATION,
    ),
    Fault(
        "one fact too few is enough",
        VERIFICATION,
        "if len(given & {*p.verification_facts}) < p.verification",
        "if len(given & {*p.verification_facts}) + 1 < p.verification",
        _VERIFICATION,
    ),
    Fault(
        "a mask shows a short phone number whole",
        VERIFICATION,
        "-min(4, len(digits) // 2)",
        "-4",
        _VERIFICATION,
    ),
)

"""Faults of judgement: windows, guards, limits, roles, what has to be entered."""

from __future__ import annotations

from tests.mutants.fault import Fault

WINDOW, CALENDAR, RULES, COMPLETE = (
    "rma/return_window.py",
    "rma/calendar.py",
    "rma/line_rules.py",
    "rma/completeness.py",
)
VERIFICATION = "rma/verification.py"
WHOLE, DISCRETION, RECORD, SCOPE, VERDICT = (
    "rma/return_rules.py",
    "rma/discretion.py",
    "rma/record.py",
    "rma/scope.py",
    "rma/verdict.py",
)
_DECIDED = ("tests/rma/test_decisions.py",)
_BAD = ("tests/rma/test_bad_input.py",)
_RECORD = ("tests/rma/test_record.py",)
_LIMITS = ("tests/rma/test_limits.py",)

FAULTS = (
    Fault(
        "the window ends a day early",
        WINDOW,
        "    if today <= last_day:",
        "    if today < last_day:",
        _DECIDED,
    ),
    Fault(
        "a day ends at midnight in London",
        CALENDAR,
        "return at.astimezone(ZoneInfo(time_zone)).date()",
        'return at.astimezone(ZoneInfo("UTC")).date()',
        _DECIDED,
    ),
    Fault(
        "a warranty lengthens every return",
        WINDOW,
        "    if case.request.return_type is ReturnType.DEFECT:",
        "    if case.request.return_type is not None:",
        _DECIDED,
    ),
    Fault(
        "a final sale comes back",
        RULES,
        "if not case.line.final_sale or case.fault or",
        "if case.line.final_sale or case.fault or",
        _BAD,
    ),
    Fault(
        "damaged goods are taken back as new",
        RULES,
        "if condition is None or case.fault or condition in policy.conditions:",
        "if condition is None or case.fault or policy.conditions:",
        ("tests/rma/test_live_entries.py",),
    ),
    Fault(
        "an order of another customer passes",
        COMPLETE,
        "    if request.customer_id != order.customer_id:",
        "    if not request.customer_id:",
        _BAD,
    ),
    Fault(
        "a group of reasons is taken for a reason",
        COMPLETE,
        "elif not case.reasons.is_leaf(wanted.reason):",
        "elif not case.reasons.find(wanted.reason):",
        _BAD,
    ),
    Fault(
        "a reason of another return type passes",
        COMPLETE,
        "case.request.return_type not in case.reason.return_types:",
        "not case.reason.return_types:",
        _BAD,
    ),
    Fault(
        "a zero quantity passes",
        COMPLETE,
        "    if wanted.quantity < 1:",
        "    if wanted.quantity < 0:",
        ("tests/rma/test_quantity.py",),
    ),
    Fault(
        "a serial-tracked unit needs no serial",
        COMPLETE,
        "    if line.serials and not wanted.serials:",
        "    if not line.serials and wanted.serials == ('',):",
        ("tests/rma/test_quantity.py",),
    ),
    Fault(
        "one fact less verifies a caller",
        VERIFICATION,
        "< p.verification\n",
        "< p.verification - 1\n",
        _BAD,
    ),
    Fault(
        "an amount set by hand needs no reason",
        COMPLETE,
        "elif wanted.amount is not None and not wanted.amount_reason.strip():",
        "elif wanted.amount is not None and not wanted.amount_reason.strip() and wanted.amount < 0:",
        _BAD,
    ),
    Fault(
        "a limit by role ends one cent early",
        DISCRETION,
        "return largest is not None and amount <= largest",
        "return largest is not None and amount < largest",
        _LIMITS,
    ),
    Fault(
        "a role without a limit may give what it likes",
        DISCRETION,
        "            return largest is not None and amount <= largest\n    return False",
        "            return largest is not None and amount <= largest\n    return True",
        _LIMITS,
    ),
    Fault(
        "a refund of exactly the threshold is asked about",
        WHOLE,
        "if limit is not None and quote.worth <= limit:",
        "if limit is not None and quote.worth < limit:",
        _LIMITS,
    ),
    Fault(
        "many returns are noticed one return late",
        WHOLE,
        "        if count >= many.count:",
        "        if count > many.count:",
        (*_LIMITS, *_DECIDED),
    ),
    Fault(
        "goodwill above the limit goes through alone",
        WHOLE,
        'if within_limit(policy, actor.role, "goodwill", goodwill, order.currency):',
        'if within_limit(policy, actor.role, "goodwill", min(goodwill, 1), order.currency):',
        _LIMITS,
    ),
    Fault(
        "a clock that runs ahead is believed",
        WHOLE,
        "if age >= -CLOCK_LEEWAY and",
        "if age >= -timedelta(days=9999) and",
        _DECIDED,
    ),
    Fault(
        "supervisors decide about their own returns",
        RECORD,
        "    if actor.name == record.author:",
        "    if not actor.name:",
        _RECORD,
    ),
    Fault(
        "agents decide about returns",
        RECORD,
        "    if not actor.role.approves:",
        "    if not actor.role.makes_returns:",
        _RECORD,
    ),
    Fault(
        "a return is declined without a reason",
        RECORD,
        '    if not reason.strip():\n        raise IllegalTransition(_("Say why the return is declined',
        '    if not actor.name:\n        raise IllegalTransition(_("Say why the return is declined',
        _RECORD,
    ),
    Fault(
        "what the rules refuse gets a number",
        RECORD,
        "if assessment.missing or against or unpriced:",
        "if assessment.missing or unpriced:",
        _RECORD,
    ),
    Fault(
        "what needs approval is authorized at once",
        RECORD,
        "eligible = assessment.verdict is Verdict.ELIGIBLE",
        "eligible = assessment.verdict is not Verdict.INELIGIBLE",
        _RECORD,
    ),
    Fault(
        "an approval does not renew the days until it expires",
        RECORD,
        "return replace(approved, expires_at=expires, problem=None)",
        "return replace(approved, problem=None)",
        _RECORD,
    ),
    Fault(
        "the mildest line decides about a return",
        VERDICT,
        "return max(verdicts, key=",
        "return min(verdicts, key=",
        _RECORD,
    ),
    Fault(
        "a policy judges before it is valid",
        SCOPE,
        "if policy.valid_from > at or pins",
        "if pins",
        _DECIDED,
    ),
    Fault(
        "a new version overturns what a caller was told",
        SCOPE,
        "pins.get(policy.code, policy.version) != policy.version",
        "pins.get(policy.code, policy.version) < 0",
        _DECIDED,
    ),
)

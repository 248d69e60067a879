"""The strict shapes of policy and reasons documents, and what they stand for in `rma`.

People write major units and percents; `rma` has minor units and basis points. `docs/policy.md` explains every key.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from rma import policy as rules
from rma.calendar import require_instant
from rma.money import MAX_AMOUNT, BadAmount, to_minor
from rma.policy import (
    OVERRIDABLE,
    Amounts,
    AuthorizationMode,
    ContactDuty,
    CouponRule,
    CurrencyAmount,
    FeePayer,
    FinalSale,
    OriginalShipping,
    RefundTiming,
    Rule,
    WindowStart,
)
from rma.reasons import Reason, ReasonWorkflow
from rma.request import (
    Channel,
    Condition,
    Evidence,
    Fact,
    Proof,
    Resolution,
    ReturnType,
    Role,
)
from sync.protocol.policy_problems import Expects


def _one_of(choices: Any) -> Expects:
    return Expects("one of: " + ", ".join(choices))


def _basis_points(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError
    if not 0 <= (percent := Decimal(value)) <= 100:  # also refuses nan
        raise ValueError
    points = percent * 100
    if points != points.to_integral_value():
        raise ValueError
    return int(points)


def _amounts(value: Any) -> Amounts:
    if not isinstance(value, dict):
        raise PydanticCustomError("table", "a table")
    entries, errors = [], []
    for currency, amount in value.items():
        try:
            entries.append(CurrencyAmount(currency, _minor(amount, currency)))
        except BadAmount as error:
            wrong = PydanticCustomError("expected", "{phrase}", {"phrase": str(error)})
            errors.append(InitErrorDetails(type=wrong, loc=(currency,), input=amount))
    if errors:
        raise ValidationError.from_exception_data("amounts", errors)
    return Amounts(tuple(entries))


def _minor(amount: Any, currency: str) -> int:
    """Raises BadAmount; its text is what was expected."""
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise BadAmount("a currency code of three capital letters, like EUR = 12.50")
    expected = BadAmount(f"an amount of {currency} from 0, like 12 or 12.50, as a number")
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        raise expected
    if not 0 <= (exact := Decimal(amount)) <= MAX_AMOUNT // 10_000:
        raise expected
    try:
        return to_minor(exact, currency)
    except BadAmount:
        raise BadAmount(f"an amount with no more decimals than {currency} has") from None


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError from error
    return name


def _instant(moment: datetime) -> datetime:
    require_instant("it", moment)
    return moment.astimezone(UTC)


def _readable(text: str) -> str:
    if not text.strip() or not all(c.isprintable() or c == "\n" for c in text):
        raise ValueError
    return text


def _overridable(rule: Rule) -> Rule:
    if rule not in OVERRIDABLE:
        raise ValueError
    return rule


_LAX = Field(strict=False)
"""A choice is written as text."""

Code: TypeAlias = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}\z"),
    Expects("a code of 1 to 40 letters, digits, _ and -"),
]
Text: TypeAlias = Annotated[
    str,
    Field(max_length=2000),
    AfterValidator(_readable),
    Expects("a text of 1 to 2000 characters, without control characters"),
]
Label: TypeAlias = Annotated[
    str,
    Field(max_length=80, pattern=r"^\P{C}*\z"),
    Expects("a text of at most 80 characters in one line"),
]
Number: TypeAlias = Annotated[
    int, Field(ge=1, le=1_000_000), Expects("a whole number from 1 to 1000000")
]
Days: TypeAlias = Annotated[
    int, Field(ge=0, le=36_500), Expects("a whole number of days from 0 to 36500")
]
Hours: TypeAlias = Annotated[
    int, Field(ge=0, le=100_000), Expects("a whole number of hours from 0 to 100000")
]
Months: TypeAlias = Annotated[
    int, Field(ge=0, le=1200), Expects("a whole number of months from 0 to 1200")
]
Flag: TypeAlias = Annotated[bool, Expects("true or false")]
Moment: TypeAlias = Annotated[
    datetime,
    AfterValidator(_instant),
    Expects("a date and time with its zone, like 2026-01-31T00:00:00Z"),
]
Zone: TypeAlias = Annotated[
    str, AfterValidator(_time_zone), Expects("a time zone name, like Europe/London")
]
Percent: TypeAlias = Annotated[
    int,
    PlainValidator(_basis_points),
    Expects("a percent from 0 to 100 with at most 2 decimals"),
]
AmountTable: TypeAlias = Annotated[Amounts, PlainValidator(_amounts)]


class _Shape(BaseModel):
    """Unknown keys and wrong types are refused."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )


class ScopeTable(_Shape):
    """`[scope]`"""

    channels: list[Annotated[Channel, _LAX, _one_of(Channel)]] = []
    tiers: list[Label] = []
    categories: list[Label] = []
    countries: list[Label] = []
    sources: list[Label] = []

    def rule(self) -> rules.Scope:
        return rules.Scope(
            channels=tuple(self.channels),
            tiers=tuple(self.tiers),
            categories=tuple(self.categories),
            countries=tuple(self.countries),
            sources=tuple(self.sources),
        )


class WindowTable(_Shape):
    """`[window]`"""

    days: Days | None = None
    starts: Annotated[WindowStart, _LAX, _one_of(WindowStart)] = WindowStart.DELIVERED


class VerificationTable(_Shape):
    """`[verification]`"""

    needed: Annotated[
        int,
        Field(ge=0, le=len(Fact)),
        Expects(f"a whole number from 0 to {len(Fact)}"),
    ] = 0
    facts: list[Annotated[Fact, _LAX, _one_of(Fact)]] = list(Fact)


class FeesTable(_Shape):
    """`[fees]`"""

    restocking_percent: Percent = 0
    restocking_conditions: list[Annotated[Condition, _LAX, _one_of(Condition)]] = []
    return_shipping: AmountTable = Amounts()
    taxed: Flag = True

    def rule(self) -> rules.Fees:
        return rules.Fees(
            restocking=self.restocking_percent,
            restocking_conditions=tuple(self.restocking_conditions),
            return_shipping=self.return_shipping,
            taxed=self.taxed,
        )


class ManyReturnsTable(_Shape):
    """`[approval.many_returns]`"""

    count: Number
    days: Days


class ApprovalTable(_Shape):
    """`[approval]`"""

    amount: AmountTable | None = None
    risk: Flag = True
    outside_window: Flag = True
    many_returns: ManyReturnsTable | None = None

    def rule(self) -> rules.Approval:
        many = self.many_returns
        return rules.Approval(
            amount=self.amount,
            risk=self.risk,
            outside_window=self.outside_window,
            many_returns=rules.ManyReturns(count=many.count, days=many.days) if many else None,
        )


class EvidenceRow(_Shape):
    """`[[evidence]]`"""

    reason: Code
    evidence: list[Annotated[Evidence, _LAX, _one_of(Evidence)]]


class PayerRow(_Shape):
    """`[[shipping_payer]]`"""

    reason: Code
    payer: Annotated[FeePayer, _LAX, _one_of(FeePayer)]


class LimitRow(_Shape):
    """`[[limits]]`"""

    role: Annotated[Role, _LAX, _one_of(Role)]
    manual: AmountTable = Amounts()
    goodwill: AmountTable = Amounts()


class WarrantyTableRow(_Shape):
    """`[[warranty]]`"""

    category: Label
    months: Months


class ClauseRow(_Shape):
    """`[[clauses]]`"""

    id: Code
    text: Text
    tags: list[Label] = []


class PolicyShape(_Shape):
    """A whole policy document."""

    code: Code
    version: Number
    name: Text
    active: Flag
    valid_from: Moment
    valid_to: Moment | None = None
    time_zone: Zone
    agent_return: Flag = True
    authorized_link: Flag = False
    conditions: list[Annotated[Condition, _LAX, _one_of(Condition)]]
    proof: list[Annotated[Proof, _LAX, _one_of(Proof)]] = []
    final_sale: Annotated[FinalSale, _LAX, _one_of(FinalSale)] = FinalSale.REFUSE
    original_shipping: Annotated[OriginalShipping, _LAX, _one_of(OriginalShipping)] = (
        OriginalShipping.NEVER
    )
    coupon: Annotated[CouponRule, _LAX, _one_of(CouponRule)] = CouponRule.KEEP
    resolutions: Annotated[
        list[Annotated[Resolution, _LAX, _one_of(Resolution)]], Field(min_length=1)
    ]
    overridable: list[
        Annotated[Rule, _LAX, AfterValidator(_overridable), _one_of(OVERRIDABLE)]
    ] = []
    store_credit_after_days: Days | None = None
    contact: Annotated[ContactDuty, _LAX, _one_of(ContactDuty)] = ContactDuty.NONE
    authorization: Annotated[AuthorizationMode, _LAX, _one_of(AuthorizationMode)] = (
        AuthorizationMode.INTELLIGENT
    )
    refund_timing: Annotated[RefundTiming, _LAX, _one_of(RefundTiming)] = (
        RefundTiming.AFTER_INSPECTION
    )
    expires_after_days: Days | None = None
    offline_hours: Hours | None = None
    carriers: list[Text] = []
    packaging: list[Text] = []
    survey: list[Text] = []
    scope: ScopeTable = ScopeTable()
    window: WindowTable
    verification: VerificationTable = VerificationTable()
    fees: FeesTable = FeesTable()
    approval: ApprovalTable = ApprovalTable()
    evidence: list[EvidenceRow] = []
    shipping_payer: list[PayerRow] = []
    limits: list[LimitRow] = []
    warranty: list[WarrantyTableRow] = []
    clauses: list[ClauseRow] = []

    def rule(self) -> rules.Policy:
        """What `rma` judges by."""
        return rules.Policy(
            code=self.code,
            version=self.version,
            name=self.name,
            active=self.active,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            time_zone=self.time_zone,
            scope=self.scope.rule(),
            agent_return=self.agent_return,
            authorized_link=self.authorized_link,
            window=rules.Window(days=self.window.days, starts=self.window.starts),
            conditions=tuple(self.conditions),
            proof=tuple(self.proof),
            evidence=tuple(
                rules.ReasonEvidence(reason=row.reason, evidence=tuple(row.evidence))
                for row in self.evidence
            ),
            final_sale=self.final_sale,
            fees=self.fees.rule(),
            shipping_payer=tuple(
                rules.ReasonPayer(reason=row.reason, payer=row.payer) for row in self.shipping_payer
            ),
            original_shipping=self.original_shipping,
            coupon=self.coupon,
            resolutions=tuple(self.resolutions),
            approval=self.approval.rule(),
            overridable=tuple(self.overridable),
            limits=tuple(
                rules.RoleLimit(role=row.role, manual=row.manual, goodwill=row.goodwill)
                for row in self.limits
            ),
            store_credit_after_days=self.store_credit_after_days,
            warranty=tuple(
                rules.WarrantyRow(category=row.category, months=row.months) for row in self.warranty
            ),
            verification=self.verification.needed,
            verification_facts=tuple(self.verification.facts),
            contact=self.contact,
            authorization=self.authorization,
            refund_timing=self.refund_timing,
            expires_after_days=self.expires_after_days,
            offline_hours=self.offline_hours,
            carriers=tuple(self.carriers),
            packaging=tuple(self.packaging),
            survey=tuple(self.survey),
            clauses=tuple(
                rules.Clause(clause_id=row.id, text=row.text, tags=tuple(row.tags))
                for row in self.clauses
            ),
        )


class ReasonRow(_Shape):
    """`[[reasons]]`"""

    code: Code
    label: Text
    parent: Code | None = None
    merchant_fault: Flag = False
    note_required: Flag = False
    workflow: Annotated[ReasonWorkflow, _LAX, _one_of(ReasonWorkflow)] = ReasonWorkflow.NONE
    default_resolution: Annotated[Resolution, _LAX, _one_of(Resolution)] = Resolution.REFUND
    return_types: Annotated[
        list[Annotated[ReturnType, _LAX, _one_of(ReturnType)]], Field(min_length=1)
    ] = list(ReturnType)

    def rule(self) -> Reason:
        """What `rma` reads."""
        return Reason(
            code=self.code,
            label=self.label,
            parent=self.parent,
            merchant_fault=self.merchant_fault,
            note_required=self.note_required,
            workflow=self.workflow,
            default_resolution=self.default_resolution,
            return_types=tuple(self.return_types),
        )


class ReasonsShape(_Shape):
    """A whole reasons document."""

    version: Number
    reasons: Annotated[list[ReasonRow], Field(min_length=1)]

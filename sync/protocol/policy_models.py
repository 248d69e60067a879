"""The strict shapes of policy and reasons documents, and what they stand for in `rma`.

People write major units and percents; `rma` has minor units and basis points. `docs/policy.md` explains every key.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rma import policy as rules
from rma.policy import (
    Amounts,
    AuthorizationMode,
    ContactDuty,
    CouponRule,
    FeePayer,
    FinalSale,
    OriginalShipping,
    RefundTiming,
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
from sync.protocol.policy_fields import (
    LAX,
    AmountTable,
    Code,
    Days,
    Flag,
    Hours,
    Label,
    Moment,
    Months,
    Number,
    Overridable,
    Percent,
    Text,
    Zone,
    one_of,
)
from sync.protocol.policy_problems import Expects


class _Shape(BaseModel):
    """Unknown keys and wrong types are refused."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )


class ScopeTable(_Shape):
    """`[scope]`"""

    channels: list[Annotated[Channel, LAX, one_of(Channel)]] = []
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
    starts: Annotated[WindowStart, LAX, one_of(WindowStart)] = WindowStart.DELIVERED


class VerificationTable(_Shape):
    """`[verification]`"""

    needed: Annotated[
        int,
        Field(ge=0, le=len(Fact)),
        Expects(f"a whole number from 0 to {len(Fact)}"),
    ] = 0
    facts: list[Annotated[Fact, LAX, one_of(Fact)]] = list(Fact)


class FeesTable(_Shape):
    """`[fees]`"""

    restocking_percent: Percent = 0
    restocking_conditions: list[Annotated[Condition, LAX, one_of(Condition)]] = []
    return_shipping: AmountTable = Amounts()
    outbound_shipping: AmountTable = Amounts()
    taxed: Flag = True

    def rule(self) -> rules.Fees:
        return rules.Fees(
            restocking=self.restocking_percent,
            restocking_conditions=tuple(self.restocking_conditions),
            return_shipping=self.return_shipping,
            outbound_shipping=self.outbound_shipping,
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
    evidence: list[Annotated[Evidence, LAX, one_of(Evidence)]]


class PayerRow(_Shape):
    """`[[shipping_payer]]`"""

    reason: Code
    payer: Annotated[FeePayer, LAX, one_of(FeePayer)]


class LimitRow(_Shape):
    """`[[limits]]`"""

    role: Annotated[Role, LAX, one_of(Role)]
    manual: AmountTable = Amounts()
    goodwill: AmountTable = Amounts()


class WarrantyRow(_Shape):
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
    conditions: list[Annotated[Condition, LAX, one_of(Condition)]]
    proof: list[Annotated[Proof, LAX, one_of(Proof)]] = []
    final_sale: Annotated[FinalSale, LAX, one_of(FinalSale)] = FinalSale.REFUSE
    original_shipping: Annotated[OriginalShipping, LAX, one_of(OriginalShipping)] = (
        OriginalShipping.NEVER
    )
    coupon: Annotated[CouponRule, LAX, one_of(CouponRule)] = CouponRule.KEEP
    resolutions: Annotated[
        list[Annotated[Resolution, LAX, one_of(Resolution)]], Field(min_length=1)
    ]
    overridable: list[Overridable] = []
    store_credit_after_days: Days | None = None
    contact: Annotated[ContactDuty, LAX, one_of(ContactDuty)] = ContactDuty.NONE
    authorization: Annotated[AuthorizationMode, LAX, one_of(AuthorizationMode)] = (
        AuthorizationMode.INTELLIGENT
    )
    refund_timing: Annotated[RefundTiming, LAX, one_of(RefundTiming)] = (
        RefundTiming.AFTER_INSPECTION
    )
    expires_after_days: Days | None = None
    offline_hours: Hours | None = None
    carriers: list[Text] = []
    packaging: list[Text] = []
    survey: list[Text] = []
    shop: Text | None = None
    return_address: list[Text] = []
    scope: ScopeTable = ScopeTable()
    window: WindowTable
    verification: VerificationTable = VerificationTable()
    fees: FeesTable = FeesTable()
    approval: ApprovalTable = ApprovalTable()
    evidence: list[EvidenceRow] = []
    shipping_payer: list[PayerRow] = []
    limits: list[LimitRow] = []
    warranty: list[WarrantyRow] = []
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
            shop=self.shop or "",
            return_address=tuple(self.return_address),
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
    workflow: Annotated[ReasonWorkflow, LAX, one_of(ReasonWorkflow)] = ReasonWorkflow.NONE
    default_resolution: Annotated[Resolution, LAX, one_of(Resolution)] = Resolution.REFUND
    return_types: Annotated[
        list[Annotated[ReturnType, LAX, one_of(ReturnType)]], Field(min_length=1)
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

"""Who may decide about money beyond what the rules give: the author alone, or who approves (domain rule 5.11)."""

from __future__ import annotations

from typing import Any

import pytest

from rma.policy import Policy, RoleLimit, Rule, Scope
from rma.record import RmaRecord, approve, decline
from rma.request import Actor, Role
from rma.states import IllegalTransition, RmaState
from rma.verdict import Verdict
from tests import shop

ADMIN = Actor("Admin One", Role.ADMIN)


def limit(role: Role, euros: int) -> RoleLimit:
    amount = shop.amounts(EUR=euros * 100)
    return RoleLimit(role=role, manual=amount, goodwill=amount)


STEPS = shop.policy(
    limits=(limit(Role.AGENT, 10), limit(Role.SUPERVISOR, 50), limit(Role.ADMIN, 500))
)


def goodwill(euros: int, policy: Policy = STEPS, **fields: Any) -> RmaRecord:
    asking = {"goodwill": euros * 100, "goodwill_reason": "Long wait"}
    return shop.finalized(asking=asking, policy=policy, **fields)


def by(actor: Actor) -> dict[str, Any]:
    return {"actor": actor, "device": shop.DEVICE, "at": shop.NOW}


@pytest.mark.parametrize(
    ("actor", "euros", "state"),
    [
        (shop.AGENT, 10, RmaState.AUTHORIZED),
        (shop.AGENT, 11, RmaState.NEEDS_APPROVAL),
        (shop.SUPERVISOR, 50, RmaState.AUTHORIZED),
        (shop.SUPERVISOR, 51, RmaState.NEEDS_APPROVAL),
        (ADMIN, 500, RmaState.AUTHORIZED),
    ],
)
def test_each_role_gives_goodwill_alone_up_to_its_own_limit(
    actor: Actor, euros: int, state: RmaState
) -> None:
    assert goodwill(euros, actor=actor).state is state


def test_a_supervisor_approves_goodwill_up_to_the_supervisors_limit() -> None:
    assert approve(goodwill(50), **by(shop.SUPERVISOR)).state is RmaState.AUTHORIZED
    with pytest.raises(IllegalTransition, match="beyond your limit"):
        approve(goodwill(51), **by(shop.SUPERVISOR))
    assert approve(goodwill(51), **by(ADMIN)).state is RmaState.AUTHORIZED


def test_a_supervisor_approves_an_amount_set_by_hand_up_to_the_supervisors_limit() -> None:
    def by_hand(cents: int) -> RmaRecord:
        return shop.finalized(shop.wanted(amount=cents, amount_reason="Agreed"), policy=STEPS)

    assert approve(by_hand(5000), **by(shop.SUPERVISOR)).state is RmaState.AUTHORIZED
    with pytest.raises(IllegalTransition, match="beyond your limit"):
        approve(by_hand(5001), **by(shop.SUPERVISOR))
    assert approve(by_hand(5001), **by(ADMIN)).state is RmaState.AUTHORIZED


def test_declining_is_within_every_limit() -> None:
    declined = decline(goodwill(400), **by(shop.SUPERVISOR), reason="Too much")
    assert declined.state is RmaState.REJECTED


def test_the_finding_says_who_may_decide() -> None:
    (found,) = (f for f in goodwill(51).all_findings if f.rule is Rule.GOODWILL)
    assert ("decided by", "admin") in [(o.name, o.value) for o in found.observed]


@pytest.mark.parametrize(
    "limits", [(), (limit(Role.AGENT, 10),), STEPS.limits], ids=["none", "agents", "all too small"]
)
def test_where_nobodys_limit_is_enough_any_supervisor_decides(
    limits: tuple[RoleLimit, ...],
) -> None:
    waiting = goodwill(501, policy=shop.policy(limits=limits))
    assert approve(waiting, **by(shop.SUPERVISOR)).state is RmaState.AUTHORIZED


def test_the_strictest_of_several_policies_says_who_decides() -> None:
    toys = shop.policy(
        "toys",
        scope=Scope(categories=("toys",)),
        limits=(limit(Role.SUPERVISOR, 20), limit(Role.ADMIN, 500)),
    )
    order = shop.order(shop.line("1"), shop.line("2", category="toys"))
    waiting = shop.finalized(
        shop.wanted("1"),
        shop.wanted("2"),
        order=order,
        policies=(STEPS, toys),
        asking={"goodwill": 3000, "goodwill_reason": "Long wait"},
    )
    with pytest.raises(IllegalTransition, match="beyond your limit"):
        approve(waiting, **by(shop.SUPERVISOR))


def test_the_limit_of_a_line_holds_however_the_line_is_split() -> None:
    order = shop.order(shop.line(units=2, gross=20000))
    halves = [shop.wanted(amount=600, amount_reason="Agreed") for _ in range(2)]
    assert shop.judged(halves[0], order=order, policy=STEPS).verdict is Verdict.ELIGIBLE
    assert shop.judged(*halves, order=order, policy=STEPS).verdict is Verdict.NEEDS_APPROVAL


def test_each_order_line_has_a_limit_of_its_own() -> None:
    order = shop.order(shop.line("1"), shop.line("2"))
    lines = [shop.wanted(each, amount=1000, amount_reason="Agreed") for each in ("1", "2")]
    assert shop.judged(*lines, order=order, policy=STEPS).verdict is Verdict.ELIGIBLE


def test_what_an_amount_gives_above_the_entitlement_counts_as_goodwill_of_the_whole_return() -> (
    None
):
    lavish = shop.policy(
        limits=(
            RoleLimit(
                role=Role.AGENT, manual=shop.amounts(EUR=99999), goodwill=shop.amounts(EUR=1000)
            ),
        )
    )
    order = shop.order(shop.line("1", gross=1000), shop.line("2", gross=1000))
    lines = [shop.wanted(each, amount=1600, amount_reason="Agreed") for each in ("1", "2")]
    one = shop.judged(lines[0], order=order, policy=lavish)
    both = shop.judged(*lines, order=order, policy=lavish)
    assert (one.verdict, both.verdict) == (Verdict.ELIGIBLE, Verdict.NEEDS_APPROVAL)

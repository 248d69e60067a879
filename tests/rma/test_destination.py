"""Where the money goes (domain rule 5.10): override, wish, store credit for old orders, original tenders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rma.ledger import Ledger
from rma.order import TenderKind
from rma.quote import Quote
from rma.reasons import Reason
from rma.request import Resolution
from rma.verdict import Verdict
from tests import shop

CARD, GIFT, CASH, CREDIT = (
    TenderKind.CARD,
    TenderKind.GIFT_CARD,
    TenderKind.CASH,
    TenderKind.STORE_CREDIT,
)


def quote(*lines: Any, **fields: Any) -> Quote:
    found = shop.judged(*lines, **fields).quote
    assert found is not None
    assert sum(payout.amount for payout in found.payouts) == found.total
    return found


def ways(q: Quote) -> list[tuple[TenderKind, int]]:
    return [(payout.kind, payout.amount) for payout in q.payouts]


def half_card_half_gift_card(*lines: Any) -> Any:
    return shop.order(
        *(lines or (shop.line("1", gross=3000), shop.line("2", gross=7000))),
        tenders=(shop.card(5000), shop.tender(GIFT, 5000)),
    )


def test_golden_50_card_and_50_gift_card_refund_30_goes_to_the_card() -> None:
    assert ways(quote(order=half_card_half_gift_card())) == [(CARD, 3000)]


def test_tenders_are_filled_in_capture_order() -> None:
    q = quote(shop.wanted("2"), order=half_card_half_gift_card())
    assert ways(q) == [(CARD, 5000), (GIFT, 2000)]


def test_gift_card_money_never_goes_to_a_card_or_to_cash() -> None:
    order = half_card_half_gift_card()
    first = quote(shop.wanted("1"), order=order)
    ledger = Ledger(order).with_hold(first.hold("a"))
    second = quote(shop.wanted("2"), order=order, ledger=ledger)
    assert ways(second) == [(CARD, 2000), (GIFT, 5000)]


def test_what_no_tender_can_take_becomes_one_store_credit() -> None:
    order = half_card_half_gift_card()
    q = quote(
        shop.wanted("1"),
        shop.wanted("2"),
        order=order,
        asking={"goodwill": 800, "goodwill_reason": "Long wait"},
    )
    assert ways(q) == [(CARD, 5000), (GIFT, 5000), (CREDIT, 800)]
    assert q.payouts[-1].tender_id is None


def test_change_given_in_cash_is_not_refundable() -> None:
    order = shop.order(shop.line(gross=8000), tenders=(shop.tender(CASH, 10000, change=2000),))
    q = quote(order=order, asking={"goodwill": 100, "goodwill_reason": "Long wait"})
    assert ways(q) == [(CASH, 8000), (CREDIT, 100)]


def test_what_a_tender_has_given_back_already_counts() -> None:
    order = shop.order(
        shop.line(gross=8000),
        tenders=(shop.card(5000, refunded=4000), shop.tender(TenderKind.PAYPAL, 7000)),
    )
    assert ways(quote(order=order)) == [(CARD, 1000), (TenderKind.PAYPAL, 7000)]


def test_the_wish_for_store_credit_is_granted_where_it_is_offered() -> None:
    assert ways(quote(shop.wanted(resolution=Resolution.STORE_CREDIT))) == [(CREDIT, 11900)]


def test_store_credit_counts_against_the_orders_cap() -> None:
    order = shop.order(shop.line(units=2, gross=20000), tenders=(shop.card(15000),))
    first = quote(shop.wanted(resolution=Resolution.STORE_CREDIT), order=order)
    ledger = Ledger(order).with_hold(first.hold("a"))
    assert ways(quote(order=order, ledger=ledger)) == [(CARD, 5000)]


def test_each_line_goes_its_own_way_and_the_whole_follows_the_refund() -> None:
    order = shop.order(shop.line("1", gross=3000), shop.line("2", gross=7000))
    q = quote(
        shop.wanted("1", resolution=Resolution.STORE_CREDIT),
        shop.wanted("2"),
        order=order,
        asking={"goodwill": 100, "goodwill_reason": "Long wait"},
    )
    assert ways(q) == [(CARD, 7100), (CREDIT, 3000)]


def test_orders_older_than_the_policys_days_become_store_credit() -> None:
    policy = shop.policy(store_credit_after_days=13)
    assert ways(quote(policy=policy)) == [(CARD, 11900)]  # placed 13 days ago: not older
    tomorrow = shop.NOW + timedelta(days=1)
    assert ways(quote(policy=policy, at=tomorrow)) == [(CREDIT, 11900)]


def test_a_supervisors_override_beats_the_wish_and_the_age() -> None:
    policy = shop.policy(store_credit_after_days=0)
    override = {"destination_override": Resolution.REFUND, "destination_reason": "Promised"}
    wish = shop.wanted(resolution=Resolution.STORE_CREDIT)
    assert ways(quote(wish, policy=policy, actor=shop.SUPERVISOR, asking=override)) == [
        (CARD, 11900)
    ]


def test_an_agents_override_asks_a_supervisor() -> None:
    override = {
        "destination_override": Resolution.STORE_CREDIT,
        "destination_reason": "Card expired",
    }
    assert shop.judged(asking=override).verdict is Verdict.NEEDS_APPROVAL
    assert shop.judged(asking=override, actor=shop.SUPERVISOR).verdict is Verdict.ELIGIBLE


def test_without_a_wish_the_reason_says_what_is_proposed() -> None:
    tree = shop.reasons(
        Reason(code="gift", label="A gift", default_resolution=Resolution.STORE_CREDIT)
    )
    wish = shop.wanted(reason="gift")
    assert ways(quote(wish, reasons=tree)) == [(CREDIT, 11900)]
    no_credit = shop.policy(resolutions=(Resolution.REFUND,))
    assessment = shop.judged(wish, reasons=tree, policy=no_credit)
    assert assessment.verdict is Verdict.ELIGIBLE
    assert assessment.lines[0].resolution is Resolution.REFUND


def test_yen_and_dinar_have_no_cents_and_three_digits() -> None:
    for currency in ("JPY", "BHD"):
        order = shop.order(shop.line(units=3, gross=1000), currency=currency)
        assert ways(quote(shop.wanted(quantity=2), order=order)) == [(CARD, 667)]

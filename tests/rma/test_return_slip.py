"""The return slip: what it says in each situation, the same for the same RMA, and unbroken by hostile text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rma.policy import Clause, Fees, Policy, RefundTiming
from rma.return_slip import Slip, return_slip
from rma.slip_text import cells, slip_text
from rma.states import RmaState
from tests import shop

HOSTILE = "<b>\x1b[31mBobby</b> & \u202eevil \ud800 李小龙 김철수 😀 Łukasz" + "x" * 10_000


def norden(**fields: object) -> Policy:
    """A policy that says everything a slip can hold."""
    return shop.policy(
        **{
            "shop": "Norden Home",
            "return_address": ("Norden Returns", "1 Dock Road"),
            "packaging": ("Use a strong box.",),
            "carriers": ("Parcel post", "Courier"),
            "expires_after_days": 30,
            "clauses": (Clause(clause_id="window", text="Within 30 days."),),
            "fees": Fees(restocking=1500, return_shipping=shop.amounts(EUR=495)),
        }
        | fields
    )


def slip_of(**fields: object) -> Slip:
    """The slip of a return that this policy judged."""
    return return_slip(shop.finalized(policy=norden(**fields)), shop.order(), shop.customer())


def rows(slip: Slip, heading: str) -> list[tuple[str, str, str]]:
    """The rows of one part."""
    return [
        (row.label, row.text, row.amount)
        for part in slip.parts
        if part.heading == heading
        for row in part.rows
    ]


def test_it_says_who_what_how_much_where_and_until_when() -> None:
    slip = slip_of()

    assert (slip.shop, slip.spoken, slip.notice) == ("Norden Home", "471 2030 0034", "")
    assert rows(slip, "Your return") == [
        ("RMA number", "471 2030 0034", ""),
        ("Customer", "Maria Müller", ""),
        ("Order", "100001", ""),
        ("Made on", "20 November 2026", ""),
        ("Good until", "20 December 2026", ""),
    ]
    assert rows(slip, "What comes back") == [
        ("", "1 × Kettle (SKU-1)", ""),
        ("", "Reason: No longer wanted · opened · refund", ""),
    ]
    assert rows(slip, "Where to send it") == [("", "Norden Returns", ""), ("", "1 Dock Road", "")]
    assert rows(slip, "How to pack it") == [("", "Use a strong box.", "")]
    assert rows(slip, "What we go by") == [("", "General", ""), ("window", "Within 30 days.", "")]


def test_the_money_is_an_estimate_by_component_with_its_sum() -> None:
    assert rows(slip_of(), "Money") == [
        ("", "Goods", "119.00 EUR"),
        ("", "Restocking fee", "-17.85 EUR"),
        ("", "Return shipping", "-4.95 EUR"),
        ("", "Estimate", "96.20 EUR"),
        ("", "to card •••• 4242", "96.20 EUR"),
        ("", "The amount is an estimate until we have seen the goods.", ""),
    ]


def test_amounts_have_the_digits_of_their_currency() -> None:
    order = shop.order(shop.line(gross=1190, tax=0), currency="JPY")
    record = shop.finalized(order=order)

    assert ("", "Estimate", "1190 JPY") in rows(return_slip(record, order, None), "Money")


@pytest.mark.parametrize(
    ("reason", "fees", "said"),
    [
        ("broken", {}, "We pay for the return shipping."),
        ("no_longer_wanted", {"fees": Fees()}, "You pay for the return shipping."),
        (
            "no_longer_wanted",
            {},
            "You pay for the return shipping: 4.95 EUR is taken off the refund.",
        ),
    ],
)
def test_it_says_who_pays_the_way_back(reason: str, fees: dict[str, object], said: str) -> None:
    record = shop.finalized(shop.wanted(reason=reason), policy=norden(**fees))

    assert ("", said, "") in rows(return_slip(record, None, None), "What comes next")


def test_what_needs_approval_says_wait_and_names_no_place_to_send_to() -> None:
    record = replace(shop.finalized(policy=norden()), state=RmaState.NEEDS_APPROVAL)
    slip = return_slip(record, None, None)

    assert "wait for our approval" in slip.notice
    assert rows(slip, "What comes next") == [("", slip.notice, "")]
    assert rows(slip, "Where to send it") == []
    assert rows(slip, "How to pack it") != []


def test_what_is_over_says_so_and_asks_for_nothing() -> None:
    slip = return_slip(
        replace(shop.finalized(policy=norden()), state=RmaState.CANCELLED), None, None
    )

    assert slip.notice == "This return is cancelled."
    assert [part.heading for part in slip.parts][-2:] == ["Money", "What we go by"]


def test_goods_that_may_be_kept_are_not_sent() -> None:
    slip = slip_of(refund_timing=RefundTiming.KEEP_ITEM)

    assert rows(slip, "What comes next") == [
        ("", "Please keep the goods: nothing has to be sent back.", "")
    ]
    assert rows(slip, "Where to send it") == rows(slip, "How to pack it") == []


def test_an_exchange_names_the_item_that_is_sent_and_what_is_to_be_paid() -> None:
    record = shop.finalized(shop.swapped(), policy=shop.sending(), products=(shop.kettle(15000),))

    assert rows(return_slip(record, None, None), "What we send you") == [
        ("", "1 × New kettle", ""),
        ("", "Please pay 31.00 EUR: we send it after that.", ""),
    ]


def test_notes_of_the_desk_are_not_on_it() -> None:
    record = shop.finalized(shop.wanted(note="sounded angry"), policy=norden())

    assert "angry" not in slip_text(return_slip(record, None, shop.customer()))


@pytest.mark.parametrize("width", [20, 40, 72])
def test_hostile_text_breaks_no_row(width: int) -> None:
    record = shop.finalized(policy=norden(packaging=(HOSTILE,), shop=HOSTILE))
    record = replace(record, lines=tuple(replace(li, name=HOSTILE) for li in record.lines))
    text = slip_text(return_slip(record, None, shop.customer(name=HOSTILE)), width)

    assert "\x1b" not in text and "\u202e" not in text
    assert text.encode()
    assert max(cells(row) for row in text.splitlines()) <= width
    assert len(text) < 20_000


def test_the_same_rma_gives_the_same_text() -> None:
    assert slip_text(slip_of()) == slip_text(slip_of())

"""A draft as typed: what can be read becomes a request, what cannot is reported, all of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.draft import Draft, read_draft
from rma.request import (
    Channel,
    Condition,
    Contact,
    Evidence,
    Fact,
    Proof,
    Resolution,
    ReturnType,
)
from tests import shop


def unreadable(draft: Draft, currency: str = "EUR") -> dict[str, str]:
    """Sentence by field."""
    return {missing.field: missing.sentence for missing in read_draft(draft, currency)[1]}


def test_a_complete_draft_becomes_its_request() -> None:
    line = shop.draft_line(
        quantity=" 2 ",
        resolution="store_credit",
        note=" Box was open ",
        serials="SN-1, SN-2",
        evidence=("photo",),
        override_reason="Loyal",
        waive_fee_reason="Loyal",
        amount="12.50",
        amount_reason="Agreed",
    )
    draft = shop.draft(
        line,
        verified=("name", "postcode"),
        goodwill="5",
        goodwill_reason="Long wait",
        destination_override="refund",
        destination_reason="Promised",
        reference="T-1",
        photo_seen_before=True,
        waive_shipping_fee_reason="Sent twice",
    )
    request, wrong = read_draft(draft, "EUR")
    assert wrong == ()
    assert request == shop.request(
        shop.wanted(
            quantity=2,
            resolution=Resolution.STORE_CREDIT,
            note="Box was open",
            serials=("SN-1", "SN-2"),
            evidence=(Evidence.PHOTO,),
            override_reason="Loyal",
            waive_fee_reason="Loyal",
            amount=1250,
            amount_reason="Agreed",
        ),
        contact=Contact("maria@example.com", "+493012345678"),
        verified=(Fact.NAME, Fact.POSTCODE),
        goodwill=500,
        goodwill_reason="Long wait",
        destination_override=Resolution.REFUND,
        destination_reason="Promised",
        reference="T-1",
        photo_seen_before=True,
        waive_shipping_fee_reason="Sent twice",
    )


def test_an_empty_field_is_not_entered_and_not_wrong() -> None:
    line = shop.draft_line(quantity="", reason="", condition="")
    request, wrong = read_draft(shop.draft(line, return_type="", channel="", proof=""), "EUR")
    assert wrong == ()
    assert (request.return_type, request.channel, request.proof) == (None, None, None)
    assert (request.lines[0].quantity, request.lines[0].condition) == (0, None)
    assert request.lines[0].resolution is None
    assert (request.lines[0].amount, request.goodwill) == (None, 0)


def test_zero_is_entered() -> None:
    request, _ = read_draft(shop.draft(shop.draft_line(amount="0.00")), "EUR")
    assert request.lines[0].amount == 0


def test_every_unreadable_text_is_reported_and_the_rest_is_kept() -> None:
    line = shop.draft_line(
        quantity="two",
        condition="shiny",
        resolution="cake",
        evidence=("photo", "rumour"),
        amount="12,50",
        outbound_units="a few",
        note="Kept",
    )
    draft = shop.draft(
        line,
        return_type="theft",
        channel="pigeon",
        proof="a promise",
        verified=("name", "shoe size"),
        goodwill="much",
        destination_override="mars",
    )
    request, wrong = read_draft(draft, "EUR")
    assert {missing.field for missing in wrong} == {
        "quantity",
        "condition",
        "resolution",
        "evidence",
        "amount",
        "outbound_units",
        "return_type",
        "channel",
        "proof",
        "verified",
        "goodwill",
        "destination_override",
    }
    assert [m.line_id for m in wrong if m.field in ("quantity", "amount")] == ["1", "1"]
    assert request.lines[0].note == "Kept"
    assert request.lines[0].evidence == (Evidence.PHOTO,)
    assert request.verified == (Fact.NAME,)


@pytest.mark.parametrize(
    "text", ["-1", "1.5", "1,5", "+1", "1e3", "½", "２", "٣", "99999999", "0x1", "1 2", "\x1b[1m"]
)
def test_a_quantity_is_a_whole_number_in_plain_digits(text: str) -> None:
    draft = shop.draft(shop.draft_line(quantity=text))
    assert "enter a whole number from 1" in unreadable(draft)["quantity"]
    assert read_draft(draft, "EUR")[0].lines[0].quantity == 0


@pytest.mark.parametrize(
    ("text", "currency", "said"),
    [
        ("12,50", "EUR", "digits and one point"),
        ("12.345", "EUR", "more decimals than EUR knows"),
        ("0.5", "JPY", "more decimals than JPY knows"),
        ("99999999999999", "EUR", "more than any order"),
        ("12 USD", "EUR", "digits and one point"),
    ],
)
def test_an_amount_is_told_how_to_be_typed(text: str, currency: str, said: str) -> None:
    assert said in unreadable(shop.draft(shop.draft_line(amount=text)), currency)["amount"]


@pytest.mark.parametrize(
    "text", ["store_credit", "store credit", "Store-Credit", " STORE  CREDIT "]
)
def test_a_choice_is_read_as_people_write_it(text: str) -> None:
    request, wrong = read_draft(shop.draft(shop.draft_line(resolution=text)), "EUR")
    assert wrong == ()
    assert request.lines[0].resolution is Resolution.STORE_CREDIT


def test_an_unreadable_choice_names_all_choices_in_words() -> None:
    said = unreadable(shop.draft(channel="pigeon"))["channel"]
    assert said == "“pigeon” is none of: phone, email, chat, in person, portal."


@pytest.mark.parametrize("kind", [ReturnType, Channel, Proof])
def test_every_choice_of_a_return_can_be_typed(
    kind: type[ReturnType] | type[Channel] | type[Proof],
) -> None:
    field = {ReturnType: "return_type", Channel: "channel", Proof: "proof"}[kind]
    for member in kind:
        request, wrong = read_draft(shop.draft(**{field: member.value}), "EUR")
        assert (getattr(request, field), wrong) == (member, ())


@pytest.mark.parametrize("condition", list(Condition))
def test_every_condition_can_be_typed(condition: Condition) -> None:
    request, _ = read_draft(shop.draft(shop.draft_line(condition=condition.value)), "EUR")
    assert request.lines[0].condition is condition


@given(
    st.text(max_size=30),
    st.text(max_size=30),
    st.text(max_size=30),
    st.sampled_from(["EUR", "JPY"]),
)
def test_no_text_makes_it_stumble(quantity: str, amount: str, choice: str, currency: str) -> None:
    line = shop.draft_line(quantity=quantity, amount=amount, condition=choice, serials=choice)
    _, wrong = read_draft(shop.draft(line, goodwill=amount, channel=choice), currency)
    assert all(missing.sentence.endswith(".") for missing in wrong)

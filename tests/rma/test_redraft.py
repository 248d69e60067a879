"""A return that was made before opens with everything that was typed."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from rma.draft import Draft, DraftLine, Editing, read_draft
from rma.redraft import draft_of
from rma.request import (
    Condition,
    Contact,
    Evidence,
    Fact,
    LineRequest,
    Proof,
    Resolution,
    ReturnRequest,
)
from tests import shop

FULL = shop.request(
    shop.wanted(
        quantity=2,
        condition=Condition.DAMAGED,
        resolution=Resolution.STORE_CREDIT,
        note="The lid is broken.",
        evidence=(Evidence.PHOTO, Evidence.DESCRIPTION),
        override_reason="promised",
        waive_fee_reason="our fault",
        amount=1250,
        amount_reason="half",
    ),
    shop.wanted("2", serials=("SN-1", "SN-2")),
    shop.wanted("3", resolution=Resolution.EXCHANGE, outbound_sku="NEW", outbound_units=3),
    contact=Contact(email="maria@example.com", phone="+493012345678"),
    proof=Proof.RECEIPT,
    verified=(Fact.NAME, Fact.POSTCODE),
    photo_seen_before=True,
    waive_shipping_fee_reason="our fault",
    goodwill=500,
    goodwill_reason="waited long",
    destination_override=Resolution.STORE_CREDIT,
    destination_reason="card is gone",
    reference="CRM-17",
)


def draft(request: ReturnRequest, currency: str = "EUR", editing: Editing | None = None) -> Draft:
    return draft_of(request, currency, draft_id="D-1", at=shop.NOW, editing=editing)


@pytest.mark.parametrize(
    "request_",
    [
        FULL,
        shop.request(shop.wanted()),
        shop.request(shop.wanted(amount=0, amount_reason="nothing is due")),
        shop.request(shop.wanted(condition=None), proof=None),
        shop.request(shop.wanted(), verification_skipped="known by voice"),
    ],
)
def test_reading_the_draft_gives_the_request_again(request_: ReturnRequest) -> None:
    assert read_draft(draft(request_), "EUR") == (request_, ())


@pytest.mark.parametrize(("currency", "typed"), [("JPY", "1250"), ("BHD", "1.250")])
def test_amounts_are_typed_as_their_currency_writes_them(currency: str, typed: str) -> None:
    made = draft(FULL, currency)
    assert made.lines[0].amount == typed
    assert read_draft(made, currency) == (FULL, ())


def test_every_field_of_the_request_is_filled_in_somewhere() -> None:
    """So that a field that comes new is not lost by an edit."""
    typed = {field.name for field in fields(Draft)} | {"contact", "typed"}
    assert {field.name for field in fields(ReturnRequest)} <= typed
    line = {field.name for field in fields(DraftLine)}
    assert {field.name for field in fields(LineRequest)} <= line


def test_it_names_the_number_that_it_edits() -> None:
    editing = Editing(number=shop.number(), edition=2, operation="op-1")
    made = draft(FULL, editing=editing)
    assert made.edited == shop.number()
    assert replace(made, editing=None).edited == ""

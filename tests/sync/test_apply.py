"""What the server tells becomes rows of the local copy."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rma.order import Customer
from rma.policy import Policy
from rma.reasons import ReasonTree
from storage.reference_rows import SHAPES, ReferenceRow
from sync.apply import rows_of, rows_of_page
from sync.errors import UnreadableAnswer
from sync.protocol.documents import read_document, to_tree, write_document
from sync.protocol.envelopes import Change, PolicyDocument, ReasonsDocument
from sync.protocol.policies import default_policy, default_reasons, parse_policy, parse_reasons
from tests import shop

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
POLICY = default_policy("general")
REASONS = default_reasons()

THINGS: dict[str, tuple[Any, Any]] = {
    "customer": (shop.customer(), shop.customer()),
    "order": (shop.order(), shop.order()),
    "product": (shop.product(), shop.product()),
    "rma": (shop.finalized(), shop.finalized()),
    "policy": (
        PolicyDocument(
            code="general",
            version=1,
            toml=POLICY,
            sha256=hashlib.sha256(POLICY.encode()).hexdigest(),
            published_at=AT,
        ),
        parse_policy(POLICY),
    ),
    "reasons": (
        ReasonsDocument(version=1, toml=REASONS, published_at=AT),
        parse_reasons(REASONS),
    ),
}
"""For each kind the document that travels and what a desk keeps of it."""


def change(kind: str, document: Any, key: str = "K") -> Change:
    return Change(kind=kind, key=key, row_version=7, document=to_tree(document))


def whole(row: ReferenceRow, shape: type[Any]) -> Any:
    """What a reader finds in the copy once this row is in it."""
    return row.value if row.document is None else read_document(shape, row.document)


@pytest.mark.parametrize("kind", THINGS)
def test_a_change_and_a_line_of_the_download_give_the_same_row(kind: str) -> None:
    document, kept = THINGS[kind]
    told = change(kind, document)
    assert rows_of([told]) == [ReferenceRow(kind, "K", 7, kept)]
    (row,) = rows_of_page(kind, write_document(told) + b"\n")
    assert (row.kind, row.key, row.row_version) == (kind, "K", 7)
    assert SHAPES[kind].values(row.value) == SHAPES[kind].values(kept)
    assert whole(row, type(kept)) == kept


def test_one_document_of_each_page_is_read_as_strictly_as_all_are_later() -> None:
    odd = to_tree(shop.order())
    odd["lines"][0]["units"] = "two"
    line = replace(change("order", shop.order()), document=odd)
    with pytest.raises(UnreadableAnswer):
        rows_of_page("order", write_document(line))


def test_policies_and_reasons_arrive_as_what_the_rules_judge_by() -> None:
    policy, reasons = rows_of([change(kind, THINGS[kind][0]) for kind in ("policy", "reasons")])
    assert isinstance(policy.value, Policy)
    assert isinstance(reasons.value, ReasonTree)


def test_a_tombstone_has_no_value() -> None:
    gone = Change(kind="order", key="O-1", row_version=8, deleted=True)
    assert rows_of([gone]) == [ReferenceRow("order", "O-1", 8, None)]


def test_a_kind_of_a_later_release_is_skipped() -> None:
    claim = Change(kind="claim", key="X", row_version=1, document={"any": "thing"})
    known = change("customer", shop.customer())
    assert [row.kind for row in rows_of([claim, known])] == ["customer"]
    assert rows_of_page("claim", write_document(claim)) == ()


def test_line_separators_inside_a_text_do_not_split_a_row() -> None:
    customer = shop.customer(name="Line\u2028Separator\x85Next\x0b")
    (row,) = rows_of_page("customer", write_document(change("customer", customer)) + b"\n")
    assert whole(row, Customer) == customer


@pytest.mark.parametrize(
    "broken",
    [
        Change(kind="customer", key="C-1", row_version=1),
        Change(kind="customer", key="C-1", row_version=1, document={"customer_id": 5}),
        replace(change("order", shop.order()), kind="customer"),
        replace(
            change("policy", THINGS["policy"][0]),
            document=to_tree(replace(THINGS["policy"][0], toml="code = ")),
        ),
    ],
)
def test_a_document_that_is_not_what_its_kind_says_is_unreadable(broken: Change) -> None:
    with pytest.raises(UnreadableAnswer):
        rows_of([broken])
    with pytest.raises(UnreadableAnswer):
        rows_of_page(broken.kind, write_document(broken))


@pytest.mark.parametrize("page", [b"{", b"[]", b"null", b"\xff", b'{"kind":"customer"}'])
def test_a_page_that_is_cut_or_no_page_is_unreadable(page: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        rows_of_page("customer", page)


def test_a_page_of_another_kind_is_unreadable() -> None:
    line = replace(change("customer", shop.customer()), kind="order")
    with pytest.raises(UnreadableAnswer):
        rows_of_page("customer", write_document(line))

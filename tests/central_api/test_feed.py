"""The change feed and the bootstrap: pages, cursors, tombstones, and cursors that are too old."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from central_api import bootstrap, feed
from central_api.catalog import upsert_customers
from central_api.database import reading, writing
from central_api.documents import KINDS, log_changes
from central_api.erasing import erase_for_ever
from central_api.tables import PRODUCT
from rma.erasing import Erasure
from rma.operations import Outcome
from rma.order import Customer, Order, Product
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from sync.protocol.documents import read_document, read_tree
from sync.protocol.envelopes import Change, ChangePage, PolicyDocument, ReasonsDocument
from tests import shop
from tests.central_api.branch import POLICY, Branch, number_of


def head(branch: Branch) -> str:
    """The cursor of now."""
    with reading(branch.engine) as connection:
        return feed.head(connection)


def page(branch: Branch, cursor: str, limit: int = feed.PAGE) -> ChangePage:
    """A page, as a desk reads it."""
    with reading(branch.engine) as connection:
        return read_document(ChangePage, feed.page(connection, cursor, limit).body())


def follow(branch: Branch, cursor: str, limit: int) -> list[Change]:
    """All pages after a cursor."""
    changes: list[Change] = []
    more = True
    while more:
        got = page(branch, cursor, limit)
        changes += got.changes
        cursor, more = got.cursor, got.more
    return changes


def test_an_rma_reaches_the_feed_with_its_row_version(branch: Branch) -> None:
    desk = branch.desk()
    start = head(branch)
    operation = desk.returning()
    desk.push(operation)

    (change,) = page(branch, start).changes

    assert (change.kind, change.key, change.row_version) == ("rma", number_of(operation), 1)
    known = branch.rma(number_of(operation))
    assert known is not None
    assert read_tree(RmaRecord, change.document) == known.record


def test_an_answer_that_books_nothing_changes_nothing(branch: Branch) -> None:
    desk, other = branch.desk(), branch.desk("Ben")
    start = head(branch)

    assert desk.push_one(desk.returning(number=other.number())).outcome is Outcome.NUMBER_CONFLICT
    assert page(branch, start).changes == ()


def test_of_what_changed_often_a_page_has_only_the_newest(branch: Branch) -> None:
    desk = branch.desk()
    start = head(branch)
    made = desk.returning()
    desk.push(made)
    desk.push(desk.cancel(number_of(made)))

    got = page(branch, start)

    assert [(change.key, change.row_version) for change in got.changes] == [(number_of(made), 2)]
    assert page(branch, got.cursor).changes == ()


def test_pages_together_skip_nothing(branch: Branch) -> None:
    start = head(branch)
    branch.upsert(*(shop.order(order_id=f"N-{i}", number=f"{i}") for i in range(25)))

    changes = follow(branch, start, limit=4)

    assert [change.key for change in changes] == [f"N-{i}" for i in range(25)]


def test_the_end_of_the_feed_keeps_the_cursor(branch: Branch) -> None:
    cursor = head(branch)

    got = page(branch, cursor)

    assert (got.changes, got.cursor, got.more) == ((), cursor, False)


def test_what_is_gone_is_told_as_a_tombstone(branch: Branch) -> None:
    start = head(branch)
    with writing(branch.engine) as connection:
        connection.execute(delete(PRODUCT))
        log_changes(connection, "product", [("SKU-1", 2)], branch.now)

    (change,) = page(branch, start).changes

    assert change == Change(kind="product", key="SKU-1", row_version=2, deleted=True)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "..",
        "other.0.1",
        "{epoch}.0",
        "{epoch}.999999999999.999999999999",
        "{epoch}.0.-1",
        "{epoch}.0.²",
        "{epoch}.0." + "9" * 9999,
    ],
)
def test_a_cursor_that_is_not_of_this_feed_is_too_old(branch: Branch, cursor: str) -> None:
    epoch = head(branch).partition(".")[0]

    with pytest.raises(feed.CursorTooOld):
        page(branch, cursor.replace("{epoch}", epoch))


def test_a_cursor_before_what_is_kept_is_too_old_and_a_newer_one_goes_on(branch: Branch) -> None:
    old = page(branch, f"{head(branch).partition('.')[0]}.0.0", limit=1).cursor
    now = head(branch)
    with writing(branch.engine) as connection:
        feed.trim(connection, branch.now + timedelta(days=3650))
    branch.upsert(shop.order(order_id="N-1"))

    with pytest.raises(feed.CursorTooOld):
        page(branch, old)
    assert [change.key for change in page(branch, now).changes] == ["N-1"]


def test_another_database_has_another_feed(branch: Branch, tmp_path: Path) -> None:
    with writing(branch.engine) as connection:
        connection.execute(text("UPDATE feed SET epoch = 'restored'"))

    with pytest.raises(feed.CursorTooOld):
        page(branch, "before.0.1")


class TestBootstrap:
    """The first download of a desk."""

    def rows(self, branch: Branch, kind: str, limit: int) -> list[Change]:
        """All rows of one kind, page by page."""
        rows: list[Change] = []
        while True:
            after = rows[-1].key if rows else ""
            with reading(branch.engine) as connection:
                lines = bootstrap.page(connection, kind, after, limit).splitlines()
            if not lines:
                return rows
            rows += [read_document(Change, line) for line in lines]

    def test_the_plan_counts_every_kind_in_the_order_to_fetch(self, branch: Branch) -> None:
        desk = branch.desk()
        desk.push(desk.returning(), desk.refusing())
        erase_for_ever(branch.engine, "C-1", by="ops", reason="", now=branch.now)

        with reading(branch.engine) as connection:
            plan = bootstrap.plan(connection)

        assert list(plan.counts) == [
            "erasure",
            "reasons",
            "policy",
            "product",
            "customer",
            "order",
            "rma",
            "refusal",
        ]
        assert set(plan.counts.values()) == {1}
        assert plan.cursor == head(branch)

    def test_pages_give_every_row_once(self, branch: Branch) -> None:
        customers = [shop.customer(customer_id=f"C-{i}", name=f"N {i}") for i in range(23)]
        with writing(branch.engine) as connection:
            upsert_customers(connection, customers)

        rows = self.rows(branch, "customer", limit=5)

        assert {read_tree(Customer, row.document) for row in rows} == set(customers)
        assert max(Counter(row.key for row in rows).values()) == 1

    def test_every_kind_reads_as_its_document(self, branch: Branch) -> None:
        desk = branch.desk()
        desk.push(desk.returning(), desk.refusing())
        erase_for_ever(branch.engine, "C-1", by="ops", reason="", now=branch.now)
        shapes = {
            "erasure": Erasure,
            "reasons": ReasonsDocument,
            "policy": PolicyDocument,
            "product": Product,
            "customer": Customer,
            "order": Order,
            "rma": RmaRecord,
            "refusal": RefusedReturn,
        }
        assert list(shapes) == list(KINDS)
        for kind, shape in shapes.items():
            (row,) = self.rows(branch, kind, limit=10)
            assert isinstance(read_tree(shape, row.document), shape)

    def test_a_policy_travels_as_it_was_written(self, branch: Branch) -> None:
        (row,) = self.rows(branch, "policy", limit=10)

        document = read_tree(PolicyDocument, row.document)

        assert row.key == "general/1"
        assert document.toml == POLICY

    def test_an_import_during_the_download_is_in_the_changes_after_it(self, branch: Branch) -> None:
        with reading(branch.engine) as connection:
            cursor = bootstrap.plan(connection).cursor
        branch.upsert(shop.order(order_id="A-0"))

        assert [change.key for change in page(branch, cursor).changes] == ["A-0"]


def test_keys_with_quotes_and_accents_stay_json(branch: Branch) -> None:
    key = 'ä"\\\n\x1b'
    line = feed.change("product", key, 3, None)

    assert json.loads(line)["key"] == key


def test_a_page_ends_before_it_gets_too_large_and_the_next_goes_on_there(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = head(branch)
    customers = [shop.customer(customer_id=f"C-{index:03d}") for index in range(500)]
    with writing(branch.engine) as connection:
        upsert_customers(connection, customers)
    whole = page(branch, start)
    with reading(branch.engine) as connection:
        size = len(feed.page(connection, start).body())
    monkeypatch.setattr(feed, "PAGE_BYTES", size // 4)

    first = page(branch, start)
    assert first.more
    assert 100 < len(first.changes) < 140
    with reading(branch.engine) as connection:
        assert len(feed.page(connection, start).body()) <= size // 4 + 200
    assert follow(branch, start, feed.PAGE) == list(whole.changes)


def test_a_change_that_is_larger_than_a_page_travels_alone(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = head(branch)
    with writing(branch.engine) as connection:
        upsert_customers(
            connection, [shop.customer(customer_id=f"N-{index}") for index in range(3)]
        )
    monkeypatch.setattr(feed, "PAGE_BYTES", 10)
    assert [len(page(branch, start).changes), len(follow(branch, start, feed.PAGE))] == [1, 3]


def test_a_tombstone_has_the_newest_version_also_where_the_page_ends_before_it(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = head(branch)
    with writing(branch.engine) as connection:
        log_changes(connection, "product", [("GONE", 2)], branch.now)
        upsert_customers(
            connection, [shop.customer(customer_id=f"N-{index}") for index in range(3)]
        )
        log_changes(connection, "product", [("GONE", 3)], branch.now)
    monkeypatch.setattr(feed, "PAGE_BYTES", 10)
    (first,) = page(branch, start).changes
    assert (first.key, first.row_version, first.deleted) == ("GONE", 3, True)


def test_a_renewed_feed_begins_another_history(branch: Branch) -> None:
    start = head(branch)
    with writing(branch.engine) as connection:
        before = feed.epoch(connection)
        feed.renew(connection, shop.NOW)
        assert feed.epoch(connection) != before
    with pytest.raises(feed.CursorTooOld):
        page(branch, start)
    assert page(branch, head(branch)).changes == ()

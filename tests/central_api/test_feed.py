"""The change feed and the bootstrap: pages, cursors, tombstones, and cursors that are too old."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import Engine, delete, func, select, text

from central_api import app, bootstrap, feed
from central_api.catalog import upsert_customers
from central_api.database import lock_table, open_database, reading, write, writing
from central_api.documents import KINDS, log_changes
from central_api.erasing import erase_for_ever
from central_api.tables import CHANGE_LOG, FEED, PRODUCT
from rma.erasing import Erasure
from rma.operations import Outcome
from rma.order import Customer, Order, Product
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from sync.protocol.documents import read_document, read_tree
from sync.protocol.envelopes import Change, ChangePage, PolicyDocument, ReasonsDocument
from tests import shop
from tests.central_api.branch import POLICY, Branch, number_of
from tests.central_api.conftest import Served


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
        told = feed.old(connection, branch.now + timedelta(days=3650))
        assert told
        feed.trim(connection, told)
    branch.upsert(shop.order(order_id="N-1"))

    with pytest.raises(feed.CursorTooOld):
        page(branch, old)
    assert [change.key for change in page(branch, now).changes] == ["N-1"]


class TestTrimmed:
    """What desks were told long ago is forgotten, from the beginning on."""

    def told(self, branch: Branch, *days_ago: int) -> list[str]:
        """A feed of so many changes `P-0`, `P-1` and so on; the cursor after each."""
        with writing(branch.engine) as connection:
            feed.renew(connection, branch.now)
        return [self.tell(branch, f"P-{i}", days) for i, days in enumerate(days_ago)]

    def tell(self, branch: Branch, key: str, days_ago: int) -> str:
        with writing(branch.engine) as connection:
            log_changes(connection, "product", [(key, 1)], branch.now - timedelta(days=days_ago))
        return head(branch)

    def old(self, branch: Branch) -> feed.Old | None:
        with reading(branch.engine) as connection:
            return feed.old(connection, branch.now - timedelta(days=30))

    def trim(self, branch: Branch, old: feed.Old) -> bool:
        with writing(branch.engine) as connection:
            return feed.trim(connection, old)

    def keys(self, branch: Branch, cursor: str) -> list[str]:
        return [change.key for change in page(branch, cursor).changes]

    def test_part_by_part_and_nobody_skips_what_is_gone(
        self, branch: Branch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        after = self.told(branch, 33, 1, 33, 1, 32, 1)  # somebody's clock was wrong for a while
        monkeypatch.setattr(feed, "TRIMMED_AT_ONCE", 2)
        old = self.old(branch)
        assert old

        assert self.trim(branch, old)
        assert self.keys(branch, after[1]) == ["P-2", "P-3", "P-4", "P-5"]
        with pytest.raises(feed.CursorTooOld):
            page(branch, after[0])
        assert not self.trim(branch, old)
        for cursor in after[:3]:
            with pytest.raises(feed.CursorTooOld):
                page(branch, cursor)
        for _ in range(2):
            assert self.keys(branch, after[3]) == ["P-4", "P-5"]
            assert self.old(branch) is None
            assert not self.trim(branch, old)

    def test_except_the_newest_of_the_old_so_that_who_has_it_goes_on(self, branch: Branch) -> None:
        start = self.told(branch, 40, 35, 33)[0]
        at_the_end = page(branch, start).cursor

        old = self.old(branch)
        assert old
        self.trim(branch, old)

        assert kept(branch) == 1
        assert self.keys(branch, at_the_end) == []
        self.tell(branch, "P-3", 1)
        assert self.old(branch) is None
        assert self.keys(branch, at_the_end) == ["P-3"]

    def test_and_looked_for_while_others_write(self, branch: Branch) -> None:
        self.told(branch, 33, 1)
        with writing(branch.engine) as busy:
            lock_table(busy, FEED)
            log_changes(busy, "product", [("P-2", 1)], branch.now)
            assert self.old(branch) is None

    def test_not_from_the_history_that_came_after_it(self, branch: Branch) -> None:
        self.told(branch, 33, 32, 31)
        old = self.old(branch)
        assert old

        start = self.told(branch, 1, 1)[0]

        assert not self.trim(branch, old)
        assert self.keys(branch, start) == ["P-1"]
        assert kept(branch) == 2

    def test_never_less_than_another_server_did(self, branch: Branch) -> None:
        after = self.told(branch, 33, 32)
        less = self.old(branch)
        self.tell(branch, "P-2", 31)
        more = self.old(branch)
        assert less
        assert more

        assert [self.trim(branch, more), self.trim(branch, less)] == [False, False]

        with pytest.raises(feed.CursorTooOld):
            page(branch, after[0])

    def test_by_many_servers_at_once(self, branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
        after = self.told(branch, *([31] * 12), 29)
        monkeypatch.setattr(feed, "TRIMMED_AT_ONCE", 2)
        engines = [open_database(branch.url) for _ in range(3)]
        old = self.old(branch)
        assert old

        def trim_all(engine: Engine) -> None:
            while write(engine, lambda connection: feed.trim(connection, old)):
                pass

        with ThreadPoolExecutor(len(engines)) as servers:
            list(servers.map(trim_all, engines))

        for engine in engines:
            engine.dispose()
        assert self.keys(branch, after[10]) == ["P-11", "P-12"]
        with pytest.raises(feed.CursorTooOld):
            page(branch, after[9])

    def test_by_a_server_that_runs_for_days(
        self, branch: Branch, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
    ) -> None:
        before = self.told(branch, 3, 2, 1)[0]
        monkeypatch.setattr(app, "TRIM_SECONDS", 0.01)
        served: Served = request.getfixturevalue("served")
        desk = branch.desk()
        asked = {"cursor": before}
        with served.client(desk) as client:
            assert [c["key"] for c in client.get("/v1/changes", params=asked).json()["changes"]]
            branch.now += timedelta(days=30)
            until = monotonic() + 30
            while kept(branch) > 1:
                assert monotonic() < until
        with served.client(desk) as client:
            assert client.get("/v1/changes", params=asked).status_code == 410


def kept(branch: Branch) -> int:
    """How many changes the feed has."""
    with reading(branch.engine) as connection:
        return connection.execute(select(func.count()).select_from(CHANGE_LOG)).scalar_one()


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

    def test_a_page_of_long_documents_ends_early_and_nothing_is_left_out(
        self, branch: Branch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        customers = [shop.customer(customer_id=f"C-{i}", name=f"N {i}") for i in range(23)]
        with writing(branch.engine) as connection:
            upsert_customers(connection, customers)
        monkeypatch.setattr(bootstrap, "PAGE_BYTES", 600)
        monkeypatch.setattr(bootstrap, "_AT_ONCE", 4)

        rows = self.rows(branch, "customer", limit=1_000)
        with reading(branch.engine) as connection:
            first = bootstrap.page(connection, "customer", "", 1_000)

        assert {read_tree(Customer, row.document) for row in rows} == set(customers)
        assert max(Counter(row.key for row in rows).values()) == 1
        assert 600 <= len(first) < 600 + len(first.splitlines()[-1]) + 1

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

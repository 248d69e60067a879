"""Taking over customers, products and orders: only what changed, and never against existing returns."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from central_api.catalog import Counts, upsert_customers, upsert_products
from central_api.database import writing
from central_api.documents import digest_of
from central_api.tables import ORDERS
from rma.operations import Outcome
from sync.protocol.documents import write_document
from tests import shop
from tests.central_api.branch import Branch, kettles, number_of
from tests.central_api.test_feed import head, page


def test_new_changed_and_unchanged_rows_are_counted(branch: Branch) -> None:
    with writing(branch.engine) as connection:
        again = upsert_customers(connection, [shop.customer(), shop.customer(customer_id="C-2")])
        moved = upsert_customers(connection, [shop.customer(city="Bremen")])
        products = upsert_products(connection, [shop.product(), shop.product("SKU-2")])

    assert again == Counts(inserted=1, unchanged=1)
    assert moved == Counts(updated=1)
    assert products == Counts(inserted=1, unchanged=1)


def test_an_unchanged_order_writes_nothing_and_tells_no_desk(branch: Branch) -> None:
    start = head(branch)

    assert branch.upsert(shop.order()) == Counts(unchanged=1)
    assert page(branch, start).changes == ()


def test_an_order_that_was_stored_with_everything_usual_in_it_counts_as_unchanged(
    branch: Branch,
) -> None:
    start = head(branch)
    in_full = write_document(shop.order()).decode()
    with writing(branch.engine) as connection:
        stored = {"document": in_full, "digest": digest_of(in_full)}
        connection.execute(update(ORDERS).where(ORDERS.c.order_id == "O-1").values(stored))

    assert branch.upsert(shop.order()) == Counts(unchanged=1)
    assert page(branch, start).changes == ()


def test_a_changed_order_is_told_with_a_higher_row_version(branch: Branch) -> None:
    start = head(branch)

    assert branch.upsert(shop.order(country="AT")) == Counts(updated=1)
    (change,) = page(branch, start).changes
    assert (change.key, change.row_version) == ("O-1", 2)


def test_units_that_came_back_before_are_consumed_from_the_start(central_database: str) -> None:
    branch = Branch.open(central_database, kettles(3, returned_before=2))

    assert branch.consumed() == 2
    assert branch.faults() == ()


class TestChangeUnderAReturn:
    """One of three kettles is on a return."""

    order = kettles(3)

    @pytest.fixture
    def branch(self, central_database: str) -> Branch:
        """Three kettles, one on a return."""
        branch = Branch.open(central_database, self.order)
        self.number = self.return_one(branch)
        return branch

    def return_one(self, branch: Branch) -> str:
        """Put one kettle on a return."""
        desk = branch.desk("Ben")
        operation = desk.returning(order=self.order)
        assert desk.push_one(operation).outcome is not Outcome.REJECTED
        return number_of(operation)

    def test_a_new_line_price_leaves_the_snapshot_of_the_return(self, branch: Branch) -> None:
        dearer = shop.order(shop.line(units=3, gross=60000))

        assert branch.upsert(dearer) == Counts(updated=1)
        known = branch.rma(self.number)
        assert known is not None
        assert known.record.quote is not None
        assert known.record.quote.total == 10000
        assert branch.consumed() == 1
        assert branch.faults() == ()

    def test_fewer_delivered_units_than_are_on_returns_are_refused(self, branch: Branch) -> None:
        none_arrived = shop.order(shop.line(units=3, delivered=0, gross=30000))
        other = shop.order(order_id="O-2", number="2")

        counts = branch.upsert(none_arrived, other)

        assert (counts.inserted, counts.updated) == (1, 0)
        assert [(r.order_id, "delivered 0" in r.reason) for r in counts.refused] == [("O-1", True)]
        assert branch.consumed() == 1
        assert branch.faults() == ()

    def test_a_line_that_a_return_holds_cannot_go(self, branch: Branch) -> None:
        (refused,) = branch.upsert(shop.order(shop.line("9"))).refused

        assert "line 1 is gone" in refused.reason

    def test_a_unit_that_a_return_holds_cannot_go(self, branch: Branch) -> None:
        self.return_one(branch)

        (refused,) = branch.upsert(kettles(1)).refused

        assert refused.order_id == "O-1"

    def test_another_currency_is_refused(self, branch: Branch) -> None:
        (refused,) = branch.upsert(replace(self.order, currency="USD")).refused

        assert "currency" in refused.reason

    def test_once_it_is_cancelled_everything_may_change(self, branch: Branch) -> None:
        desk = branch.desk("Ada")
        desk.push(desk.cancel(self.number))

        assert branch.upsert(shop.order(shop.line("9"))) == Counts(updated=1)
        assert branch.faults() == ()

"""What only a server of many writers can do wrong: skipped changes, crossed locks, two processes that disagree."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.exc import OperationalError

from central_api import feed, loading
from central_api.database import CONNECTIONS, open_database, reading, write, writing
from central_api.documents import log_changes
from central_api.matching import _match_some
from central_api.policies import publish_defaults, published_policies
from central_api.tables import CUSTOMER, EXPECTED_INBOUND
from rma.operations import Outcome
from rma.states import RmaState
from sync.protocol.documents import read_document
from sync.protocol.envelopes import ChangePage
from tests import shop
from tests.central_api.branch import Branch, number_of, policy_text
from tests.central_api.test_typed_orders import later, telling
from tests.central_databases import POSTGRESQL


@pytest.fixture
def database_kind() -> str:
    """PostgreSQL alone."""
    return POSTGRESQL


def told(branch: Branch, cursor: str) -> tuple[list[str], str]:
    """The keys of a page, and where it ends."""
    with reading(branch.engine) as connection:
        page = read_document(ChangePage, feed.page(connection, cursor).body())
    return [change.key for change in page.changes], page.cursor


def position(branch: Branch) -> str:
    """Where the newest change stands."""
    with reading(branch.engine) as connection:
        return feed.newest(connection)


def test_a_change_that_commits_late_is_not_skipped(branch: Branch) -> None:
    with reading(branch.engine) as connection:
        cursor = feed.head(connection)
    before = position(branch)
    with writing(branch.engine) as slow:
        log_changes(slow, "order", [("slow", 1)], branch.now)
        with writing(branch.engine) as quick:
            log_changes(quick, "order", [("quick", 1)], branch.now)

        early, cursor = told(branch, cursor)
        assert position(branch) == before
    late, cursor = told(branch, cursor)

    assert early == []
    assert late == ["slow", "quick"]
    assert told(branch, cursor) == ([], cursor)
    assert position(branch) != before


def test_nothing_is_forgotten_that_stands_after_a_change_that_is_yet_to_come(
    branch: Branch,
) -> None:
    with writing(branch.engine) as slow:
        log_changes(slow, "order", [("slow", 1)], branch.now)
        for key in ("of a clock that is", "far behind"):
            with writing(branch.engine) as quick:
                log_changes(quick, "order", [(key, 1)], branch.now - timedelta(days=31))
        with reading(branch.engine) as connection:
            cursor = feed.head(connection)
            old = feed.old(connection, branch.now - timedelta(days=30))
    assert old
    with writing(branch.engine) as connection:
        feed.trim(connection, old)

    assert told(branch, cursor)[0] == ["slow", "of a clock that is", "far behind"]


def test_writers_that_tell_nothing_wake_nobody(branch: Branch) -> None:
    before = position(branch)
    branch.desk()  # a person, a device, a block of numbers

    assert position(branch) == before


def test_a_feed_that_came_in_a_dump_of_another_cluster_is_renewed(branch: Branch) -> None:
    with reading(branch.engine) as connection:
        cursor = feed.head(connection)
    with writing(branch.engine) as connection:
        feed.renew_if_foreign(connection, shop.NOW)
    assert told(branch, cursor) == ([], cursor)

    with writing(branch.engine) as connection:
        connection.execute(text("UPDATE change_log SET xid = '999999999'"))
    with writing(branch.engine) as connection:
        feed.renew_if_foreign(connection, shop.NOW)

    with pytest.raises(feed.CursorTooOld):
        told(branch, cursor)
    with reading(branch.engine) as connection:
        cursor = feed.head(connection)
    branch.upsert(shop.order(order_id="O-2"))
    assert told(branch, cursor)[0] == ["O-2"]


def test_transactions_that_wait_in_a_circle_are_done_again(branch: Branch) -> None:
    both = Barrier(2)
    tries = []

    def take(first: str, second: str) -> None:
        def work(connection: Connection) -> None:
            tries.append(first)
            lock(connection, first)
            if len(tries) <= 2:
                both.wait()
            lock(connection, second)

        write(branch.engine, work)

    def lock(connection: Connection, sku: str) -> None:
        row = EXPECTED_INBOUND.update().where(EXPECTED_INBOUND.c.sku == sku)
        connection.execute(row.values(units=EXPECTED_INBOUND.c.units + 1))

    with writing(branch.engine) as connection:
        connection.execute(
            EXPECTED_INBOUND.insert(), [{"sku": "A", "units": 0}, {"sku": "B", "units": 0}]
        )
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(take, ("A", "B"), ("B", "A")))

    assert len(tries) == 3
    assert (branch.inbound("A"), branch.inbound("B")) == (2, 2)


def test_a_transaction_that_fails_otherwise_is_not_done_again(branch: Branch) -> None:
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("SET LOCAL statement_timeout = '10ms'"))
        connection.execute(text("SELECT pg_sleep(10)"))

    with pytest.raises(OperationalError):
        write(branch.engine, work)
    assert len(tries) == 1


def test_another_process_judges_by_a_policy_as_soon_as_it_is_published(branch: Branch) -> None:
    other = Branch(open_database(branch.url), policies=list(branch.policies))
    desk = other.desk()
    assert desk.push_one(desk.returning(order=shop.order())).outcome is Outcome.ACCEPTED
    branch.upsert(shop.order(order_id="O-2"))
    branch.publish(policy_text(2, authorization='"manual"'))

    made = desk.returning(order=shop.order(order_id="O-2"), policies=branch.policies)

    assert desk.push_one(made).outcome is Outcome.ACCEPTED
    known = branch.rma(number_of(made))
    assert known is not None
    assert known.record.state is RmaState.NEEDS_APPROVAL
    other.engine.dispose()


def test_returns_of_one_customer_that_come_at_once_count_each_other(
    central_database: str,
) -> None:
    counting = policy_text(more="[approval]\nmany_returns = { count = 1, days = 30 }")
    orders = [shop.order(order_id=name, number=name) for name in ("O-1", "O-2")]
    branch = Branch.open(central_database, *orders, policy=counting)
    told = [(branch.desk(), order) for order in orders]
    pushes = [(desk, desk.returning(order=order)) for desk, order in told]
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with ThreadPoolExecutor(2) as pool:
        with writing(branch.engine) as connection:
            connection.execute(select(CUSTOMER).with_for_update()).all()
            both = [pool.submit(desk.push_one, operation) for desk, operation in pushes]
            while connection.execute(waiting).scalar_one() < len(both):
                connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        outcomes = {future.result().outcome for future in both}

    assert outcomes == {Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_CHANGE}


def test_a_cancel_that_crosses_the_match_frees_what_the_match_took(branch: Branch) -> None:
    desk, order = branch.desk(), later()
    desk.push_one(waiting := telling(desk))
    branch.upsert(order)
    number, known = number_of(waiting), {order.order_id}
    blocked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    cancelling = desk.cancel(number, stream=waiting.stream)
    with ThreadPoolExecutor(1) as pool:
        with writing(branch.engine) as connection:
            assert _match_some(connection, [number], known, branch.now) == 1
            cancelled = pool.submit(desk.push_one, cancelling)
            while connection.execute(blocked).scalar_one() < 1:
                connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        assert cancelled.result().outcome is Outcome.ACCEPTED

    found = branch.rma(number)
    assert found is not None
    assert (found.record.order_id, found.record.state) == (order.order_id, RmaState.CANCELLED)
    assert found.row_version == 3
    assert branch.consumed(order.order_id) == 0
    assert branch.faults() == ()


def test_servers_that_start_at_once_publish_the_defaults_once(central_database: str) -> None:
    engine = open_database(central_database)

    def start(_: int) -> bool:
        with writing(engine) as connection:
            return publish_defaults(connection, shop.NOW)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        published = list(pool.map(start, range(CONNECTIONS)))

    assert sorted(published) == [False] * (CONNECTIONS - 1) + [True]
    with reading(engine) as connection:
        assert len(published_policies(connection)) > 3
    engine.dispose()


def test_reading_sees_one_moment_and_cannot_write(branch: Branch) -> None:
    with reading(branch.engine) as connection:
        before = connection.execute(text("SELECT count(*) FROM orders")).scalar_one()
        branch.upsert(shop.order(order_id="O-9"))
        assert connection.execute(text("SELECT count(*) FROM orders")).scalar_one() == before
        with pytest.raises(Exception, match="read-only"):
            connection.execute(text("DELETE FROM rma"))


def test_one_process_takes_few_connections(branch: Branch) -> None:
    watching = create_engine(branch.engine.url)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: branch.rma(shop.number()), range(200)))

    with watching.connect() as connection:
        used = connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND application_name = 'csr-central'"
            )
        ).scalar_one()
    watching.dispose()
    assert 1 <= used <= CONNECTIONS


@pytest.mark.parametrize("statement", [loading._RECORDS, loading._PAST])
def test_a_plan_that_is_made_while_a_table_is_small_is_good_when_it_is_large(
    branch: Branch, statement: str
) -> None:
    with writing(branch.engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO rma (number, row_version, digest, document, order_id, customer_id, state, "
            "holding, author, finalized_at, booked_at, metrics) SELECT number, 1, '', '{}', number, "
            "number, 'authorized', true, '', now(), now(), '{}' "
            "FROM generate_series(1, 500) AS number"
        )
        asked = ([str(number) for number in range(100)],)
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", asked).scalars().all()

    assert not [line for line in plan if "Seq Scan" in line]

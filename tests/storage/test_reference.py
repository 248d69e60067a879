"""ref.db: newest versions win, tombstones stay, a load is swapped in under readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from rma.order import Customer, Order, Product
from rma.record import RmaRecord
from rma.states import RmaState
from storage.reference import FILE, ReferenceStore
from storage.reference_rows import ReferenceRow
from tests import shop
from tests.keys import KEY, decrypted


def customers(*values: Customer, version: int = 1) -> list[ReferenceRow]:
    return [ReferenceRow("customer", value.customer_id, version, value) for value in values]


def orders(*values: Order, version: int = 1) -> list[ReferenceRow]:
    return [ReferenceRow("order", value.order_id, version, value) for value in values]


def rmas(*values: RmaRecord, version: int = 1) -> list[ReferenceRow]:
    return [ReferenceRow("rma", value.number, version, value) for value in values]


def a_policy(code: str, version: int) -> ReferenceRow:
    return ReferenceRow("policy", f"{code}/{version}", 1, shop.policy(code, version))


def some_reasons(version: int) -> ReferenceRow:
    return ReferenceRow("reasons", str(version), 1, shop.reasons(version=version))


def everything() -> list[ReferenceRow]:
    return [
        *customers(shop.customer()),
        *orders(shop.order()),
        ReferenceRow("product", "SKU-1", 1, shop.product()),
        *rmas(shop.finalized()),
        a_policy("general", 1),
        some_reasons(1),
    ]


def assert_holds_everything(reference: ReferenceStore) -> None:
    assert reference.customer("C-1") == shop.customer()
    assert reference.order("O-1") == shop.order()
    known = reference.record(shop.finalized().number)
    assert known is not None
    assert (known.record, known.row_version) == (shop.finalized(), 1)
    assert reference.policies() == (shop.policy(),)
    assert reference.reasons() == shop.reasons()
    assert reference.customers_by_name(["müller"], 10) == [shop.customer()]


def test_a_new_store_is_empty_and_wants_a_bootstrap(reference: ReferenceStore) -> None:
    assert reference.cursor() is None
    assert reference.customer("C-1") is None
    assert reference.order("O-1") is None
    assert reference.record("47120300012") is None
    assert reference.policies() == ()
    assert reference.reasons() is None


def test_rows_and_cursor_are_applied_together_and_last(tmp_path: Path) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    reference.apply(everything(), "c-1")
    assert_holds_everything(reference)
    reference.close()

    reference = ReferenceStore.open(tmp_path, KEY)
    assert_holds_everything(reference)
    assert reference.cursor() == "c-1"
    reference.close()


def test_applying_again_changes_nothing(reference: ReferenceStore) -> None:
    reference.apply(everything(), "c-1")
    reference.apply(everything(), "c-1")
    assert_holds_everything(reference)
    assert index_rows(reference, "muller") == 1


def test_an_older_version_never_overwrites_a_newer_one(reference: ReferenceStore) -> None:
    newer = shop.customer(name="Maria Schmidt")
    reference.apply(customers(newer, version=5), "c-1")
    reference.apply(customers(shop.customer(), version=4), "c-2")
    reference.apply(customers(shop.customer(), version=5), "c-3")
    assert reference.customer("C-1") == newer
    assert reference.customers_by_name(["muller"], 10) == []
    assert reference.cursor() == "c-3"


def test_the_newest_of_one_page_wins_in_any_order(reference: ReferenceStore) -> None:
    newer = shop.customer(name="Maria Schmidt")
    page = customers(newer, version=5) + customers(shop.customer(), version=4)
    reference.apply(page, "c-1")
    assert reference.customer("C-1") == newer


def test_a_changed_customer_is_found_by_the_new_values_only(reference: ReferenceStore) -> None:
    reference.apply(customers(shop.customer()), "c-1")
    changed = shop.customer(
        name="Zoë Łukasz", email="zoe@example.com", phone="+48221234567", postcode="00-001"
    )
    reference.apply(customers(changed, version=2), "c-2")

    assert reference.customers_by_name(["lukasz", "zoe"], 10) == [changed]
    assert reference.customers_by_email("zoe", 10) == [changed]
    assert reference.customers_by_phone_ending("4567", 10) == [changed]
    assert reference.customers_by_postcode("00001", 10) == [changed]
    assert reference.customers_by_name(["maria"], 10) == []
    assert reference.customers_by_email("maria", 10) == []
    assert reference.customers_by_phone_ending("5678", 10) == []
    assert reference.customers_by_postcode("101", 10) == []


def test_a_change_that_keeps_the_name_writes_nothing_into_the_index_of_names(
    tmp_path: Path,
) -> None:
    def index() -> list[tuple[int, bytes]]:
        with closing(decrypted(tmp_path / FILE, KEY)) as connection:
            return connection.execute("SELECT id, block FROM customer_name_data").fetchall()

    reference = ReferenceStore.open(tmp_path, KEY)
    reference.apply(customers(shop.customer()), "c-1")
    before = index()
    reference.apply(customers(shop.customer(city="Potsdam"), version=2), "c-2")
    assert index() == before
    (found,) = reference.customers_by_name(["müller"], 10)
    assert found.city == "Potsdam"
    reference.apply(customers(shop.customer(name="Maria Meyer"), version=3), "c-3")
    assert index() != before
    reference.close()


def test_a_tombstone_removes_and_keeps_older_versions_out(reference: ReferenceStore) -> None:
    reference.apply(everything(), "c-1")
    gone = [
        ReferenceRow("customer", "C-1", 2, None),
        ReferenceRow("order", "O-1", 2, None),
        ReferenceRow("rma", shop.finalized().number, 2, None),
        ReferenceRow("policy", "general/1", 2, None),
        ReferenceRow("customer", "never-known", 2, None),
    ]
    reference.apply(gone, "c-2")
    reference.apply(everything(), "c-3")

    assert reference.customer("C-1") is None
    assert reference.customers_by_name(["maria"], 10) == []
    assert reference.order("O-1") is None
    assert reference.record(shop.finalized().number) is None
    assert reference.policies() == ()
    reference.apply(customers(shop.customer(), version=3), "c-4")
    assert reference.customer("C-1") == shop.customer()


def test_a_failing_page_changes_neither_rows_nor_cursor(reference: ReferenceStore) -> None:
    reference.apply([], "c-1")
    with pytest.raises(KeyError):
        reference.apply([*everything(), ReferenceRow("unheard-of", "1", 1, None)], "c-2")
    assert reference.cursor() == "c-1"
    assert reference.customer("C-1") is None


def test_orders_of_a_customer_stand_newest_first(reference: ReferenceStore) -> None:
    placed = [
        shop.order(order_id=f"O-{i}", number=f"{i}", placed_at=shop.PLACED + timedelta(days=i))
        for i in (2, 3, 1)
    ]
    other = shop.order(order_id="O-9", number="9", customer_id="C-2")
    reference.apply(orders(*placed, other), "c-1")
    found = [order.order_id for order in reference.orders_of("C-1", 10)]
    assert found == ["O-3", "O-2", "O-1"]
    assert [order.order_id for order in reference.orders_of("C-1", 2)] == ["O-3", "O-2"]


def test_rmas_stand_oldest_first_by_order_customer_and_state(reference: ReferenceStore) -> None:
    made = [
        shop.finalized(rma_number=shop.number(i), at=shop.NOW + timedelta(hours=i))
        for i in (2, 0, 1)
    ]
    waiting = replace(
        shop.finalized(rma_number=shop.number(7)), state=RmaState.NEEDS_APPROVAL, order_id="O-2"
    )
    reference.apply(rmas(*made, waiting), "c-1")

    def numbers(known: list) -> list[str]:  # type: ignore[type-arg]
        return [entry.record.number for entry in known]

    oldest_first = [shop.number(i) for i in (0, 1, 2)]
    assert numbers(reference.records_of_order("O-1")) == oldest_first
    assert set(numbers(reference.records_of_customer("C-1"))) == {*oldest_first, shop.number(7)}
    assert set(numbers(reference.records_around("O-2", "C-1"))) == {*oldest_first, shop.number(7)}
    assert numbers(reference.records_around("O-1", "C-9")) == oldest_first
    assert numbers(reference.records_in_state(RmaState.AUTHORIZED, 2)) == oldest_first[:2]
    assert numbers(reference.records_in_state(RmaState.NEEDS_APPROVAL, 10)) == [shop.number(7)]


def test_policies_and_reasons_follow_the_next_apply(reference: ReferenceStore) -> None:
    reference.apply([a_policy("general", 1), some_reasons(9)], "c-1")
    assert [policy.ref.version for policy in reference.policies()] == [1]
    assert reference.policies() is reference.policies()
    reference.apply([a_policy("general", 2), some_reasons(10), some_reasons(8)], "c-2")
    assert [policy.ref.version for policy in reference.policies()] == [1, 2]
    newest = reference.reasons()
    assert newest is not None
    assert newest.version == 10


def test_forgetting_the_cursor_keeps_what_is_known(reference: ReferenceStore) -> None:
    reference.apply(everything(), "c-1")
    reference.forget()
    assert reference.cursor() is None
    assert_holds_everything(reference)


def test_text_with_control_characters_is_kept_and_searched_harmlessly(
    reference: ReferenceStore,
) -> None:
    evil = shop.customer(name="Eve\x1b[31m \x00 O'Hara\" OR 1", email="a\x00b@x.de")
    reference.apply(customers(evil), "c-1")
    assert reference.customer("C-1") == evil
    assert reference.customers_by_name(["ohara"], 10) == [evil]
    assert reference.customers_by_email("a\x00b", 10) == [evil]


# ---- loading ----------------------------------------------------------------------------------------------------


def test_a_load_replaces_everything_at_its_end_only(
    reference: ReferenceStore, tmp_path: Path
) -> None:
    old = shop.customer(customer_id="C-old", name="Old One")
    reference.apply([*customers(old), a_policy("old", 1)], "c-1")
    assert [policy.code for policy in reference.policies()] == ["old"]

    load = reference.begin_load("c-9")
    load.add(everything())
    load.add(everything())
    assert reference.customer("C-old") == old
    assert reference.cursor() == "c-1"
    load.finish()

    assert reference.customer("C-old") is None
    assert_holds_everything(reference)
    assert reference.cursor() == "c-9"
    assert not (tmp_path / "ref.db.new").exists()


def test_a_loaded_store_goes_on_with_changes_and_after_a_restart(tmp_path: Path) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    load = reference.begin_load("c-1")
    load.add(everything())
    load.finish()
    reference.apply(customers(shop.customer(name="Maria Schmidt"), version=2), "c-2")
    reference.close()

    reference = ReferenceStore.open(tmp_path, KEY)
    assert reference.cursor() == "c-2"
    assert len(reference.customers_by_name(["schmidt"], 10)) == 1
    assert reference.customers_by_name(["muller"], 10) == []
    reference.close()


def test_a_load_that_was_broken_off_leaves_the_old_data_and_a_new_one_starts_over(
    tmp_path: Path,
) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    reference.apply(everything(), "c-1")
    reference.begin_load("c-2").add(customers(shop.customer(customer_id="C-2")))
    reference.close()

    reference = ReferenceStore.open(tmp_path, KEY)
    assert_holds_everything(reference)
    load = reference.begin_load("c-3")
    load.finish()
    assert reference.customer("C-2") is None
    assert reference.cursor() == "c-3"
    reference.close()


@pytest.fixture
def readers(reference: ReferenceStore) -> Iterator[list[BaseException]]:
    """Threads that read without a pause, and what went wrong in them."""
    reference.apply(everything(), "c-1")
    stop = Event()
    wrong: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                assert_holds_everything(reference)
        except BaseException as error:
            wrong.append(error)

    threads = [Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    yield wrong
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_threads_read_on_while_loads_are_swapped_in(
    reference: ReferenceStore, readers: list[BaseException]
) -> None:
    for index in range(5):
        load = reference.begin_load(f"c-{index}")
        load.add(everything())
        load.add(customers(*(shop.customer(customer_id=f"X-{i}", name="X") for i in range(200))))
        load.finish()
        assert reference.cursor() == f"c-{index}"
    assert readers == []


def test_threads_read_on_while_pages_are_applied(
    reference: ReferenceStore, readers: list[BaseException]
) -> None:
    for index in range(20):
        page = [shop.customer(customer_id=f"X-{i}", name=f"X {index}") for i in range(20)]
        reference.apply(customers(*page, version=index + 2), f"c-{index}")
    assert readers == []


# ---- disposable -------------------------------------------------------------------------------------------------


def test_a_file_of_another_version_is_made_anew(tmp_path: Path) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    reference.apply(everything(), "c-1")
    reference.close()
    with decrypted(tmp_path / "ref.db") as database:
        database.execute("PRAGMA user_version = 999")

    reference = ReferenceStore.open(tmp_path, KEY)
    assert reference.cursor() is None
    assert reference.customer("C-1") is None
    reference.close()


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ref.db").write_bytes(content)
    reference = ReferenceStore.open(tmp_path, KEY)
    assert reference.cursor() is None
    reference.apply(everything(), "c-1")
    assert_holds_everything(reference)
    reference.close()


def index_rows(reference: ReferenceStore, word: str) -> int:
    with reference._engine as engine, engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT rowid FROM customer_name WHERE customer_name MATCH ?", (f'"{word}"',)
        )
        return len(rows.fetchall())


def products(reference: ReferenceStore, *values: Product) -> None:
    reference.apply([ReferenceRow("product", v.sku, 1, v) for v in values], "1")


def test_a_product_is_found_by_its_sku_whatever_its_case(reference: ReferenceStore) -> None:
    products(reference, shop.kettle(100), shop.product("new"))

    for typed, sku in (("NEW", "NEW"), ("new", "new"), ("New", "NEW"), ("none", None)):
        found = reference.product(typed)
        assert (found.sku if found else None) == sku


def test_products_with_a_price_are_found_by_the_start_of_sku_or_name(
    reference: ReferenceStore,
) -> None:
    kettle, mug = shop.kettle(100, sku="EL-1"), replace(shop.kettle(5, sku="HM-2"), name="Mug, red")
    products(reference, kettle, mug, shop.product("EL-9"))

    def found(text: str, limit: int = 9) -> list[str]:
        return [product.sku for product in reference.products(text, limit)]

    assert found("el") == ["EL-1"]
    assert found("new ket") == ["EL-1"]
    assert found("mu") == ["HM-2"]
    assert found("ug") == []
    assert found("") == ["EL-1", "HM-2"]
    assert found("", 1) == ["EL-1"]

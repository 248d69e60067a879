"""Documents that were read are kept, but never more of them than was said."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from rma.order import Customer, Order
from storage.documents import DocumentCache, read, write
from storage.reference import ReferenceStore
from storage.reference_rows import ReferenceRow
from tests import shop
from tests.keys import KEY


def test_the_same_text_is_read_once_until_others_take_its_place() -> None:
    text = write(shop.customer())
    cache = DocumentCache(Customer, 3 * len(text))
    first = cache.read("C-1", text)
    assert cache.read("C-1", text) is first
    for number in range(2, 5):
        cache.read(f"C-{number}", text)
    assert cache.read("C-1", text) is not first


def test_a_document_without_its_defaults_is_shorter_and_reads_the_same() -> None:
    order = shop.order(shop.line("1"), shop.line("2"))
    brief = write(order, defaults=False)
    assert len(brief) < 0.7 * len(write(order))
    assert read(Order, brief, order.order_id) == order


def test_a_document_larger_than_the_cache_is_read_and_not_kept() -> None:
    text = write(shop.customer())
    cache = DocumentCache(Customer, len(text) - 1)
    assert cache.read("C-1", text) == cache.read("C-1", text)
    assert cache.read("C-1", text) is not cache.read("C-1", text)


def test_a_long_shift_keeps_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    orders = [
        shop.order(
            shop.line(), order_id=f"O-{number}", number=str(number), customer_id=f"C-{number}"
        )
        for number in range(3000)
    ]
    reference.apply([ReferenceRow("order", o.order_id, 1, o) for o in orders], "c-1")
    reference.orders_of("C-0", 10)
    tracemalloc.start()
    try:
        for order in orders:
            reference.orders_of(order.customer_id, 10)
        held, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        reference.close()
    assert held < 3 << 20

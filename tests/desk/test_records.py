"""What the desk knows of returns, from its own store and from the copy of the server's."""

from __future__ import annotations

from dataclasses import replace

from desk.records import Records, ledger_of
from rma.operations import KnownRecord, LocalRecord
from tests import shop
from tests.desk.memory import MemoryReference, MemoryWork


def test_what_only_the_server_knows_to_be_of_an_order_holds_its_units_however_it_is_asked() -> None:
    matched = shop.finalized()
    typed = replace(matched, order_id="typed:100001")
    reference = MemoryReference(record_list=[KnownRecord(record=matched, row_version=5)])
    work = MemoryWork(
        local={typed.number: LocalRecord(record=typed, row_version=None, pending=True)}
    )
    records, order = Records(reference, work), shop.order()
    alone = ledger_of(order, records.of_order(order.order_id))
    around, _past = records.around(order.order_id, matched.customer_id)
    assert alone.holds
    assert ledger_of(order, around) == alone

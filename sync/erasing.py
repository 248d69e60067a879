"""What a desk keeps of the rows that the server tells, and of its own, once a customer was erased.

work.db goes first: where a crash falls between the two stores, the same rows come again. A desk that knows of an erasure
keeps to it, also where a server that was restored from a backup has forgotten it.
"""

from __future__ import annotations

from collections.abc import Sequence

from rma.erasing import customers_of, without_person
from rma.record import RmaRecord
from storage.erasing import Rewrite
from storage.reference_rows import ReferenceRow, Value
from storage.searched import Searched, SearchedCustomer, SearchedOrder, SearchedRma
from sync.apply import whole
from sync.stores import Work


def take_erasures(
    work: Work, rows: Sequence[ReferenceRow], rewrite: Rewrite
) -> Sequence[ReferenceRow]:
    """Erase in work.db what the rows say; gives back the rows as they may be kept.

    Raises:
        UnreadableAnswer: if the document of somebody who was erased cannot be read.
    """
    told = [row.key for row in rows if row.kind == "erasure"]
    erased = work.erased_customers().union(told)
    if not erased:
        return rows
    theirs = {}
    rows = [row if _named(row.value).isdisjoint(erased) else whole(row) for row in rows]
    for row in rows:
        if isinstance(row.value, RmaRecord) and (whose := customers_of(row.value) & erased):
            theirs[row.key] = min(whose)
    if told or theirs:
        work.erase_personal(told, theirs, rewrite)
    return [row._replace(value=without_person(row.value, erased)) for row in rows]


def _named(value: Value | Searched | None) -> frozenset[str]:
    """Whose a row is, of which perhaps not everything was read."""
    if isinstance(value, SearchedRma):
        return frozenset((value.customer_id, value.request.customer_id))
    if isinstance(value, SearchedCustomer | SearchedOrder):
        return frozenset((value.customer_id,))
    return customers_of(value)

"""What a desk keeps of the rows that the server tells, and of its own, once a customer was erased.

work.db goes first: where a crash falls between the two stores, the same rows come again. A desk that knows of an erasure
keeps to it, also where a server that was restored from a backup has forgotten it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rma.erasing import customers_of, without_person
from rma.record import RmaRecord
from storage.erasing import Rewrite
from storage.reference_rows import ReferenceRow
from sync.stores import Work


def take_erasures(
    work: Work, rows: Sequence[ReferenceRow], rewrite: Rewrite
) -> Sequence[ReferenceRow]:
    """Erase in work.db what the rows say; gives back the rows as they may be kept."""
    told = [row.key for row in rows if row.kind == "erasure"]
    erased = work.erased_customers().union(told)
    if not erased:
        return rows
    theirs = {}
    for row in rows:
        if isinstance(row.value, RmaRecord) and (whose := customers_of(row.value) & erased):
            theirs[row.key] = min(whose)
    if told or theirs:
        work.erase_personal(told, theirs, rewrite)
    return [replace(row, value=without_person(row.value, erased)) for row in rows]

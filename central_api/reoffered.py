"""After a restore: what is about a return that another desk has still to offer again waits for it.

The database forgot what was told since its backup. A decision or an edit that comes by before the return itself would
get a final refusal, though nobody did anything wrong. So it is put off, as long as desks may be away; a desk that is gone
for good holds nobody up for longer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from central_api.books import Books
from rma.operations import Command, FinalizeReturn, RefuseReturn

AWAITED_FOR = timedelta(days=3)
"""Desks offer again with their first contact: a weekend, and some."""


def is_awaited(books: Books, command: Command, now: datetime) -> bool:
    """Whether this is about a return that is not known, and may have been before the restore.

    Also where its number is of the sender's own: a copy of a desk has the same numbers, and offers again on its own.
    """
    if isinstance(command, FinalizeReturn | RefuseReturn) or books.record(command.number):
        return False
    return books.restored_at is not None and now - books.restored_at <= AWAITED_FOR

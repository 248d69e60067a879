"""A desk's work.db for tests: enrolled, with a leased block, sealing with the real envelopes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from rma.operations import (
    CallMetrics,
    CancelReturn,
    FinalizeReturn,
    Identity,
    MadeReturn,
    Operation,
    RefuseReturn,
    SealedOperation,
    Told,
)
from rma.record import RmaRecord, cancel
from rma.request import Role
from storage.work import WorkStore
from sync.protocol.envelopes import erased_body
from sync.protocol.envelopes import seal as seal_envelope
from tests import shop
from tests.keys import KEY

BLOCK = 471203
IDENTITY = Identity(
    device=shop.DEVICE, person="Agent One", role=Role.AGENT, server="http://127.0.0.1:1"
)
METRICS = CallMetrics(started_at=shop.NOW, first_key_at=shop.NOW, keys=15, refused_tries=1)


class HandClock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = shop.NOW

    def __call__(self) -> datetime:
        return self.at


def seal(operation: Operation, identity: Identity) -> SealedOperation:
    return seal_envelope(operation, actor=identity.person, device=identity.device)


def rewrite(body: bytes) -> tuple[bytes, str]:
    """Frozen bytes without the person."""
    return erased_body(body), "signed anew"


def open_work(
    folder: Path, *, block: int | None = BLOCK, clock: Callable[[], datetime] | None = None
) -> WorkStore:
    """An enrolled desk; with a block of numbers unless told otherwise."""
    work = WorkStore.open(folder, KEY, seal=seal, clock=clock or HandClock())
    if work.identity() is None:
        work.set_identity(IDENTITY)
    if block is not None:
        work.store_lease(f"lease-{block}", block)
    return work


def build(
    op_id: str, *, depends_on: str | None = None, **fields: Any
) -> Callable[[str], MadeReturn]:
    """What a use case hands to `finalize`: the record and operation under a number it is given."""

    def made(number: str) -> MadeReturn:
        record = shop.finalized(rma_number=number, **fields)
        quote = record.quote
        assert quote is not None
        operation = Operation(
            op_id=op_id,
            stream=record.order_id,
            depends_on=depends_on,
            made_at=record.finalized_at,
            command=FinalizeReturn(
                number=number,
                request=record.request,
                told=Told(
                    state=record.state,
                    total=quote.total,
                    slots=tuple(line.slots for line in quote.lines),
                    policies=quote.policies,
                    expires_at=record.expires_at,
                ),
                finalized_at=record.finalized_at,
                metrics=METRICS,
            ),
        )
        return MadeReturn(record=record, operation=operation)

    return made


def make(work: WorkStore, op_id: str = "op-1", **fields: Any) -> RmaRecord:
    """Finalize one return."""
    return work.finalize([build(op_id, **fields)], [])[0]


def cancelled(work: WorkStore, record: RmaRecord, op_id: str = "op-cancel") -> RmaRecord:
    """Cancel a return on this desk."""
    after = cancel(record, actor=shop.AGENT, device=shop.DEVICE, at=shop.NOW, reason="mistake")
    operation = Operation(
        op_id=op_id,
        stream=record.order_id,
        depends_on=work.last_pending(record.number),
        made_at=shop.NOW,
        command=CancelReturn(number=record.number, reason="mistake", at=shop.NOW),
    )
    work.change(after, operation)
    return after


def refusing(op_id: str = "op-r") -> Operation:
    """A refused return, to be kept for the record."""
    return Operation(
        op_id=op_id,
        stream="O-1",
        depends_on=None,
        made_at=shop.NOW,
        command=RefuseReturn(refused=shop.refused()),
    )

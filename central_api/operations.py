"""`POST /v1/ops`: decide a batch of operations in one transaction, and answer each under its key.

Key, digest and answer are stored with the effect, so that a resend gets the same answer and has no second effect.
Each item is decided in the name of the person that its signature proves; what nobody proved never gets as far.
Where one item breaks the batch, each is decided again in a savepoint of its own, and only the broken one is held; where
even that cannot be stored, it is put off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from central_api import refusals
from central_api.booking import Decision, decide_finalize, decide_held, decide_unjudged
from central_api.books import Books
from central_api.database import write
from central_api.decisions import decide_about
from central_api.erasing import customers_named, kept_line
from central_api.holding import held_row
from central_api.lateness import is_late
from central_api.loading import StoredAnswer, lock_numbers, lock_orders
from central_api.mailing import mail_row
from central_api.matching import decide_typed, orders_typed
from central_api.newer import Newer, newer
from central_api.people import Caller
from central_api.refused import decide_refuse, refused_orders
from central_api.reoffered import is_awaited
from central_api.signatures import Place, Proof, Standing, are_signed, proofs_of
from central_api.superseding import decide_supersede
from rma.erasing import erase
from rma.operations import (
    Command,
    FinalizeReturn,
    MailSlip,
    Outcome,
    RefuseReturn,
    Result,
    SupersedeReturn,
    content_of,
)
from rma.states import RmaState
from sync.protocol.documents import first_fault, write_document
from sync.protocol.envelopes import (
    PROTOCOL_VERSION,
    PROTOCOLS,
    Envelope,
    command_of,
    open_envelope,
)
from sync.protocol.signing import split_line

_LONGEST_KEY = 200
"""Characters of a key: what PostgreSQL has in an index is bounded, and a typed number is part of one."""

_log = structlog.get_logger(__name__)


class NotAnEnvelope(ValueError):
    """A line of a batch is no envelope at all; the message says which."""


@dataclass(frozen=True, slots=True)
class Item:
    """One operation of a batch, as it arrived."""

    line: bytes
    """Its bytes and their signature."""
    sha256: str
    """Of its bytes."""
    envelope: Envelope
    proof: Proof
    command: Command | None
    """None where the payload cannot be read."""
    fault: str = ""
    """What is wrong with the payload."""


def read_batch(lines: Sequence[bytes], place: Place) -> list[Item | Newer]:
    """Read the frozen bytes of a batch, and what their signatures prove; `place` is the device that sends them.

    Raises:
        NotAnEnvelope: if a line is no envelope; nothing of the batch is decided then.
    """
    parts = [split_line(line) for line in lines]
    opened = [_opened(index, body) for index, (body, _) in enumerate(parts, start=1)]
    envelopes = [each for each in opened if isinstance(each, Envelope)]
    signed = [part for part, each in zip(parts, opened, strict=True) if isinstance(each, Envelope)]
    proofs = iter(proofs_of(place, envelopes, are_signed(place, signed)))
    return [
        _item(line, body, each, next(proofs)) if isinstance(each, Envelope) else each
        for line, (body, _), each in zip(lines, parts, opened, strict=True)
    ]


def _opened(index: int, body: bytes) -> Envelope | Newer:
    try:
        envelope = open_envelope(body)
    except ValidationError as error:
        if (found := newer(body)) is not None:
            return found
        raise NotAnEnvelope(f"line {index}: {first_fault(error)}") from None
    return Newer(envelope.op_id) if envelope.protocol > PROTOCOL_VERSION else envelope


def decide_batch(
    engine: Engine, caller: Caller, items: Sequence[Item | Newer], now: datetime
) -> list[bytes]:
    """Decide a batch; the answers (`Result` as JSON) stand in the order of the items.

    Raises:
        OperationalError: when the database is busy or out of space; nothing is decided then.
    """
    ours = [item for item in items if isinstance(item, Item)]
    decided = iter(write(engine, lambda connection: _decide_all(connection, caller, ours, now)))
    waits = Decision(Outcome.NOT_YET, refusals.newer())
    return [
        next(decided) if isinstance(item, Item) else _answer(item.op_id, waits, None)
        for item in items
    ]


def decide_released(connection: Connection, maker: Caller, line: bytes, now: datetime) -> bytes:
    """Decide an operation that a supervisor says is its maker's; the answer is `Result` as JSON."""
    body, _ = split_line(line)
    item = _item(line, body, open_envelope(body), Proof(Standing.RELEASED, maker))
    if item.envelope.erases:  # its maker's bytes are those that the answer is for
        item = replace(item, sha256=item.envelope.erases)
    return _decide_all(connection, maker, [item], now)[0]


def _decide_all(
    connection: Connection, caller: Caller, items: Sequence[Item], now: datetime
) -> list[bytes]:
    try:
        with connection.begin_nested():
            return _decide(connection, caller, items, now, _decision)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        _log.warning("batch_falls_back_to_single_items", error=repr(error), items=len(items))
    commands = [item.command for item in items if item.command is not None]
    # Locked first, all in one order, for what is decided one by one after it.
    known = lock_numbers(connection, {command.number for command in commands})
    contents = [content for content in map(content_of, commands) if content is not None]
    lock_orders(
        connection,
        {content.request.order_id for content in contents}
        | refused_orders(commands)
        | orders_typed(connection, commands)
        | set(known.values()),
    )
    return [_decide_alone(connection, caller, item, now) for item in items]


def _decide_alone(connection: Connection, caller: Caller, item: Item, now: datetime) -> bytes:
    """Decide one item; where that breaks, it is held unjudged, its number booked and its answer stored."""
    for decide in (_decision, _held):
        try:
            with connection.begin_nested():
                return _decide(connection, caller, [item], now, decide)[0]
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            op_id = item.envelope.op_id
            _log.exception("item_broke", op_id=op_id, device=caller.device, held=decide is _held)
    return _answer(item.envelope.op_id, Decision(Outcome.NOT_YET), None)


def _decide(
    connection: Connection,
    caller: Caller,
    items: Sequence[Item],
    now: datetime,
    decide: Callable[[Books, Caller, Item, datetime], Decision],
) -> list[bytes]:
    commands = [item.command for item in items if item.command is not None]
    contents = [content for content in map(content_of, commands) if content is not None]
    envelopes = [item.envelope for item in items]
    books = Books(
        connection,
        caller.device,
        # What is only held needs no order, and the order may be what broke.
        order_ids={c.request.order_id for c in contents if decide is not _held}
        | refused_orders(commands)
        | orders_typed(connection, commands),
        numbers={command.number for command in commands},
        skus={line.outbound_sku for content in contents for line in content.request.lines},
        op_ids={e.op_id for e in envelopes} | {e.depends_on for e in envelopes if e.depends_on},
        now=now,
    )
    answers = [_decide_one(books, item, now, decide) for item in items]
    books.write(connection)
    return answers


def _decide_one(
    books: Books,
    item: Item,
    now: datetime,
    decide: Callable[[Books, Caller, Item, datetime], Decision],
) -> bytes:
    envelope, op_id = item.envelope, item.envelope.op_id
    standing, caller = item.proof.standing, item.proof.caller
    before = books.answer(op_id)
    if standing is Standing.FOREIGN:
        return _answer(op_id, Decision(Outcome.REJECTED, refusals.foreign()), None)
    if before is not None and before.sha256 in (item.sha256, envelope.erases):
        return before.result
    if before is not None:
        detail = "Another change was sent under the same key."
        return _answer(op_id, Decision(Outcome.KEY_REUSED, refusals.malformed(detail)), None)
    if standing is Standing.UNPROVEN:
        books.hold(_held_row(books, item, "unproven", now))
        return _answer(op_id, Decision(Outcome.HELD_FOR_REVIEW, refusals.unproven()), None)
    if standing is Standing.CROWDED:
        return _answer(op_id, Decision(Outcome.NOT_YET), None)
    awaited = books.answer(envelope.depends_on) if envelope.depends_on is not None else None
    if envelope.depends_on is not None and awaited is None:
        return _answer(op_id, Decision(Outcome.NOT_YET), None)
    decision = _unfounded(awaited) or decide(books, caller, item, now)
    if decision.outcome is Outcome.NOT_YET:
        return _answer(op_id, decision, None)
    content = content_of(item.command)
    metrics = content.metrics if content is not None else None
    version: int | None = None
    number = (item.command.number or None) if item.command is not None else None
    if decision.record is not None:
        version = books.put(decision.record, metrics)
    elif number is not None and decision.tell:
        known = books.record(number)
        version = known.row_version if known else None
    told = _with_record(books, number, decision)
    names_somebody = told.record is not None or told.problem is not None
    about = books.record(number) if names_somebody and number is not None else None
    erased = about is not None and books.concerns_erased(about.record)
    answer = _answer(op_id, told, version, erased=erased)
    books.answered(_row(caller, item, decision, number, answer, now), envelope.actor)
    return answer


def _unfounded(awaited: StoredAnswer | None) -> Decision | None:
    """The refusal of what builds on a return that was not booked: its number is another return's."""
    if awaited is None or awaited.outcome is not Outcome.NUMBER_CONFLICT:
        return None
    problem = refusals.illegal_transition("The return that this is about was not booked.")
    return Decision(Outcome.REJECTED, problem)


def _held(books: Books, caller: Caller, item: Item, now: datetime) -> Decision:
    content, edits = content_of(item.command), isinstance(item.command, SupersedeReturn)
    if content is not None and not (edits and books.record(content.number)):
        return decide_unjudged(books, caller, content)
    return Decision(Outcome.HELD_FOR_REVIEW, refusals.unprocessed())


def _decision(books: Books, caller: Caller, item: Item, now: datetime) -> Decision:
    if item.command is None:
        return Decision(Outcome.REJECTED, refusals.malformed(item.fault))
    if item.proof.standing is Standing.REVOKED:
        return _revoked(books, caller, item, now)
    if is_awaited(books, item.command, now):
        return Decision(Outcome.NOT_YET)
    envelope = item.envelope
    forged = item.proof.standing is Standing.STRANGER
    if isinstance(item.command, FinalizeReturn):
        forged |= envelope.stream != item.command.request.order_id
        if item.command.request.waits_for_order:
            return decide_typed(books, caller, item.command, forged=forged, now=now)
        return decide_finalize(books, caller, item.command, forged=forged, now=now)
    if isinstance(item.command, SupersedeReturn):
        forged |= envelope.stream != item.command.content.request.order_id
        return decide_supersede(books, caller, item.command, forged=forged, now=now)
    if isinstance(item.command, RefuseReturn):
        forged |= envelope.stream != item.command.refused.order_id
        return decide_refuse(books, caller, item.command, forged=forged, now=now)
    known = books.record(item.command.number)
    waited = item.proof.standing is Standing.SOUND
    if waited and known and is_late(books, known.record, item.command.at, now):
        books.hold(_held_row(books, item, "late", now))
        return Decision(Outcome.HELD_FOR_REVIEW, refusals.late())
    decided = decide_about(
        books, caller, item.command, stream=envelope.stream, forged=forged, now=now
    )
    if isinstance(item.command, MailSlip) and decided.outcome is Outcome.ACCEPTED:
        books.queue_mail(mail_row(caller, item.command, envelope.op_id, now))
    return decided


def _revoked(books: Books, caller: Caller, item: Item, now: datetime) -> Decision:
    """What somebody made who may no longer work: a return is booked under its number, anything else is kept as it is."""
    problem = refusals.revoked(caller.person, caller.revoked)
    content, edits = content_of(item.command), isinstance(item.command, SupersedeReturn)
    if content is not None and not (edits and books.record(content.number)):
        return decide_held(books, caller, content, problem, now=now)
    books.hold(_held_row(books, item, "revoked", now))
    return Decision(Outcome.HELD_FOR_REVIEW, problem)


def _held_row(books: Books, item: Item, reason: str, now: datetime) -> dict[str, Any]:
    envelope, number = item.envelope, item.command.number if item.command is not None else ""
    known = books.record(number)
    erased = books.is_erased(customers_named(item.command)) or (
        known is not None and books.concerns_erased(known.record)
    )
    return held_row(
        op_id=envelope.op_id,
        sha256=item.sha256,
        device=envelope.device,
        person=item.proof.caller.person,
        actor=envelope.actor,
        kind=envelope.kind.value,
        number=number or None,
        reason=reason,
        line=kept_line(item.line) if erased else item.line,
        now=now,
    )


def _with_record(books: Books, number: str | None, decision: Decision) -> Decision:
    """The record that goes back: ours, where the desk cannot have it already."""
    known = books.record(number) if number is not None and decision.tell else None
    return Decision(decision.outcome, decision.problem, known.record if known else None)


def _answer(op_id: str, decision: Decision, version: int | None, *, erased: bool = False) -> bytes:
    result = Result(
        op_id=op_id,
        outcome=decision.outcome,
        problem=decision.problem,
        record=decision.record,
        row_version=version,
    )
    return write_document(erase(result) if erased else result)


def _row(
    caller: Caller,
    item: Item,
    decision: Decision,
    number: str | None,
    answer: bytes,
    now: datetime,
) -> dict[str, Any]:
    return {
        "op_id": item.envelope.op_id,
        "device": caller.device,
        "sha256": item.sha256,
        "kind": item.envelope.kind.value,
        "number": number,
        "outcome": decision.outcome.value,
        "result": answer.decode(),
        "received_at": now,
    }


def _item(line: bytes, body: bytes, envelope: Envelope, proof: Proof) -> Item:
    command, fault = _command_of(envelope)
    return Item(line, hashlib.sha256(body).hexdigest(), envelope, proof, command, fault)


def _command_of(envelope: Envelope) -> tuple[Command | None, str]:
    """The command, or None and what is wrong with it."""
    if envelope.protocol not in PROTOCOLS:
        return None, f"protocol {envelope.protocol}: the server speaks {PROTOCOL_VERSION}"
    try:
        command = command_of(envelope)
    except ValidationError as error:
        return None, first_fault(error)
    except ValueError as error:  # NaN and infinity are no JSON
        return None, str(error)
    fault = _fault(command)
    return (None if fault else command), fault


def _fault(command: Command) -> str:
    """What no shape can say: keys are text that a database can hold, and the told state one of a return's first two."""
    keys = [("number", command.number)]
    content = content_of(command)
    if content is not None:
        request = content.request
        keys += [("order_id", request.order_id), ("customer_id", request.customer_id)]
        keys += [(f"lines.{i}.line_id", line.line_id) for i, line in enumerate(request.lines)]
    if isinstance(command, RefuseReturn):
        refused = command.refused
        keys += [("order_id", refused.order_id), ("customer_id", refused.customer_id)]
        keys += [("refusal_id", refused.refusal_id)]
    for name, key in keys:
        if "\0" in key:  # PostgreSQL takes no text with it
            return f"{name}: expected no NUL character"
        if (
            len(key) > _LONGEST_KEY and name != "number"
        ):  # a number that is none is a conflict, found later
            return f"{name}: expected at most {_LONGEST_KEY} characters"
    if content is None:
        return ""
    if content.told.state not in (RmaState.AUTHORIZED, RmaState.NEEDS_APPROVAL):
        return f"told state {content.told.state}: expected authorized or needs_approval"
    return ""

"""A customer who was erased is found nowhere: not on the server, not on a desk that was there or away, nor later."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from central_api import chain, erasing, lookups
from central_api.audit import audit
from central_api.backup import renew_history
from central_api.database import open_database, reading
from central_api.orphans import orphans
from desk.errors import CustomerErased
from rma.call import Call
from rma.draft import DraftLine
from rma.erasing import ERASED
from rma.record import RmaRecord
from rma.request import Contact, ReturnRequest, Role
from rma.states import RmaState
from storage.copies import back_up, put_back
from storage.engines import connect
from tests import shop
from tests.keys import KEY
from tests.sync.test_end_to_end import until
from tests.sync.town import Seat, Street, now, request

PERSONAL = re.compile(
    r"maria|m(u|ue|ü|u\u0308)ller|@example\.com|12345678|sister called|CRM-77|(?<![0-9a-z])10115(?![0-9a-z])|• 4242",
    re.IGNORECASE,
)
"""What nobody may find any more, whatever the case; the postcode by itself, not within a time or a fingerprint."""


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    async with asyncio.timeout(60), Street(tmp_path, central_database) as street:
        yield street


def telling() -> ReturnRequest:
    """The kettle comes back, with everything personal that a return can hold."""
    asked = request()
    line = replace(asked.lines[0], note="Her sister called, Maria Müller moved away")
    return replace(
        asked,
        lines=(line,),
        contact=Contact(email="maria@example.com", phone="+4917012345678"),
        reference="CRM-77",
        verification_skipped="Maria Müller is at the counter",
    )


def erase(street: Street, customer_id: str = "C-1") -> erasing.Erased:
    engine = open_database(street.database)
    erased = erasing.erase_for_ever(engine, customer_id, by="ops", reason="", now=now())
    engine.dispose()
    return erased


def server_texts(street: Street) -> Iterator[str]:
    """Every value of every table of the server."""
    engine = open_database(street.database)
    with reading(engine) as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):
                yield from (f"{table}: {_text(value)}" for value in row)
    engine.dispose()


def desk_texts(seat: Seat) -> Iterator[str]:
    """Every value of every table of both files of a desk, those of the search index too."""
    for file in ("work.db", "ref.db"):
        with closing(connect(seat.folder / file, KEY)) as database:
            tables = database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            )
            for (table,) in tables.fetchall():
                for row in database.execute(f'SELECT * FROM "{table}"'):
                    yield from (f"{table}: {_text(value)}" for value in row)


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def found(texts: Iterator[str]) -> list[str]:
    return [text for text in texts if PERSONAL.search(text)]


def server_faults(street: Street) -> list[str]:
    engine = open_database(street.database)
    with reading(engine) as connection:
        faults = [*audit(connection).faults, *orphans(connection)]
        faults += [*chain.faults(connection), *erasing.faults(connection)]
    engine.dispose()
    return faults


async def test_nothing_personal_is_left_on_the_server_nor_on_a_desk_that_was_away(
    street: Street,
) -> None:
    mine, away = await street.seat("Agent One"), await street.seat("Agent Two", Role.SUPERVISOR)
    made = mine.finalize(telling())
    refused(mine)
    mine.work.keep_call(Call(call_id="1", started_at=now(), customer_id="C-1", note="Maria"))
    draft = mine.desk.returns.save(replace(mine.desk.returns.start("O-1"), reference="CRM-77"))
    mine.desk.slips.mail(made.number)
    await mine.sync.run_once()
    await away.sync.run_once()
    assert len(found(server_texts(street))) > 5
    assert len(found(desk_texts(mine))) > 5

    erase(street)
    await mine.sync.run_once()
    await away.sync.run_once()

    assert found(server_texts(street)) == []
    assert server_faults(street) == []
    for seat in (mine, away):
        assert found(desk_texts(seat)) == []
        assert seat.work.verify_audit() is None
    assert mine.work.draft(draft.draft_id) is None


def refused(seat: Seat) -> str:
    draft = seat.desk.returns.start("O-1")
    line = DraftLine(line_id="1", quantity="9", reason="changed_mind", condition="opened")
    draft = seat.desk.returns.save(shop.draft(line, draft_id=draft.draft_id))
    return seat.desk.returns.refuse(draft, "Maria was told: only one was bought.").refusal_id


def server_record(street: Street, number: str) -> RmaRecord:
    engine = open_database(street.database)
    with reading(engine) as connection:
        known = lookups.record(connection, number)
    engine.dispose()
    assert known is not None
    return known.record


async def test_what_was_told_offline_arrives_after_the_erasure_and_loses_its_words_everywhere(
    street: Street,
) -> None:
    away, other = await street.seat("Agent One"), await street.seat("Agent Two")
    made = away.finalize(telling())
    refusal_id = refused(away)
    erase(street)

    await away.sync.run_once()
    await other.sync.run_once()

    booked = server_record(street, made.number)
    assert (booked.state, booked.quote) == (made.state, made.quote)
    assert found(server_texts(street)) == []
    assert server_faults(street) == []
    for seat in (away, other):
        assert found(desk_texts(seat)) == []
        assert seat.work.queue().waiting == seat.work.queue().attention == 0
        assert seat.work.verify_audit() is None
        (refusal,) = seat.desk.customers.open("C-1").refusals
        assert (refusal.refusal_id, refusal.told) == (refusal_id, ERASED)


async def test_a_desk_that_comes_later_downloads_the_erasure_before_anything_else(
    street: Street,
) -> None:
    mine = await street.seat("Agent One")
    made = mine.finalize(telling())
    await mine.sync.run_once()
    erase(street)

    late = await street.seat("Agent Three", Role.SUPERVISOR)

    assert late.work.erased_customers() == {"C-1"}
    assert found(desk_texts(late)) == []
    assert late.desk.rmas.show(made.number).record.number == made.number


async def test_an_erased_customer_is_found_by_number_alone_and_gets_no_return(
    street: Street,
) -> None:
    mine = await street.seat("Agent One")
    made = mine.finalize(telling())
    await mine.sync.run_once()
    draft = mine.desk.returns.start("O-1")
    erase(street)
    await mine.sync.run_once()

    for text in ("Maria", "Müller", "maria@example.com", "12345678", "10115", "CRM-77"):
        assert mine.desk.lookup.search(text).hits == ()
    (hit,) = mine.desk.lookup.search(made.number).hits
    assert "erased" in hit.detail
    (hit,) = mine.desk.lookup.search("C-1").hits
    assert hit.title == "erased"
    assert mine.desk.customers.open("C-1").customer.name == "erased"
    for refusing in (
        lambda: mine.desk.returns.start("O-1"),
        lambda: mine.desk.returns.assess(draft),
        lambda: mine.desk.returns.finalize(draft),
        lambda: mine.desk.returns.edit(made.number),
        lambda: mine.desk.slips.mail(made.number, "maria@example.com"),
        lambda: mine.desk.typed.start("4711", "C-1"),
    ):
        with pytest.raises(CustomerErased, match="was erased at their own request"):
            refusing()


async def test_decisions_about_what_they_returned_go_on_without_words(street: Street) -> None:
    mine, boss = await street.seat("Agent One"), await street.seat("Sue", Role.SUPERVISOR)
    made = mine.finalize(telling())
    await mine.sync.run_once()
    erase(street)
    await boss.sync.run_once()

    boss.desk.rmas.cancel(made.number, "Maria Müller wants to keep it")
    await boss.sync.run_once()
    await mine.sync.run_once()

    assert server_record(street, made.number).state is RmaState.CANCELLED
    assert found(server_texts(street)) == []
    assert found(desk_texts(boss)) == found(desk_texts(mine)) == []
    assert boss.work.verify_audit() is None


async def test_a_copy_of_a_desk_from_before_is_erased_as_soon_as_it_is_put_back(
    street: Street,
) -> None:
    mine = await street.seat("Agent One")
    mine.finalize(telling())
    await mine.sync.run_once()
    copy = back_up(mine.folder, KEY, street.folder, now())
    erase(street)
    await mine.sync.run_once()
    await mine.close()
    street.seats.remove(mine)

    put_back(copy.folder, mine.folder, KEY, now())
    again = Seat.open(mine.folder)
    street.seats.append(again)
    assert found(desk_texts(again)) != []
    await asyncio.to_thread(street.town.stop)  # it needs no server for it
    again.connect(street.town)
    again.run()
    await until(lambda: again.work.erased_customers() == {"C-1"})

    assert found(desk_texts(again)) == []
    assert again.work.verify_audit() is None


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_desks_keep_to_an_erasure_that_a_restored_server_has_forgotten(
    street: Street, database_kind: str
) -> None:
    mine = await street.seat("Agent One")
    before = mine.finalize(telling())
    await mine.sync.run_once()
    backup = street.folder / "backup.db"
    with sqlite3.connect(street.database) as live, sqlite3.connect(backup) as target:
        live.backup(target)
    refused(mine)
    mine.desk.rmas.cancel(before.number, "Maria Müller keeps it")
    await mine.sync.run_once()
    since = mine.finalize(telling())
    await mine.sync.run_once()
    erase(street)
    await mine.sync.run_once()

    await asyncio.to_thread(street.town.stop)
    with sqlite3.connect(backup) as source, sqlite3.connect(street.database) as target:
        source.backup(target)
    engine = open_database(street.database)
    renew_history(engine, now())
    engine.dispose()
    street.town.start()
    await mine.sync.run_once()

    assert server_record(street, before.number).state is RmaState.CANCELLED
    assert server_record(street, since.number).state is RmaState.AUTHORIZED
    assert mine.work.queue().waiting == mine.work.queue().attention == 0
    assert found(desk_texts(mine)) == []
    assert len(found(server_texts(street))) > 0
    erase(street)
    await mine.sync.run_once()
    assert found(server_texts(street)) == []
    assert server_faults(street) == []
    assert found(desk_texts(mine)) == []
    assert mine.work.verify_audit() is None

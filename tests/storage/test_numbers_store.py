"""Leased blocks: asked for in time, kept once, used up from the oldest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rma.errors import NoNumbersLeft
from rma.numbers import parse
from rma.request import Role
from storage import number_blocks
from storage.engines import writing
from storage.errors import WrongBlock
from storage.work import WorkStore
from tests import shop
from tests.storage.desk import BLOCK, IDENTITY, build, cancelled, make, open_work


def test_a_new_desk_wants_a_lease_and_asks_with_the_same_id_until_it_came(tmp_path: Path) -> None:
    work = open_work(tmp_path, block=None)
    wanted = work.lease_wanted()
    assert wanted is not None
    work.close()

    work = open_work(tmp_path, block=None)
    assert work.lease_wanted() == wanted
    work.store_lease(wanted, BLOCK)
    assert work.lease_wanted() is None
    assert work.queue().numbers_left == 1000
    work.close()


def test_the_first_number_of_the_last_block_makes_it_ask_for_another(work: WorkStore) -> None:
    make(work)
    wanted = work.lease_wanted()
    assert wanted is not None
    work.store_lease(wanted, BLOCK + 1)
    assert work.queue().numbers_left == 1999
    assert work.lease_wanted() is None


def test_the_same_lease_twice_gives_no_number_twice(work: WorkStore) -> None:
    make(work)
    work.store_lease(f"lease-{BLOCK}", BLOCK)
    work.store_lease("another-id", BLOCK)
    assert work.queue().numbers_left == 999
    assert make(work, "op-2").number == shop.number(1, BLOCK)


def test_a_number_that_a_copy_of_this_desk_told_is_not_told_again(
    work: WorkStore, tmp_path: Path
) -> None:
    copy = open_work(tmp_path / "copy")
    theirs = make(copy)
    copy.close()
    cancelled(work, theirs)
    assert make(work, "op-2").number == shop.number(1, BLOCK)


def test_a_number_that_was_heard_of_is_not_told_again_and_none_before_it(work: WorkStore) -> None:
    asked = []

    def heard(first: str, below: str) -> str:
        asked.append((first, below))
        return shop.number(6, BLOCK)

    (record,) = work.finalize([build("op-1")], [], heard)
    assert record.number == shop.number(7, BLOCK)
    assert asked == [(str(BLOCK), str(BLOCK + 1))]
    assert make(work, "op-2").number == shop.number(8, BLOCK)


def test_numbers_of_the_oldest_block_go_first_then_the_next(work: WorkStore) -> None:
    work.store_lease("lease-2", BLOCK - 1)
    with writing(work._engine) as connection:
        taken = number_blocks.take(connection, 1001, lambda _first, _below: None)
    assert taken[999] == shop.number(999, BLOCK)
    assert taken[1000] == shop.number(0, BLOCK - 1)
    assert len({parse(number) for number in taken}) == 1001


def test_more_than_there_are_takes_none(work: WorkStore) -> None:
    with pytest.raises(NoNumbersLeft), writing(work._engine) as connection:
        number_blocks.take(connection, 1001, lambda _first, _below: None)
    assert work.queue().numbers_left == 1000


@pytest.mark.parametrize("block", [0, 99_999, 1_000_000, -5])
def test_a_block_outside_the_range_is_refused(work: WorkStore, block: int) -> None:
    with pytest.raises(WrongBlock):
        work.store_lease("lease-x", block)
    assert work.queue().numbers_left == 1000


def test_a_role_that_makes_no_returns_wants_no_numbers(tmp_path: Path) -> None:
    work = open_work(tmp_path, block=None)
    work.set_identity(replace(IDENTITY, role=Role.WAREHOUSE))
    assert work.lease_wanted() is None
    work.close()

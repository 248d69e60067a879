"""Batches are bounded by their rows and by their characters."""

from __future__ import annotations

from central_api.intake.batches import BATCH_CHARACTERS, batches


def test_a_batch_ends_with_its_last_row() -> None:
    assert list(batches("abcde", lambda _: (1, 1), 2)) == [["a", "b"], ["c", "d"], ["e"]]


def test_an_item_may_stand_for_several_rows() -> None:
    assert list(batches([3, 1, 2, 9], lambda rows: (rows, 0), 4)) == [[3, 1], [2, 9]]


def test_a_batch_ends_when_it_is_too_long() -> None:
    half = BATCH_CHARACTERS // 2
    assert list(batches([half, half, 1], lambda length: (1, length), 99)) == [[half, half], [1]]


def test_nothing_gives_no_batch() -> None:
    assert list(batches("", lambda _: (1, 1), 2)) == []

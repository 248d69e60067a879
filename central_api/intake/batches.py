"""Cut a stream of rows into batches that fit in memory, however long single rows are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, TypeVar

T = TypeVar("T")

Size: TypeAlias = tuple[int, int]
"""Rows that an item stands for, and their characters."""

BATCH_CHARACTERS = 4 * 1024 * 1024
"""Characters of rows that are held at once."""


def batches(items: Iterable[T], size: Callable[[T], Size], most_rows: int) -> Iterator[list[T]]:
    """The items in lists, each ended as soon as it has `most_rows` rows or `BATCH_CHARACTERS` characters."""
    batch: list[T] = []
    rows = characters = 0
    for item in items:
        batch.append(item)
        more_rows, more_characters = size(item)
        rows += more_rows
        characters += more_characters
        if rows >= most_rows or characters >= BATCH_CHARACTERS:
            yield batch
            batch, rows, characters = [], 0, 0
    if batch:
        yield batch

"""How far the RMA numbers of this desk were used, kept outside of work.db: a copy that is put back is found out.

Every leased block has its mark from before it is kept; where the place fails, from the next number that is told once it
answers again. A block without one means that the mark was lost with the place where it was kept, or that it was left out
of a backup on purpose: nobody knows then what was told of it. Nothing is free in a block that was used up, so its mark is
dropped after a while: a keyring may be small.

The mark runs ahead of what was used by a stride, as a keyring is slow; a desk that closes takes it back. What lies below
the mark and was not used, because the power failed, is never used.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from threading import Lock, Thread

from rma.numbers import BLOCK_SIZE
from storage.secrets import NUMBERS_HIGH_WATER, Secrets
from storage.secrets.errors import KeyringSilent, SecretsError

STRIDE = 50
"""Numbers that can be told before the mark has to be moved."""

LONG_SECONDS = 0.2
"""A place that took longer to fail is not waited for again, until it has answered."""

PAUSE_SECONDS = 60
"""So often such a place is asked, while nobody waits."""

NEWEST = 8
"""So many blocks that were used up keep their marks: an old database may ask for one of them again. Windows takes 40."""

_log = logging.getLogger(__name__)


class HighWater:
    """The marks of all blocks. `read` comes first.

    A place for secrets that fails costs no number, and goes to the log; one that keeps silent costs one agent its
    patience, once.
    """

    def __init__(self, secrets: Secrets, monotonic: Callable[[], float] | None = None) -> None:
        self._secrets = secrets
        self._monotonic = monotonic or time.monotonic
        self._marks: dict[int, int] = {}
        """What should be kept, in the order in which the blocks were begun."""
        self._kept: dict[int, int] = {}
        """What certainly is; nothing is certain after a write that failed."""
        self._one_writer = Lock()
        self._asked_again_at: float | None = None
        """None while the place answers, or fails at once."""

    def read(self) -> dict[int, int]:
        """By block, the first index that was certainly never told; nothing is known of a block that is not there.

        Raises:
            SecretsError: if they cannot be had.
        """
        kept = self._secrets.get(NUMBERS_HIGH_WATER)
        try:
            tree = json.loads(kept) if kept else {}
            self._kept = {int(block): int(mark) for block, mark in tree.items()}
        except (ValueError, TypeError, AttributeError) as error:
            _log.warning("numbers-high-water is damaged: %s", error)
            self._kept = {}
        self._marks = dict(self._kept)
        return dict(self._kept)

    def begin(self, block: int) -> int:
        """Before a leased block is kept: the first index that may be told, above 0 where it was leased before.

        A mark that cannot be kept now is kept with the next one, or with the next number that is told.
        """
        self.begin_at({block: 0})
        return self._marks.get(block, BLOCK_SIZE)

    def begin_at(self, used: Mapping[int, int]) -> bool:
        """Begin those blocks that have no mark, by block the first index that is free; whether all marks are kept."""
        new = {block: upto for block, upto in used.items() if block not in self._marks}
        if new:
            self._marks.update(new)
            self._keep()
        return self._marks == self._kept

    def reach(self, used: Mapping[int, int]) -> None:
        """Before numbers are told: by block, the first index that is free after them."""
        for block, upto in used.items():
            if upto > self._kept.get(block, 0):
                self._marks[block] = min(upto + STRIDE, BLOCK_SIZE)
        if self._marks == self._kept:
            return
        if self._asked_again_at is None:
            self._keep()
        elif self._monotonic() >= self._asked_again_at:
            self._asked_again_at = self._monotonic() + PAUSE_SECONDS
            Thread(target=self._keep, name="numbers", daemon=True).start()

    def settle(self, used: Mapping[int, int]) -> None:
        """When the desk closes: nothing above this was told."""
        for block, upto in used.items():
            if block in self._marks or upto < BLOCK_SIZE:
                self._marks[block] = upto
        if self._marks != self._kept:
            self._keep()

    def _keep(self) -> None:
        with self._one_writer:
            self._drop_the_oldest()
            new = dict(self._marks)
            began = self._monotonic()
            try:
                self._secrets.set(NUMBERS_HIGH_WATER, json.dumps(new).encode())
            except SecretsError as error:
                _log.warning("numbers-high-water cannot be kept: %s", error)
                self._kept = {}
                now = self._monotonic()
                is_slow = now - began > LONG_SECONDS or isinstance(error, KeyringSilent)
                self._asked_again_at = now + PAUSE_SECONDS if is_slow else None
            else:
                self._kept = new
                self._asked_again_at = None

    def _drop_the_oldest(self) -> None:
        used_up = [block for block, mark in dict(self._marks).items() if mark >= BLOCK_SIZE]
        for block in used_up[:-NEWEST]:
            self._marks.pop(block, None)

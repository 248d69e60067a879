"""How far the RMA numbers of this desk were used, kept outside of work.db: a copy that is put back is found out.

The mark runs ahead of what was used by a stride, as a keyring is slow; a desk that closes takes it back. What lies below
the mark and was not used, because the power failed, is never used.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from rma.numbers import BLOCK_SIZE
from storage.secrets import NUMBERS_HIGH_WATER, Secrets
from storage.secrets.errors import SecretsError

STRIDE = 50
"""Numbers that can be told before the mark has to be moved."""

_log = logging.getLogger(__name__)


class HighWater:
    """The marks of all blocks. A place for secrets that fails costs the agent nothing: it goes to the log."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._marks: dict[int, int] = {}
        self._touched: set[int] = set()

    def marks(self) -> dict[int, int]:
        """By block, the first index that was certainly never told."""
        try:
            kept = self._secrets.get(NUMBERS_HIGH_WATER)
            tree = json.loads(kept) if kept else {}
            self._marks = {int(block): int(mark) for block, mark in tree.items()}
        except (SecretsError, ValueError) as error:
            _log.warning("numbers-high-water cannot be read: %s", error)
        return dict(self._marks)

    def reach(self, used: Mapping[int, int]) -> None:
        """Before numbers are told: by block, the first index that is free after them."""
        beyond = {block: upto for block, upto in used.items() if upto > self._marks.get(block, 0)}
        self._touched.update(used)
        if beyond:
            self._keep({block: min(upto + STRIDE, BLOCK_SIZE) for block, upto in beyond.items()})

    def settle(self, used: Mapping[int, int]) -> None:
        """When the desk closes: nothing above this was told."""
        mine = {block: used[block] for block in self._touched if block in used}
        if any(self._marks.get(block) != upto for block, upto in mine.items()):
            self._keep(mine)

    def _keep(self, marks: Mapping[int, int]) -> None:
        new = {**self._marks, **marks}
        try:
            self._secrets.set(NUMBERS_HIGH_WATER, json.dumps(new, sort_keys=True).encode())
        except SecretsError as error:
            _log.warning("numbers-high-water cannot be kept: %s", error)
        else:
            self._marks = new

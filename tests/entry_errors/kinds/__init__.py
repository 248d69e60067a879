"""Every kind of entry error, by what is typed wrong."""

from __future__ import annotations

from tests.entry_errors.kinds import finding, money, units, words
from tests.entry_errors.kinds.kind import Kind

KINDS: tuple[Kind, ...] = (*finding.KINDS, *units.KINDS, *words.KINDS, *money.KINDS)

"""Enumerations that are written in every document: each member is its own spelling."""

from __future__ import annotations

from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING


class Spelled(StrEnum):
    """A `StrEnum` whose `value` is read without a call of Python: writing one return as JSON asks for it 35 times."""

    if not TYPE_CHECKING:
        value = property(attrgetter("_value_"))

"""The number of a return that was just made, to be read out: see `NumberScreen`."""

from __future__ import annotations

from desk.rmas import Rmas
from rma.record import RmaRecord
from screens.base import DeskScreen


class NumberScreen(DeskScreen):
    """The RMA number, large, and what to tell the caller. Enter goes home, `o` opens the RMA."""

    NAME = "number"
    HEADING = "Return made"

    def __init__(self, rmas: Rmas, record: RmaRecord) -> None:
        super().__init__()

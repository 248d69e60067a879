"""Everything about one RMA: see `RmaScreen`."""

from __future__ import annotations

from desk.rmas import Rmas
from screens.base import DeskScreen


class RmaScreen(DeskScreen):
    """Everything about one RMA; cancel, approve and decline where this person may."""

    NAME = "rma"
    HEADING = "Return"

    def __init__(self, rmas: Rmas, number: str) -> None:
        super().__init__()

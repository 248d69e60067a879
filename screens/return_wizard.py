"""One return on one panel (being laid out): see `ReturnWizard`."""

from __future__ import annotations

from desk.customers import CustomerFile
from desk.ports import Clock
from desk.returns import Returns
from rma.request import Role
from screens.base import DeskScreen


class ReturnWizard(DeskScreen):
    """One return on one panel. Posts `navigation.ReturnMade` when it has its number.

    Give `order_id` (and the line to stand on) for a new return, or `draft_id` to go on with a draft.
    """

    NAME = "return"
    HEADING = "Return"

    def __init__(
        self,
        returns: Returns,
        customers: CustomerFile,
        clock: Clock,
        role: Role,
        *,
        order_id: str = "",
        line_id: str | None = None,
        draft_id: str = "",
    ) -> None:
        super().__init__()

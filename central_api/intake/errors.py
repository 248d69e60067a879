"""What the import refuses as a whole, and what it refuses of one row.

CentralError
└── IntakeRefused    a file cannot be imported at all; nothing was written

ValueError
└── BadCell          one row cannot be imported; the rest goes on
"""

from __future__ import annotations

from central_api.errors import CentralError


class IntakeRefused(CentralError):
    """A file cannot be imported at all; the message names it and says what to do."""


class BadCell(ValueError):
    """A row cannot be imported; `field` is the column at fault, empty where it is the whole row."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason

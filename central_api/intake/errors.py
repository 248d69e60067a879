"""What the import refuses as a whole, and what it refuses of one row.

CentralError
├── IntakeRefused    a file cannot be imported at all
└── IntakeStopped    it broke off on the way; what was written stays, and the same import goes on from there

ValueError
└── BadCell          one row cannot be imported; the rest goes on
"""

from __future__ import annotations

from central_api.errors import CentralError


class IntakeRefused(CentralError):
    """A file cannot be imported at all; the message names it and says what to do."""


class IntakeStopped(CentralError):
    """The import broke off on the way; the message says why, what is in the database, and what to do."""


class BadCell(ValueError):
    """A row cannot be imported; `field` is the column at fault, empty where it is the whole row."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason

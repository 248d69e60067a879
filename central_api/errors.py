"""What the central API refuses, in words for the person who runs it.

RmaError
└── CentralError
    ├── CannotRecover        a desk's folder cannot be opened with the recovery key
    ├── DatabaseUnusable     the database cannot be opened, or was made by a newer program
    ├── EnrollmentRefused    a code, person or device that does not fit
    ├── NobodySuch           a person or device that is not known
    ├── NotPublished         a policy version that nobody published
    ├── PublicationRefused   a policy or reason version that may not be published
    ├── ReleaseRefused       an operation that is not held, or not this person's to release
    └── TokenRefused         an assertion that gets no token
"""

from __future__ import annotations

from rma.errors import RmaError


class CentralError(RmaError):
    """The root of the server's own errors."""


class CannotRecover(CentralError):
    """A desk's folder cannot be opened with this recovery key."""


class DatabaseUnusable(CentralError):
    """The database cannot be opened, or was made by a newer program."""


class EnrollmentRefused(CentralError):
    """A code, person or device does not fit; the message says which."""


class NobodySuch(CentralError):
    """No such person, and no such device."""


class NotPublished(CentralError):
    """No such policy version is published; the message names those that are."""


class PublicationRefused(CentralError):
    """A version may not be published; versions are immutable."""


class ReleaseRefused(CentralError):
    """Nothing is held under this name, or this person may not release it."""


class TokenRefused(CentralError):
    """An assertion gets no token."""

    def __init__(self, said: str, *, by_the_clock: bool = False) -> None:
        super().__init__(said)
        self.by_the_clock = by_the_clock
        """Whether only the time in it is wrong."""

"""What the central API refuses, in words for the person who runs it.

RmaError
└── CentralError
    ├── DatabaseUnusable     the database cannot be opened, or was made by a newer program
    ├── EnrollmentRefused    a code, person or device that does not fit
    ├── NotPublished         a policy version that nobody published
    └── PublicationRefused   a policy or reason version that may not be published
"""

from __future__ import annotations

from rma.errors import RmaError


class CentralError(RmaError):
    """The root of the server's own errors."""


class DatabaseUnusable(CentralError):
    """The database cannot be opened, or was made by a newer program."""


class EnrollmentRefused(CentralError):
    """A code, person or device does not fit; the message says which."""


class NotPublished(CentralError):
    """No such policy version is published; the message names those that are."""


class PublicationRefused(CentralError):
    """A version may not be published; versions are immutable."""

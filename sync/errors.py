"""What the wire and its neighbours refuse, in words for the agent.

RmaError
└── SyncError                  one exchange with the central API did not work out
    ├── BadServerUrl           the address is no address of a central API
    │   └── InsecureUrl        plain http to another machine: refused before anything is sent
    ├── Unreachable            no usable answer: what was sent may be booked or not, so the same bytes go again
    │   ├── ServerFailing      the server says that it cannot answer now (5xx, 429)
    │   └── UnreadableAnswer   the answer is cut, or not in our protocol
    ├── Unauthorized           this desk is not known there (401); no operation is touched
    ├── TooLarge               more than the server takes at once (413): send less
    ├── EpochChanged           the server was restored since this desk last heard of it (412): nothing was decided
    ├── CursorTooOld           the change feed no longer goes back that far (410): download again
    └── ServerRefused          any other refusal (4xx), with the server's own words
        ├── EnrollmentRefused  the enrollment code is not taken
        └── Revoked            this person may no longer work: only what was made before is taken
            └── DeviceRevoked  nor may anybody else on this desk
NoDeviceKey                    this desk has no key to sign with (also an RmaError)
"""

from __future__ import annotations

from rma.errors import RmaError
from rma.wording import _


class SyncError(RmaError):
    """An exchange with the central API did not work out; nothing on the desk is lost."""

    retry_after: float = 0.0
    """Seconds that the server asked to wait at least."""


class BadServerUrl(SyncError):
    """The address is no address of a central API."""

    def __init__(self, url: str) -> None:
        super().__init__(
            _(
                "{address} is no address of a central API: write it like https://returns.example.com."
            ).format(address=repr(_shown(url)))
        )


class InsecureUrl(BadServerUrl):
    """Plain http to another machine would show the token and the customers to everyone between."""

    def __init__(self, url: str) -> None:
        SyncError.__init__(
            self,
            _(
                "{address} is plain http to another machine: use https (http is for this machine alone)."
            ).format(address=repr(_shown(url))),
        )


class Unreachable(SyncError):
    """No usable answer: what was sent may be booked or not, so the same bytes go again."""

    def __init__(self, why: str = "") -> None:
        said = _(
            "The central API cannot be reached ({why}). Go on working: everything is kept and sent later."
        )
        super().__init__(said.format(why=_shown(why or _("it does not answer"))))


class ServerFailing(Unreachable):
    """The server says that it cannot answer now."""

    def __init__(self, status: int, retry_after: float = 0.0) -> None:
        SyncError.__init__(
            self,
            _(
                "The central API is in trouble (status {status}). "
                "Go on working: everything is kept and sent later."
            ).format(status=status),
        )
        self.status = status
        self.retry_after = retry_after


class UnreadableAnswer(Unreachable):
    """The answer is cut, or not in our protocol."""

    def __init__(self, what: str) -> None:
        SyncError.__init__(
            self,
            _(
                "The central API gave an answer that this desk cannot read ({what}). It is asked again; "
                "if this stays, update csr-tui."
            ).format(what=_shown(what)),
        )


class Unauthorized(SyncError):
    """The server does not know this desk, or knows it no longer."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The central API does not accept this desk. "
                "Your work is kept: ask for a new code and run csr-tui enroll."
            )
        )


class TooLarge(SyncError):
    """More than the server takes at once."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The central API takes no change of this size. It is kept here: tell your supervisor."
            )
        )


class EpochChanged(SyncError):
    """The server was restored from a backup; it decides nothing before it is told what this desk holds from before."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The central API was restored from a backup. Your work is kept and sent to it again: "
                "press F5 in a minute."
            )
        )


class CursorTooOld(SyncError):
    """The change feed no longer goes back as far as this desk needs."""

    def __init__(self) -> None:
        super().__init__(
            _("This desk was away for long: customers and orders are downloaded again.")
        )


class ServerRefused(SyncError):
    """The server understood and refused, with its own words."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        why = _shown(detail or title or _("no reason given"), 300)
        said = _("The central API refused ({status}): {why}")
        super().__init__(said.format(status=status, why=why))
        self.status = status


class EnrollmentRefused(ServerRefused):
    """The enrollment code is unknown, used or expired."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(status, title, detail)
        why = _shown(detail or title or _("no reason given"), 300)
        said = _("The code was not accepted: {why} Ask for a new one if it was used before.")
        self.args = (said.format(why=why),)


class Revoked(ServerRefused):
    """This person may no longer work here; what they made before is still sent."""

    def __init__(self) -> None:
        super().__init__(403, "", "")
        self.args = (
            _(
                "You may no longer work with the central API. "
                "What was made here is sent and held for a supervisor."
            ),
        )


class DeviceRevoked(Revoked):
    """This desk may no longer work; what was made on it before is still sent, and its copy of the data goes."""

    def __init__(self) -> None:
        super().__init__()
        self.args = (
            _(
                "This desk may no longer work with the central API. What was made here is sent and "
                "held for a supervisor; customers and orders are removed from it."
            ),
        )


class NoDeviceKey(RmaError):
    """This desk has no key to sign with: it was enrolled before there were any, or its keyring lost it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The key that signs what this desk makes is missing. "
                "Nothing was told or sent: ask for a new code and run csr-tui enroll."
            )
        )


def _shown(text: str, longest: int = 120) -> str:
    """Text from outside, short and harmless for a terminal."""
    return "".join(c if c.isprintable() else " " for c in text[:longest])

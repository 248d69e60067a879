"""Who this desk is to its central API, and what it says to enroll and to get a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sync.device_key import DeviceKey
from sync.protocol.documents import canonical, to_tree
from sync.protocol.envelopes import Assertion, EnrollRequest, TokenRequest, enrollment_bytes
from sync.protocol.signing import FOR_A_TOKEN, as_text

ASSERTION_LASTS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Credentials:
    """An enrolled desk."""

    device: str
    server_id: str
    """The central API that it is enrolled with: an assertion is good for no other."""
    key: DeviceKey
    person: Callable[[], str]
    """Who is signed in now."""

    def assertion(self, now: datetime) -> TokenRequest:
        """What gets a token for whoever is signed in; `now` by the server's clock, as far as that is known."""
        told = Assertion(
            device=self.device,
            person=self.person(),
            audience=self.server_id,
            issued_at=now,
            expires_at=now + ASSERTION_LASTS,
            jti=uuid4().hex,
        )
        text = canonical(to_tree(told))
        return TokenRequest(
            assertion=text.decode(), signature=as_text(self.key.sign(FOR_A_TOKEN + text))
        )


def enrollment(code: str, device: str, platform: str, key: DeviceKey) -> EnrollRequest:
    """What makes a device known by its key."""
    public = as_text(key.public)
    return EnrollRequest(
        code=code,
        device=device,
        platform=platform,
        public_key=public,
        signature=as_text(key.sign(enrollment_bytes(code, device, public))),
    )

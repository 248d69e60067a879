"""RFC 9457 problems: what the API answers when it refuses a whole request."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Response

from rma.harmless import harmless
from sync.protocol.documents import write_document
from sync.protocol.envelopes import ProblemDetails

MEDIA_TYPE = "application/problem+json"

TITLES = {
    "bad-request": (400, "The request cannot be read"),
    "unauthorized": (401, "The token is not known, or is over"),
    "token-refused": (401, "The assertion gets no token"),
    "wrong-clock": (401, "The clock of the device is wrong"),
    "forbidden": (403, "This role may not do that"),
    "device-revoked": (403, "This device may no longer work"),
    "person-revoked": (403, "This person may no longer work"),
    "enrollment-refused": (403, "The device cannot be enrolled"),
    "not-found": (404, "There is no such thing"),
    "method-not-allowed": (405, "This address does not work that way"),
    "too-slow": (408, "The request took too long to arrive"),
    "cursor-too-old": (410, "The cursor is too old"),
    "epoch-changed": (412, "The server was restored from a backup"),
    "too-large": (413, "The request is too large"),
    "unsupported-encoding": (415, "The encoding is not known"),
    "too-many": (429, "Too many requests"),
    "internal": (500, "The server failed"),
    "unavailable": (503, "The server is busy"),
}
"""Status and title of every problem type."""


class HttpProblem(Exception):
    """A refusal of a whole request; `kind` is a key of `TITLES`."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


def problem_response(kind: str, detail: str, more: Mapping[str, str] | None = None) -> Response:
    """The problem as an HTTP answer; `more` are further headers."""
    status, title = TITLES[kind]
    details = ProblemDetails(
        type=f"/problems/{kind}",
        title=title,
        status=status,
        detail=harmless(detail),  # it may repeat what was asked for
    )
    headers = dict(more or {})
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 408:
        headers["Connection"] = "close"  # the rest of the body would be read as the next request
    if status in (429, 503):
        headers["Retry-After"] = "2"
    return Response(write_document(details), status, headers, MEDIA_TYPE)

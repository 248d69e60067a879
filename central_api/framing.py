"""A request says in one way where it ends: whoever says it in two wants a proxy and us to read two requests in it."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from central_api.problems import problem_response

_LENGTHS = {b"content-length", b"transfer-encoding"}


class OneLength:
    """Refuses a request with a length and chunks, and ends its connection with whatever was smuggled behind it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and {name for name, _ in scope["headers"]} >= _LENGTHS:
            said = "A body has a length or comes in chunks, not both."
            refused = problem_response("bad-request", said, {"Connection": "close"})
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)

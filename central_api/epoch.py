"""`Server-Epoch`: the name of this database's history, on every answer of `/v1`.

It changes when the database is restored from a backup, or came here in a dump of another one: from then on desks know
that what was acknowledged may be lost, and offer it again. A desk says which epoch it knows when it pushes; to one that
knows another, nothing is decided before it has told what it holds from before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central_api.problems import problem_response

HEADER: Final = b"server-epoch"
_API, _PUSH = "/v1/", "/v1/ops"


class EpochHeader:
    """Adds the epoch of now to what the API answers, and refuses a push that counts on another one."""

    def __init__(self, app: ASGIApp, epoch: Callable[[], str]) -> None:
        self._app = app
        self._epoch = epoch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or not scope["path"].startswith(_API):
            await self._app(scope, receive, send)
            return
        epoch = self._epoch().encode()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (HEADER, epoch)]
            await send(message)

        known = dict(scope["headers"]).get(HEADER, epoch)
        if known != epoch and scope["path"] == _PUSH:
            said = "The server was restored: tell it first what you hold from before."
            await problem_response("epoch-changed", said)(scope, receive, told)
            return
        await self._app(scope, receive, told)

"""The central API over HTTP: the only module that knows httpx.

One connection pool, one request at a time and batches; every failure becomes an error of `sync.errors`.
"""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
from pydantic import ValidationError

from rma.wording import _
from sync.clock import ClockReading, read_clock
from sync.errors import (
    BadServerUrl,
    CursorTooOld,
    EnrollmentRefused,
    InsecureUrl,
    ServerFailing,
    ServerRefused,
    TooLarge,
    Unauthorized,
    Unreachable,
    UnreadableAnswer,
)
from sync.protocol.documents import read_document, write_document
from sync.protocol.envelopes import (
    BootstrapPlan,
    ChangePage,
    EnrollRequest,
    EnrollResponse,
    LeaseRequest,
    LeaseResponse,
    PushResponse,
)

PAGE = 1_000
"""Rows asked for at once."""

GZIP_FROM = 4_096
"""Bytes: a smaller body is sent as it is."""

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 30.0

NDJSON = "application/x-ndjson"

LATER = (408, 425, 429)
"""Refusals that only mean: not now."""

HTTPX_ERRORS = (httpx.HTTPError, httpx.StreamError, httpx.CookieConflict, httpx.InvalidURL)
"""The roots of everything that httpx raises about an exchange."""

T = TypeVar("T")


class CentralClient:
    """Speaks to one central API as one device.

    Every method raises `Unreachable` without a usable answer, `Unauthorized` when the device is not known there, and
    `ServerRefused` for any other refusal.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`token` is None before enrollment; `now` is the device's own clock, uncorrected.

        Raises:
            BadServerUrl: if the address is none, or plain http to another machine (`InsecureUrl`).
        """
        url = _checked(base_url)
        local = _is_loopback(url.host)
        self._now = now
        self._reading: ClockReading | None = None
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=2),
            trust_env=not local,  # what is meant for this machine goes through no proxy
            verify=url.scheme
            == "https",  # loading the certificates costs 20 ms, plain http needs none
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def take_clock_reading(self) -> ClockReading | None:
        """The best measurement of the server's clock since the last call."""
        reading, self._reading = self._reading, None
        return reading

    async def enroll(self, request: EnrollRequest) -> EnrollResponse:
        """Make this device known with a single-use code.

        Raises:
            EnrollmentRefused: if the code is not taken.
        """
        response = await self._send("POST", "/v1/enroll", body=write_document(request))
        if response.is_client_error:
            raise EnrollmentRefused(response.status_code, *_problem(response))
        return _read(EnrollResponse, _granted(response))

    async def lease(self, lease_id: str) -> LeaseResponse:
        """Lease a block of RMA numbers; the same id gives the same block."""
        body = write_document(LeaseRequest(lease_id=lease_id))
        response = _granted(await self._send("POST", "/v1/number-blocks", body=body))
        return _read(LeaseResponse, response)

    async def push(self, bodies: Sequence[bytes]) -> PushResponse:
        """Send frozen operations, one a line, unaltered.

        Raises:
            TooLarge: if there are too many, or they are too large.
        """
        headers = {"Content-Type": NDJSON}
        body = b"".join(line + b"\n" for line in bodies)
        if len(body) >= GZIP_FROM:
            body = await asyncio.to_thread(gzip.compress, body, 6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        response = await self._send("POST", "/v1/ops", body=body, headers=headers)
        if response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            raise TooLarge
        return _read(PushResponse, _granted(response))

    async def changes(self, cursor: str, wait: int = 0) -> ChangePage:
        """Read a page of the change feed; with `wait`, hold on so many seconds until there is one.

        Raises:
            CursorTooOld: if the feed no longer goes back that far.
        """
        params = {"cursor": cursor, "limit": str(PAGE), "wait": str(wait)}
        response = await self._send("GET", "/v1/changes", params=params, patience=wait)
        if response.status_code == httpx.codes.GONE:
            raise CursorTooOld
        return await asyncio.to_thread(_read, ChangePage, _granted(response))

    async def bootstrap_plan(self) -> BootstrapPlan:
        """What there is to download, and the cursor to go on from."""
        return _read(BootstrapPlan, _granted(await self._send("GET", "/v1/bootstrap")))

    async def bootstrap_page(self, kind: str, after: str | None) -> bytes:
        """A page of one kind after a key: lines of `Change`, empty at the end."""
        params = {"limit": str(PAGE)} | ({} if after is None else {"after": after})
        response = await self._send("GET", f"/v1/bootstrap/{kind}", params=params)
        return _granted(response).content

    async def _send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        patience: float = 0.0,
    ) -> httpx.Response:
        """One exchange: an answer below 500, or an error of ours."""
        if body is not None and headers is None:
            headers = {"Content-Type": "application/json"}
        started = time.monotonic()
        try:
            response = await self._http.request(
                method,
                path,
                content=body,
                headers=headers,
                params=params,
                timeout=httpx.Timeout(ANSWER_SECONDS + patience, connect=CONNECT_SECONDS),
            )
        except HTTPX_ERRORS as error:
            raise Unreachable(_why(error)) from error
        self._note_clock(response, timedelta(seconds=time.monotonic() - started))
        if response.is_server_error or response.status_code in LATER:
            raise ServerFailing(response.status_code, _retry_after(response))
        return response

    def _note_clock(self, response: httpx.Response, took: timedelta) -> None:
        reading = read_clock(response.headers.get("Date", ""), self._now(), took)
        best = self._reading
        if reading and (best is None or reading.uncertainty <= best.uncertainty):
            self._reading = reading


def _checked(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url.strip())
    except (httpx.InvalidURL, UnicodeError) as error:
        raise BadServerUrl(base_url) from error
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query:
        raise BadServerUrl(base_url)
    if url.scheme == "http" and not _is_loopback(url.host):
        raise InsecureUrl(base_url)
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _granted(response: httpx.Response) -> httpx.Response:
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise Unauthorized
    if not response.is_success:
        raise ServerRefused(response.status_code, *_problem(response))
    return response


def _problem(response: httpx.Response) -> tuple[str, str]:
    """Title and detail of a refusal, as far as it has them; other members of a problem are legal."""
    try:
        problem = json.loads(response.content)
        return str(problem["title"]), str(problem["detail"])
    except (ValueError, TypeError, KeyError):
        return response.reason_phrase, ""


def _retry_after(response: httpx.Response) -> float:
    """Seconds that the server asks for: as a number, or as a date by its own clock."""
    asked = response.headers.get("Retry-After", "")
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        now = parsedate_to_datetime(response.headers.get("Date", ""))
        return max((until - now).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _read(shape: type[T], response: httpx.Response) -> T:
    try:
        return read_document(shape, response.content)
    except ValidationError as error:
        raise UnreadableAnswer(shape.__name__) from error


def _why(error: Exception) -> str:
    """What went wrong below, in two or three words."""
    match error:
        case httpx.TimeoutException():
            return _("it does not answer in time")
        case httpx.ConnectError():
            return _("no connection")
        case httpx.NetworkError() | httpx.RemoteProtocolError():
            return _("the connection broke")
        case _:
            return type(error).__name__

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

from rma.desk_report import DeskReport, DeskReportAnswer
from rma.wording import _
from sync.answers import read_results
from sync.clock import ClockReading, read_clock
from sync.credentials import Credentials
from sync.errors import (
    BadServerUrl,
    CursorTooOld,
    DeviceRevoked,
    EnrollmentRefused,
    EpochChanged,
    InsecureUrl,
    Revoked,
    ServerFailing,
    ServerRefused,
    TooLarge,
    Unauthorized,
    Unreachable,
    UnreadableAnswer,
)
from sync.protocol.documents import read_document, write_document
from sync.protocol.envelopes import (
    ROW_COUNT,
    BootstrapPlan,
    ChangePage,
    EnrollRequest,
    EnrollResponse,
    LeaseRequest,
    LeaseResponse,
    PushResponse,
    TokenResponse,
)
from sync.protocol.signing import as_text

PAGE = 1_000
"""Changes asked for at once."""

SMALL_PAGE = 50
"""The same while somebody types: a page that is read or applied holds up the key that is pressed meanwhile."""

LOAD_PAGE, SMALL_LOAD_PAGE = 4_000, 500
"""Rows of a first download asked for at once, and while somebody types: they are read with less work than changes."""

GZIP_FROM = 4_096
"""Bytes: a smaller body is sent as it is."""

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 30.0

PROBE_SECONDS = 5.0
"""A server that takes longer to say that it is ready is asked again: the network may be back long since."""

NDJSON = "application/x-ndjson"

EPOCH = "Server-Epoch"
"""Names the history of the server's database: in every answer, and in a push that counts on it."""

LONGEST_EPOCH = 64

LATER = (408, 425, 429)
"""Refusals that only mean: not now."""

HTTPX_ERRORS = (httpx.HTTPError, httpx.StreamError, httpx.CookieConflict, httpx.InvalidURL)
"""The roots of everything that httpx raises about an exchange."""

_REVOKED: dict[str, type[Revoked]] = {"device-revoked": DeviceRevoked, "person-revoked": Revoked}

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
        credentials: Credentials | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """With `credentials` it gets its tokens itself; `now` is the device's own clock, uncorrected.

        Raises:
            BadServerUrl: if the address is none, or plain http to another machine (`InsecureUrl`).
        """
        url = _checked(base_url)
        local = _is_loopback(url.host)
        self._now = now
        self._token = token
        self._credentials = credentials
        self._token_of = "" if credentials is None else credentials.person()
        self._one_renewal = asyncio.Lock()
        self._offset = timedelta()
        self._reading: ClockReading | None = None
        self._server_epoch: str | None = None
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=2),
            trust_env=not local,  # what is meant for this machine goes through no proxy
            verify=url.scheme
            == "https",  # loading the certificates costs 20 ms, plain http needs none
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def signature(self, body: bytes) -> str:
        """Of this desk, as it travels; empty where it has no key."""
        return "" if self._credentials is None else as_text(self._credentials.key.sign(body))

    @property
    def server_epoch(self) -> str | None:
        """The epoch of the server's last answer; None before the first."""
        return self._server_epoch

    @property
    def asked_for(self) -> str:
        """Who was signed in at the last request; empty where it has no credentials of its own."""
        return self._token_of

    def take_clock_reading(self) -> ClockReading | None:
        """The best measurement of the server's clock since the last call."""
        reading, self._reading = self._reading, None
        return reading

    async def enroll(self, request: EnrollRequest) -> EnrollResponse:
        """Make this device known with a single-use code.

        Raises:
            EnrollmentRefused: if the code is not taken.
        """
        response = await self._exchange("POST", "/v1/enroll", body=write_document(request))
        if response.is_client_error:
            raise EnrollmentRefused(response.status_code, *_problem(response))
        return _read(EnrollResponse, _granted(response))

    async def lease(self, lease_id: str, block: int | None = None) -> LeaseResponse:
        """Lease a block of RMA numbers; the same id gives the same block. `block` is the one that it gave before."""
        body = write_document(LeaseRequest(lease_id=lease_id, block=block))
        response = _granted(await self._send("POST", "/v1/number-blocks", body=body))
        return _read(LeaseResponse, response)

    async def push(self, bodies: Sequence[bytes], *, epoch: str | None = None) -> PushResponse:
        """Send frozen operations, one a line, unaltered.

        Raises:
            EpochChanged: if the server is of another epoch than this one; it decided nothing.
            TooLarge: if there are too many, or they are too large.
        """
        headers = {"Content-Type": NDJSON} | ({EPOCH: epoch} if epoch else {})
        body = b"".join(line + b"\n" for line in bodies)
        if len(body) >= GZIP_FROM:
            body = await asyncio.to_thread(gzip.compress, body, 6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        response = await self._send("POST", "/v1/ops", body=body, headers=headers)
        if response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            raise TooLarge
        if response.status_code == httpx.codes.PRECONDITION_FAILED:
            raise EpochChanged
        return PushResponse(read_results(_granted(response).content))

    async def changes(self, cursor: str, wait: int = 0, *, limit: int = PAGE) -> ChangePage:
        """Read a page of the change feed of at most `limit`; with `wait`, hold on so many seconds until there is one.

        Raises:
            CursorTooOld: if the feed no longer goes back that far.
        """
        params = {"cursor": cursor, "limit": str(limit), "wait": str(wait)}
        response = await self._send("GET", "/v1/changes", params=params, patience=wait)
        if response.status_code == httpx.codes.GONE:
            raise CursorTooOld
        return await asyncio.to_thread(_read, ChangePage, _granted(response))

    async def report_desk(self, report: DeskReport) -> DeskReportAnswer:
        """Tell how far this desk's numbers were used and where its audit chain stands."""
        response = await self._send("POST", "/v1/desk-reports", body=write_document(report))
        return _read(DeskReportAnswer, _granted(response))

    async def probe(self) -> None:
        """Ask whether the server is ready, without a token and without a word of ours."""
        less = PROBE_SECONDS - ANSWER_SECONDS
        response = _granted(await self._exchange("GET", "/readyz", patience=less))
        if not _is_ready(response):
            raise UnreadableAnswer(_("something else answers at its address"))

    async def bootstrap_plan(self) -> BootstrapPlan:
        """What there is to download, and the cursor to go on from."""
        return _read(BootstrapPlan, _granted(await self._send("GET", "/v1/bootstrap")))

    async def bootstrap_page(
        self, kind: str, after: str | None, *, limit: int = LOAD_PAGE
    ) -> bytes:
        """A page of one kind after a key: at most `limit` lines of `Change`, empty at the end."""
        params = {"limit": str(limit)} | ({} if after is None else {"after": after})
        response = _granted(await self._send("GET", f"/v1/bootstrap/{kind}", params=params))
        if response.headers.get(ROW_COUNT) != str(response.content.count(b"\n")):
            raise UnreadableAnswer(_("a page of {kind}").format(kind=kind))
        return response.content

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
        """One exchange as the person who is signed in; once more with a new token, where the old one is over."""

        async def ask(token: str | None) -> httpx.Response:
            shown = {
                **_kind_of(body, headers),
                **({"Authorization": f"Bearer {token}"} if token else {}),
            }
            return await self._exchange(
                method, path, body=body, headers=shown, params=params, patience=patience
            )

        token = self._current_token()
        if token is None and self._credentials is not None:
            token = await self._renewed(self._credentials, stale=None)
        response = await ask(token)
        if response.status_code == httpx.codes.UNAUTHORIZED and self._credentials is not None:
            response = await ask(await self._renewed(self._credentials, stale=token))
        return response

    def _current_token(self) -> str | None:
        """The token that we have, if it is of the person who is signed in now."""
        if self._credentials is not None and self._credentials.person() != self._token_of:
            self._token = None
        return self._token

    async def _renewed(self, credentials: Credentials, stale: str | None) -> str:
        """A token that is not the stale one: whoever comes first gets it, for all who wait.

        Raises:
            Unauthorized: if this desk gets none.
        """
        async with self._one_renewal:
            if (token := self._current_token()) is not None and token != stale:
                return token
            self._token, self._token_of = None, credentials.person()
            response = await self._ask_for_token(credentials)
            if (
                response.status_code == httpx.codes.UNAUTHORIZED
            ):  # perhaps our clock: now it is known
                response = await self._ask_for_token(credentials)
            self._token = _read(TokenResponse, _granted(response)).token
            return self._token

    async def _ask_for_token(self, credentials: Credentials) -> httpx.Response:
        asked = credentials.assertion(self._now() + self._offset)
        return await self._exchange("POST", "/v1/token", body=write_document(asked))

    async def _exchange(
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
        headers = _kind_of(body, headers)
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
        self._note_epoch(response)
        self._note_clock(response, timedelta(seconds=time.monotonic() - started))
        if response.is_server_error or response.status_code in LATER:
            raise ServerFailing(response.status_code, _retry_after(response))
        return response

    def _note_epoch(self, response: httpx.Response) -> None:
        epoch = response.headers.get(EPOCH, "")
        if 1 <= len(epoch) <= LONGEST_EPOCH and epoch.isascii() and epoch.isalnum():
            self._server_epoch = epoch

    def _note_clock(self, response: httpx.Response, took: timedelta) -> None:
        reading = read_clock(response.headers.get("Date", ""), self._now(), took)
        if reading:
            self._offset = reading.offset
        best = self._reading
        if reading and (best is None or reading.uncertainty <= best.uncertainty):
            self._reading = reading


def _kind_of(body: bytes | None, headers: Mapping[str, str] | None) -> dict[str, str]:
    """The headers, with that of a body that is a document."""
    if body is None:
        return dict(headers or {})
    return {"Content-Type": "application/json", **(headers or {})}


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
    if response.status_code == httpx.codes.FORBIDDEN and _type(response) in _REVOKED:
        raise _REVOKED[_type(response)]()
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


def _type(response: httpx.Response) -> str:
    """The last part of a problem's type."""
    try:
        return str(json.loads(response.content)["type"]).rpartition("/")[2]
    except (ValueError, TypeError, KeyError):
        return ""


def _is_ready(response: httpx.Response) -> bool:
    """Whether it is our server that says so, and not the login page of a network."""
    try:
        return bool(json.loads(response.content)["status"] == "ready")
    except (ValueError, TypeError, KeyError):
        return False


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

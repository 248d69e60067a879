"""What every address is given: the database, the time, and who is calling and may call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Connection, Engine

from central_api.database import reading
from central_api.people import Caller
from central_api.problems import HttpProblem
from central_api.rates import (
    GUESSES,
    LEASES,
    LOOKUPS,
    PAGES,
    REPORTS,
    Rate,
    Rates,
    TooFast,
    source_of,
)
from central_api.reads import ReadLog
from central_api.tokens import caller_of
from central_api.watch import FeedWatch

# What asks no database is async: FastAPI takes a thread for each of the others.


async def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


async def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


async def _watch(request: Request) -> FeedWatch:
    watch: FeedWatch = request.app.state.watch
    return watch


async def _reads(request: Request) -> ReadLog:
    reads: ReadLog = request.app.state.reads
    return reads


WithEngine = Annotated[Engine, Depends(_engine)]
Now = Annotated[datetime, Depends(_now)]


def _sender(request: Request, engine: WithEngine, now: Now) -> Caller:
    """Whoever is behind the token, also after a revocation: what was made before may still be handed in."""
    header = request.headers.get("authorization", "")
    with reading(engine) as connection:
        return sender_of(connection, header, now)


def sender_of(connection: Connection, header: str, now: datetime) -> Caller:
    """Whoever is behind an `Authorization` header.

    Raises:
        HttpProblem: if the token is not known, or is over.
    """
    caller = caller_of(connection, header, now)
    if caller is None:
        raise HttpProblem("unauthorized", "Get a token for this desk: POST /v1/token.")
    return caller


WithSender = Annotated[Caller, Depends(_sender)]


async def _caller(sender: WithSender) -> Caller:
    return working(sender)


def working(sender: Caller) -> Caller:
    """Somebody who may work.

    Raises:
        HttpProblem: if this was taken away.
    """
    if sender.revoked:
        who = "This desk" if sender.revoked == "device" else "This person"
        detail = f"{who} may no longer work here: only what was made before is still taken."
        raise HttpProblem(f"{sender.revoked}-revoked", detail)
    return sender


WithCaller = Annotated[Caller, Depends(_caller)]


def _at_most(rate: Rate) -> Callable[..., Awaitable[Caller]]:
    """A caller who has not done too much of it lately."""

    async def reader(request: Request, caller: WithCaller) -> Caller:
        return _counted(request, caller, rate)

    return reader


def _counted(request: Request, caller: Caller, rate: Rate) -> Caller:
    rates: Rates = request.app.state.rates
    try:
        rates.take(caller.person, rate)
    except TooFast:
        raise HttpProblem("too-many", "Wait a moment, then go on.") from None
    return caller


async def _leasing(request: Request, sender: WithSender) -> Caller:
    return _counted(request, sender, LEASES)


Watch = Annotated[FeedWatch, Depends(_watch)]
Reads = Annotated[ReadLog, Depends(_reads)]
Searching = Annotated[Caller, Depends(_at_most(LOOKUPS))]
Downloading = Annotated[Caller, Depends(_at_most(PAGES))]
Leasing = Annotated[Caller, Depends(_leasing)]
"""Whoever asks for numbers; who may no longer work may still name those that they have."""
Reporting = Annotated[Caller, Depends(_at_most(REPORTS))]


async def _guess(request: Request) -> Guess:
    rates: Rates = request.app.state.rates
    source = source_of(request.client.host if request.client else "")
    try:
        rates.take(source, GUESSES)
    except TooFast:
        raise HttpProblem("too-many", "Too many codes were refused: wait a minute.") from None
    return Guess(rates, source)


@dataclass(frozen=True, slots=True)
class Guess:
    """One try of an address to enroll, which counts until it was none."""

    rates: Rates
    source: str

    def was_none(self) -> None:
        """The code was right."""
        self.rates.give_back(self.source, GUESSES)


Guessing = Annotated[Guess, Depends(_guess)]

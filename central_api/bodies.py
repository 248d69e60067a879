"""Read request bodies with a limit of size and time, also while unpacking: a gzip bomb is refused, not inflated."""

from __future__ import annotations

import asyncio
import zlib

from fastapi import Request
from starlette.requests import ClientDisconnect

from central_api.problems import HttpProblem

SMALL = 64 * 1024
"""Bytes of a body that is one small document."""


BODY_SECONDS = 30.0
"""How long a body may take to arrive: who sends it drop by drop holds nothing for long."""


async def read_body(request: Request, most: int) -> bytes:
    """The body, unpacked if it came as gzip.

    Raises:
        HttpProblem: if it is larger than `most` bytes, packed or unpacked, no valid gzip, breaks off or takes too long.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read(request, most)
    except TimeoutError:
        said = f"The body did not arrive within {BODY_SECONDS:g} seconds: send it again."
        raise HttpProblem("too-slow", said) from None
    except ClientDisconnect:
        raise HttpProblem("bad-request", "The body broke off.") from None


async def _read(request: Request, most: int) -> bytes:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise HttpProblem("unsupported-encoding", "Send the body plain or as gzip.")
    told = request.headers.get("content-length", "0")
    if told.isdecimal() and int(told[:20]) > most:
        raise _too_large(most)  # nothing of it is waited for
    body = bytearray()
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if encoding == "gzip" else None
    packed = 0
    async for chunk in request.stream():
        packed += len(chunk)
        body += chunk if unpack is None else _unpacked(unpack, chunk, most + 1 - len(body))
        if packed > most or len(body) > most:
            raise _too_large(most)
    if unpack is not None and (not unpack.eof or unpack.unused_data):
        raise HttpProblem("bad-request", "The gzip body is cut or followed by something else.")
    return bytes(body)


def _too_large(most: int) -> HttpProblem:
    return HttpProblem("too-large", f"A body has at most {most} bytes: send less at once.")


def _unpacked(unpack: zlib._Decompress, chunk: bytes, room: int) -> bytes:
    try:
        return unpack.decompress(chunk, room)
    except zlib.error as error:
        raise HttpProblem("bad-request", "The body is no gzip.") from error

"""What a network may do to one request and its answer."""

from __future__ import annotations

import asyncio

from tests.faults.proxy import CutOff, Fault, Passing

LONGEST_DELAY = 1.5
"""Seconds; more than the patience of the desks in these tests."""

LOGIN_PAGE = b"<html><body>Welcome to the hotel. Log in to go on.</body></html>"


async def request_cut(passing: Passing) -> None:
    """The server gets the first bytes of the request, and then nothing."""
    upto = passing.draw.randrange(len(passing.request))
    reader, writer = await asyncio.open_connection(*passing.proxy.target(passing.draw))
    writer.write(passing.request[:upto])
    await writer.drain()
    if passing.draw.random() < 0.5:
        writer.write_eof()
        await asyncio.wait((asyncio.ensure_future(reader.read()), passing.left), timeout=1)
    writer.close()
    raise CutOff


async def answer_cut(passing: Passing) -> None:
    """The desk gets the first bytes of the answer, and then nothing."""
    answer = await passing.ask()
    await passing.give(answer[: passing.draw.randrange(len(answer))])
    raise CutOff


async def answer_shortened(passing: Passing) -> None:
    """The body of the answer ends early, and something between has made its length fit."""
    head, _, body = (await passing.ask()).partition(b"\r\n\r\n")
    kept = body[: passing.draw.randrange(len(body) + 1)]
    await passing.give(_with_length(head, len(kept)) + kept)


async def body_garbage(passing: Passing) -> None:
    """The answer looks like one, and its body is bytes without any sense."""
    head, _, body = (await passing.ask()).partition(b"\r\n\r\n")
    await passing.give(_with_length(head, len(body)) + passing.draw.randbytes(len(body)))


async def request_late(passing: Passing) -> None:
    """The request takes its time."""
    await asyncio.wait((passing.left,), timeout=passing.draw.uniform(0, LONGEST_DELAY))
    await passing.give(await passing.ask())


async def answer_late(passing: Passing) -> None:
    """The answer takes its time."""
    answer = await passing.ask()
    await asyncio.wait((passing.left,), timeout=passing.draw.uniform(0, LONGEST_DELAY))
    await passing.give(answer)


async def request_swallowed(passing: Passing) -> None:
    """The request goes nowhere, and nobody says so."""
    await passing.until_left()


async def answer_swallowed(passing: Passing) -> None:
    """The answer goes nowhere, and nobody says so."""
    await passing.ask()
    await passing.until_left()


async def sent_twice(passing: Passing) -> None:
    """The server gets the request twice, one after the other; the desk gets one of the answers."""
    answers = [await passing.ask(), await passing.ask()]
    await passing.give(passing.draw.choice(answers))


async def sent_twice_at_once(passing: Passing) -> None:
    """The server gets the request twice at the same time; the desk gets one of the answers."""
    answers = await asyncio.gather(passing.ask(), passing.ask())
    await passing.give(passing.draw.choice(answers))


async def again_later(passing: Passing) -> None:
    """The desk gets its answer; the server gets the same request once more, later."""
    await passing.give(await passing.ask())
    passing.again_after(passing.draw.uniform(0, LONGEST_DELAY))


async def garbage(passing: Passing) -> None:
    """The answer is bytes without any sense."""
    if passing.draw.random() < 0.5:
        await passing.ask()
    await passing.give(passing.draw.randbytes(passing.draw.randint(1, 400)))
    raise CutOff


async def login_page(passing: Passing) -> None:
    """A page of the network instead of the answer, with the best of all statuses."""
    if passing.draw.random() < 0.5:
        await passing.ask()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    await passing.give(head + b"Content-Length: %d\r\n\r\n" % len(LOGIN_PAGE) + LOGIN_PAGE)


async def failing_after_it(passing: Passing) -> None:
    """Something between says 502 or 504, although the server has done it."""
    await passing.ask()
    status = passing.draw.choice((b"502 Bad Gateway", b"504 Gateway Timeout"))
    await passing.give(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")


FAULTS: tuple[Fault, ...] = (
    request_cut,
    answer_cut,
    answer_shortened,
    body_garbage,
    request_late,
    answer_late,
    request_swallowed,
    answer_swallowed,
    sent_twice,
    sent_twice_at_once,
    again_later,
    garbage,
    login_page,
    failing_after_it,
)


def _with_length(head: bytes, length: int) -> bytes:
    lines = [
        line
        for line in head.split(b"\r\n")
        if not line.lower().startswith((b"content-length:", b"transfer-encoding:"))
    ]
    return b"\r\n".join([*lines, b"Content-Length: %d" % length, b"", b""])

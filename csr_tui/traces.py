"""Where an error happened, without its words: they may repeat what a customer said or an agent typed."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType


def trace_of(error: BaseException) -> str:
    """The frames and the kind of an error, after those of what led to it; none of its words or values."""
    return "\n".join(
        f"{''.join(traceback.format_tb(each.__traceback__))}{_kind(each)}" for each in _chain(error)
    )


class PlacesOnly(logging.Formatter):
    """Writes an error into a log as `trace_of` does."""

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """The trace of what is being handled."""
        return trace_of(ei[1]) if ei[1] is not None else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """What led to an error, the first one first, and the error itself; the members of a group after it."""
    links = [error]
    while (before := _before(links[-1])) is not None and before not in links:
        links.append(before)
    for link in reversed(links):
        yield link
        if isinstance(link, BaseExceptionGroup):
            for member in link.exceptions:
                yield from _chain(member)


def _before(error: BaseException) -> BaseException | None:
    if error.__cause__ is not None or error.__suppress_context__:
        return error.__cause__
    return error.__context__


def _kind(error: BaseException) -> str:
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )

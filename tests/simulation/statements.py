"""Statements are worked out once in a process, not once in each database that it opens: a sixth of what a run costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from central_api import database
from storage import engines

_dialects: dict[str, Any] = {}
_compiled: LRUCache[Any, Any] = LRUCache(5_000)


@contextmanager
def statements_once() -> Iterator[None]:
    """Engines that are opened from now on share what SQLAlchemy knows of SQLite; connections and pools are their own."""
    with ExitStack() as stack:
        for module in (engines, database):
            stack.enter_context(patch.object(module, "create_engine", _sharing(module)))
        yield


def _sharing(module: Any) -> Callable[..., Engine]:
    create: Callable[..., Engine] = module.create_engine

    def created(*arguments: Any, **named: Any) -> Engine:
        engine = create(*arguments, **named)
        engine.dialect = engine.pool._dialect = _dialects.setdefault(
            module.__name__, engine.dialect
        )
        engine._compiled_cache = _compiled
        return engine

    return created

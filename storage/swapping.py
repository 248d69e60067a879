"""An engine that can be replaced while threads use it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition

from sqlalchemy import Engine


class SwappableEngine:
    """Lends an engine to many threads (`with`); a swap waits until all gave it back, and they wait for the swap.

    A file must not be replaced under an open connection: SQLite finds the log beside it by name, and would mix the
    old log with the new file.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._users = 0
        self._swapping = False
        self._changed = Condition()

    def __enter__(self) -> Engine:
        """The engine of the moment, until the block ends; not to be asked for twice by the same thread."""
        with self._changed:
            while self._swapping:
                self._changed.wait()
            self._users += 1
            return self._engine

    def __exit__(self, *_exception: object) -> None:
        with self._changed:
            self._users -= 1
            if self._swapping:
                self._changed.notify_all()

    def swap(self, replace: Callable[[], Engine]) -> None:
        """Close the engine, and go on with what `replace` opens; it runs while nobody uses either."""
        with self._changed:
            self._changed.wait_for(lambda: not self._swapping)
            self._swapping = True
            self._changed.wait_for(lambda: self._users == 0)
        try:
            self._engine.dispose()
            self._engine = replace()
        finally:
            with self._changed:
                self._swapping = False
                self._changed.notify_all()

    def dispose(self) -> None:
        """Close the engine once nobody uses it."""

        def closed() -> Engine:
            return self._engine

        self.swap(closed)

"""Programs that can die at a commit, and disks that can be full.

Every connection to SQLite that is opened inside `breakable_commits` belongs to the process that opened it, and asks it
before and after each commit that changes something.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch
from weakref import WeakSet

import sqlcipher3.dbapi2

MOST_PAGES = 0xFFFFFFFE


class Killed(BaseException):
    """The process is gone; nothing of it goes on."""


class Process:
    """Somebody who has databases open: a desk, the server, an importer."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dead = False
        self.killed = False
        """Whether a commit killed it: what its code raises from then on means nothing."""
        self.died: Callable[[], None] = _nothing
        """Called when a commit killed it."""
        self.commits = 0
        """Commits so far that changed something."""
        self.before_commit: Callable[[], None] = _nothing
        """May raise: `Killed`, or what a driver raises."""
        self.after_commit: Callable[[], None] = _nothing
        self._connections: WeakSet[Any] = WeakSet()
        self._disk_is_full = False

    def adopt(self, connection: Any) -> None:
        """A connection is this process's from now on."""
        self._connections.add(connection)

    def fill_disk(self) -> None:
        """No file grows any more."""
        self._disk_is_full = True
        for connection in self._connections:
            _limit(connection, 1)

    def free_disk(self) -> None:
        """There is room again."""
        self._disk_is_full = False
        for connection in self._connections:
            _limit(connection, MOST_PAGES)

    @property
    def disk_is_full(self) -> bool:
        """Whether files cannot grow."""
        return self._disk_is_full

    def commit(self, commit: Callable[[], None]) -> None:
        """Commit, unless something happens."""
        if self.dead or self.killed:
            raise Killed
        self.commits += 1
        try:
            self.before_commit()
            commit()
            self.after_commit()
        except Killed:
            self.killed = True
            asyncio.get_running_loop().call_soon(self.died)  # whoever may swallow the exception
            raise


RUNNING: ContextVar[Process | None] = ContextVar("running", default=None)
"""Whose code runs now."""


@contextmanager
def running(process: Process | None) -> Iterator[None]:
    """Code of this process."""
    token = RUNNING.set(process)
    try:
        yield
    finally:
        RUNNING.reset(token)


def disk_full_error(connection_module: Any = sqlite3) -> Exception:
    """What a driver raises when a commit finds no room."""
    error: Exception = connection_module.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL  # type: ignore[attr-defined]
    error.sqlite_errorname = "SQLITE_FULL"  # type: ignore[attr-defined]
    return error


@contextmanager
def breakable_commits() -> Iterator[None]:
    """Let every connection that is opened from now on ask its process."""
    with ExitStack() as stack:
        for module in (sqlite3, sqlite3.dbapi2, sqlcipher3, sqlcipher3.dbapi2):
            stack.enter_context(patch.object(module, "connect", _connecting(module)))
        yield


def _connecting(module: Any) -> Callable[..., Any]:
    factory = _breakable(module)
    connect = module.connect

    def connecting(*arguments: Any, **named: Any) -> Any:
        connection = connect(*arguments, **{"factory": factory} | named)
        process = connection.process = RUNNING.get()
        if process is not None:
            process.adopt(connection)
        return connection

    return connecting


def _breakable(module: Any) -> Any:
    class Breakable(module.Connection):  # type: ignore[misc]
        """A connection that asks its process at each commit."""

        process: Process | None = None
        _seen = 0

        def commit(self) -> None:
            changes, self._seen = self.total_changes - self._seen, self.total_changes
            if self.process is None or not self.in_transaction or not changes:
                super().commit()
            else:
                self.process.commit(super().commit)

    return Breakable


def _limit(connection: Any, pages: int) -> None:
    try:
        connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    except (sqlite3.Error, sqlcipher3.dbapi2.Error):
        return  # closed meanwhile


def _nothing() -> None:
    """Nothing happens."""
